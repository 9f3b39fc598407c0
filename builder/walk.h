/* SPDX-License-Identifier: Apache-2.0 */
/* walk: the files below a directory in one fixed order, without those that are
 * left out. */
#ifndef BUILDER_WALK_H
#define BUILDER_WALK_H

#include <sys/stat.h>

#include "builder/ignore.h"
#include "util/error.h"
#include "util/scope.h"

/* A tree deeper than this is refused (-E2BIG): each level holds a descriptor
 * open. */
#define WALK_DEPTH_MAX 400

/* Three lists of patterns, all borrowed, each may be NULL. */
struct walk_filter {
	const struct ignore *ignore;	/* on paths below the root */
	const struct ignore *exclude;	/* on paths below the start */
	/* On paths below the start, too: a list that leaves everything out
	 * with exceptions, so that only those come. */
	const struct ignore *include;
};

/* Valid until the next walk_next(). */
struct walk_entry {
	const char *path;	/* below the start; "" is the start itself */
	const char *root_path;	/* below the root; "" is the root itself */
	const char *name;	/* open it with dir_fd and this; "." for the
				 * start itself */
	int dir_fd;		/* the directory that holds it; for the start
				 * itself the start */
	int fd;			/* a directory's own descriptor (O_RDONLY),
				 * else -1 */
	struct stat stat;	/* of the entry itself, links not followed */
};

struct walk;

/*
 * Begin at directory `start`, a path below `root_fd` without symbolic links
 * ("" or "." for the root itself). Everything below it comes in the order of
 * the bytes of the names, a directory before what it holds. A directory that is
 * left out is not opened unless an exception may bring something below it
 * back; if one does, the directory comes first, as it is. Errors of open(2).
 */
int walk_open(int root_fd, const char *start, const struct walk_filter *filter,
	struct walk **ret, struct error *err);
/* 1 with the next entry (the first is the start itself), 0 at the end, or
 * negative: -E2BIG, or what open(2) and readdir(3) say. A name that vanishes
 * meanwhile is passed over. */
int walk_next(struct walk *w, struct walk_entry *ret, struct error *err);
struct walk *walk_free(struct walk *w);

DEFINE_CLEANUP(struct walk *, walk_free);

#endif
