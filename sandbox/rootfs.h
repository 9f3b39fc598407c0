/* SPDX-License-Identifier: Apache-2.0 */
/* rootfs: a stack of trees mounted as one; what changes becomes a layer. */
#ifndef SANDBOX_ROOTFS_H
#define SANDBOX_ROOTFS_H

#include <stdbool.h>
#include <stddef.h>

#include "sandbox/points.h"
#include "util/error.h"
#include "util/scope.h"

struct rootfs;

/*
 * Mount `count` lower directories, named below the absolute path `base`,
 * bottom first, with a fresh upper directory made in a new directory below the
 * absolute path `scratch` (same file system as a later rename target).
 * Needs userns_enter(): the mount stands in our private mount namespace, no
 * process but ours sees it, and it goes with us, also when we are killed.
 *
 * Below all lowers lies a tree of empty mount points (/proc /sys /dev
 * /etc/hosts /etc/resolv.conf), made once as base/.mountpoints, so that
 * running something leaves nothing behind in the upper directory. The root
 * directory has the mode, owner and time of the topmost lower's.
 * Up to 499 lowers (the kernel's 500 less that one); -E2BIG beyond.
 *
 * Where `scratch` cannot hold an upper directory (overlay on overlay, NFS) it
 * is made in memory. Where the kernel mounts no overlay at all, the tree is a
 * copy of the lowers, by reflink where it can be, in the place of the upper
 * directory; what was changed in it is found by comparison (census.h).
 */
int rootfs_open(const char *base, const char *const *lowers, size_t count,
	const char *scratch, struct rootfs **ret, struct error *err);
/* The same to look at only: nothing can be written. At least one lower. */
int rootfs_open_read_only(const char *base, const char *const *lowers,
	size_t count, const char *scratch, struct rootfs **ret,
	struct error *err);
/* As rootfs_open(), but without the mount points: exactly what the lowers
 * hold, to copy from or to look at; nothing can be run in it. */
int rootfs_open_bare(const char *base, const char *const *lowers,
	size_t count, const char *scratch, struct rootfs **ret,
	struct error *err);

/*
 * See to it that each of these is there, links followed inside. What is missing
 * comes as one more layer, above the others, whose directories look as they
 * do without it: it is seen and never becomes a part of the upper directory.
 * Before anything is written, as the tree may be mounted anew for it:
 * rootfs_fd() may have another value afterwards. -ENOTDIR, -ELOOP.
 */
int rootfs_add_points(struct rootfs *r, const struct rootfs_point *points,
	size_t count, struct error *err);
/* The merged tree, O_PATH; borrowed. */
int rootfs_fd(const struct rootfs *r);
/* Where it is mounted, absolute, in our mount namespace; borrowed. */
const char *rootfs_path(const struct rootfs *r);
/* Directory for small files of one run (hosts, resolv.conf), absolute path in
 * scratch, removed by close; borrowed. The names upper, work, lowers and
 * points in it are taken. */
const char *rootfs_scratch(const struct rootfs *r);
/* Is the upper directory in memory, as scratch could not hold it? */
bool rootfs_is_in_memory(const struct rootfs *r);
/* Why no overlay could be mounted and the tree is a copy; NULL when it is an
 * overlay. Borrowed. */
const struct error *rootfs_refusal(const struct rootfs *r);
/* 1 when nothing was written to the upper directory. */
int rootfs_is_unchanged(struct rootfs *r, struct error *err);
/*
 * Unmount and give away the upper directory: its path relative to `scratch`
 * ("x7Gd/upper"), yours to free and to rename. After this only
 * rootfs_close() may be called. An upper directory in memory is copied there
 * first. -EINVAL for a read-only one.
 */
int rootfs_take_upper(struct rootfs *r, char **ret_name, struct error *err);
/* Unmount, remove what is left in scratch. NULL is fine; returns NULL. */
struct rootfs *rootfs_close(struct rootfs *r);

DEFINE_CLEANUP(struct rootfs *, rootfs_close);

#endif
