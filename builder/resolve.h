/* SPDX-License-Identifier: Apache-2.0 */
/* resolve: a path below a root as it is without symbolic links, which are
 * followed as chroot would. */
#ifndef BUILDER_RESOLVE_H
#define BUILDER_RESOLVE_H

#include <sys/types.h>

#include "builder/ignore.h"
#include "util/error.h"

/* What a path led to. */
struct resolved {
	char *path;	/* "." for the root; yours */
	mode_t kind;	/* S_IFREG, S_IFDIR, ... */
};

/*
 * Follow `path` below `root_fd`. A link that `ignore` (may be NULL) leaves out
 * is not there; whether the end is left out is not asked. -ENOENT when it leads
 * nowhere (no story is told), -ELOOP over 40 links, errors of open(2).
 * `*ret_ignored` (may be NULL) says whether an ignored link was the reason.
 */
int resolve_path(int root_fd, const char *path, const struct ignore *ignore,
	struct resolved *ret, bool *ret_ignored, struct error *err);

#endif
