/* SPDX-License-Identifier: Apache-2.0 */
/* fs-walk: resolve a path below a directory without the kernel's help. */
#ifndef UTIL_FS_WALK_H
#define UTIL_FS_WALK_H

#include <stdbool.h>
#include <sys/types.h>

#include "util/fs.h"

/* What to resolve, and what to do at its end. */
struct fs_walk {
	int root_fd;
	const char *path;
	enum fs_resolve how;
	int flags;		/* of the last open(2) */
	mode_t mode;		/* of the last open(2), or of new directories */
	bool make_dirs;		/* make the directories that are missing */
};

/*
 * Opens what openat2(2) would open. Each component is opened by itself with
 * O_NOFOLLOW, links are read and followed here, and ".." goes back to the
 * directory we came from, not to where it may have been moved meanwhile.
 * -ENAMETOOLONG below 256 levels; else as open(2). No story is told.
 */
int fs_walk_open(const struct fs_walk *w, int *ret_fd);

#endif
