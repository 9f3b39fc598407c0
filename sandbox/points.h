/* SPDX-License-Identifier: Apache-2.0 */
/* points: places to mount on that a tree lacks, as a layer to lie over it. */
#ifndef SANDBOX_POINTS_H
#define SANDBOX_POINTS_H

#include <stdbool.h>

#include "util/error.h"

/* A place to mount something on: a path inside. */
struct rootfs_point {
	const char *path;
	bool is_file;		/* else a directory */
};

/*
 * Is `p` there below `root_fd`, links followed inside? If not, it is made
 * below `points_fd`, with its parents: those that the tree has look as they do
 * there, others belong to 0:0 with mode 0755. 1 when something was made, 0, or
 * negative: -ENOTDIR, -ELOOP.
 */
int points_make(int root_fd, int points_fd, const struct rootfs_point *p,
	struct error *err);

#endif
