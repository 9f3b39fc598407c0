/* SPDX-License-Identifier: Apache-2.0 */
/* run-mount: what one RUN --mount says (slipway-dockerfile(5), RUN). */
#ifndef BUILDER_RUN_MOUNT_H
#define BUILDER_RUN_MOUNT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "builder/key.h"
#include "builder/state.h"
#include "util/error.h"

enum run_mount_type {
	RUN_MOUNT_BIND, RUN_MOUNT_CACHE, RUN_MOUNT_TMPFS, RUN_MOUNT_SECRET,
	RUN_MOUNT_SSH, RUN_MOUNT_TYPES
};

/* What two RUNs with one cache do when they run at the same time. */
enum run_mount_sharing {
	RUN_MOUNT_SHARED,	/* both use it */
	RUN_MOUNT_PRIVATE,	/* the second gets another one */
	RUN_MOUNT_LOCKED,	/* the second waits */
};

/* One --mount, expanded, with all defaults. All-zero is empty. */
struct run_mount {
	enum run_mount_type type;
	char *target;		/* absolute, cleaned, never "/"; NULL when a
				 * secret is but a variable, or for an agent's
				 * usual place */
	char *id;		/* of a cache, secret or agent */
	char *from;		/* bind, cache: as written; NULL: none */
	char *source;		/* bind, cache: path in it; NULL: all of it */
	char *env;		/* secret: the variable, or NULL */
	enum run_mount_sharing sharing;
	uint64_t size_bytes;	/* tmpfs; 0: no limit */
	uint32_t uid, gid;
	mode_t mode;		/* cache, secret, ssh */
	bool writable;
	bool required;		/* secret, ssh */
};

void run_mount_release(struct run_mount *m);
/*
 * Read "type=cache,target=/x": fields as csv.h has them, in any order, each
 * value expanded with the stage's variables but for `from`. A relative target
 * begins at `cwd`. -EINVAL, ERROR_REQUEST, for an unknown name or type (with
 * the nearest), a name that this type does not have, one given twice, a bad
 * value, a target that is missing or "/".
 */
int run_mount_parse(const char *text, const struct state *s, const char *cwd,
	struct run_mount *ret, struct error *err);
/* The value of `from` in such a text, yours; NULL when there is none or the
 * text cannot be read, which run_mount_parse() reports. */
char *run_mount_from(const char *text);
/* Everything in it that decides about a step's result: not which cache is
 * used, not what a secret is. */
void run_mount_add_key(const struct run_mount *m, struct key *k);

#endif
