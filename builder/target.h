/* SPDX-License-Identifier: Apache-2.0 */
/* target: what COPY, ADD and WORKDIR write into: a mounted tree whose changes
 * become a layer, or a layer's tar at once. */
#ifndef BUILDER_TARGET_H
#define BUILDER_TARGET_H

#include "builder/place.h"
#include "builder/view.h"
#include "oci/tar.h"
#include "util/error.h"
#include "util/scope.h"
#include "util/stream.h"

/* Implementations embed this first. */
struct target {
	/* Says what is there already. Borrowed. */
	struct looker *looker;
	/* See target_add(). */
	int (*add)(struct target *t, const struct tar_entry *e, int data_fd,
		struct error *err);
	int (*finish)(struct target *t, struct error *err);
	void (*free)(struct target *t);
};

/*
 * Put a file at e->path, whose parents are there and hold no links (as a place
 * says): `data_fd`, read from where it stands, has the bytes of a TAR_FILE. A
 * directory that is there keeps its contents and gets the entry's metadata;
 * anything else that is there is replaced.
 * -EEXIST: a tar cannot say this (one path twice); a tree can.
 */
int target_add(struct target *t, const struct tar_entry *e, int data_fd,
	struct error *err);
/*
 * Make what is missing of the directory at `p` and of those above it, like
 * `sample` (its mode, owner and time).
 */
int target_make_dirs(struct target *t, const struct place *p,
	const struct tar_entry *sample, struct error *err);
/* Everything was added. Directories get their times now. */
int target_finish(struct target *t, struct error *err);
struct target *target_free(struct target *t);

/* Into a mounted tree, borrowed. */
struct target *target_to_tree(int root_fd);
/*
 * Into a tar. What is added is also told to `view` (borrowed), so that it
 * shows there. Times after `clamp_mtime` become that.
 */
struct target *target_to_tar(struct sink *to, struct view *view,
	int64_t clamp_mtime);

DEFINE_CLEANUP(struct target *, target_free);

#endif
