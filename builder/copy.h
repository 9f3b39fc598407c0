/* SPDX-License-Identifier: Apache-2.0 */
/* copy: one COPY or ADD: what it says, and doing it (slipway-dockerfile(5),
 * COPY). Where files come from and where they go is the caller's. */
#ifndef BUILDER_COPY_H
#define BUILDER_COPY_H

#include <stdbool.h>

#include "builder/chmod.h"
#include "builder/dockerfile.h"
#include "builder/cloned.h"
#include "builder/fetched.h"
#include "builder/ignore.h"
#include "builder/key.h"
#include "builder/owner.h"
#include "builder/select.h"
#include "builder/state.h"
#include "builder/target.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

/* The instruction, expanded. All-zero is empty. */
struct copy {
	const struct instr *instr;	/* borrowed */
	struct strv sources;		/* paths and patterns as written */
	struct fetched *urls;		/* ADD: sources that are fetched */
	size_t url_count;
	struct cloned *repositories;	/* ADD: sources that git fetches */
	size_t repository_count;
	struct digest checksum;		/* of the only URL, if has_checksum */
	bool has_checksum;
	struct strv bodies;		/* of its heredocs, expanded */
	char *dest_text;		/* as written */
	char *dest;			/* absolute, cleaned */
	bool dest_is_dir;		/* written with a slash at its end */
	char *owner;			/* --chown, or NULL */
	struct chmod chmod;
	bool unpacks;			/* ADD: archives are unpacked */
	bool unpacks_urls;		/* those that were fetched, too */
	struct ignore *exclude;		/* --exclude, or NULL */
	bool parents;			/* paths are kept below `dest` */
	bool link;			/* what is below is not looked at */
	bool if_exists;			/* a source may be missing */
};

void copy_release(struct copy *c);
/* -EINVAL, ERROR_REQUEST: a bad --chmod, a source that is none. The caller adds
 * the place. */
int copy_parse(struct state *s, const struct instr *i, struct copy *ret,
	struct error *err);
/* All that decides about the result, but for the files and what is below. */
void copy_add_key(const struct copy *c, struct key *k);
/* The words that select files, for a key that is made before anybody looks at
 * those. */
void copy_add_words(const struct copy *c, struct key *k);
/* The text in the image's history. */
void copy_add_history(const struct copy *c, struct buf *b);

/* The sources below `r`; errors of selection_add(). Adds to `ret`. */
int copy_select(const struct copy *c, const struct copy_root *r,
	struct selection *ret, struct error *err);
/* Is any of them an archive that is to be unpacked? 1, 0 or negative. */
int copy_has_archive(const struct copy *c, const struct copy_root *r,
	const struct selection *s, struct error *err);
/*
 * Do it: put what was selected, then what was fetched (fetched_get), then the
 * commits (cloned_get), then the heredocs, into `t`. `root_fd` is the mounted
 * tree behind `t`, for archives, -1 when there are none. -EEXIST when
 * `t` is a tar that cannot say this; other errors name source and destination.
 */
int copy_perform(const struct copy *c, const struct copy_root *r,
	const struct selection *s, const struct copy_owner *owner,
	struct target *t, int root_fd, struct error *err);

#endif
