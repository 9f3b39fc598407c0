/* SPDX-License-Identifier: Apache-2.0 */
/* overlay: mount a stack of directories, overlayfs in a user namespace. */
#ifndef SANDBOX_OVERLAY_H
#define SANDBOX_OVERLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

/* How many lowers the kernel stacks. */
#define OVERLAY_LOWERS_MAX 500

/* The directories of dir_fd. The merged tree is mounted over the first. */
#define OVERLAY_UPPER "upper"
#define OVERLAY_WORK "work"
/* Made in dir_fd when names are too many. */
#define OVERLAY_LINKS "lowers"

/* What to mount; everything is borrowed. */
struct overlay {
	const char *base;		/* absolute; lowers are below it */
	const char *const *lowers;	/* bottom first; may be absolute */
	size_t count;
	int dir_fd;
	bool has_upper;			/* else it is read-only, and two
					 * lowers are the least */
};

/*
 * Opaque and other marks are user.overlay.* attributes, which need no
 * privilege. Nothing is synced ("volatile"): who wants an upper directory to
 * last syncs it. Device nodes in it stay without effect.
 *
 * -EINVAL when dir_fd's file system cannot hold an upper directory (or the
 * kernel, before 5.11, has no "userxattr"); -ENOTSUP when a policy refuses it
 * or the kernel has none; -E2BIG over OVERLAY_LOWERS_MAX. What the kernel says
 * is ERROR_HOST.
 */
int overlay_mount(const struct overlay *o, struct error *err);

#endif
