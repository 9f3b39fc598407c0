/* SPDX-License-Identifier: Apache-2.0 */
/* census: what a tree held, and what has been changed in it since. */
#ifndef SANDBOX_CENSUS_H
#define SANDBOX_CENSUS_H

#include "util/error.h"
#include "util/scope.h"

struct census;

/*
 * Note every entry of the tree in `dir_fd`. An entry counts as changed when
 * its inode, type, mode, owner, size or times differ afterwards: nothing sets
 * the time of the last change (ctime) but the clock, and this returns only
 * when that has moved on, so that no change is missed for being too soon.
 */
int census_take(int dir_fd, struct census **ret, struct error *err);
/* 1 when the tree has what it had, and as it was; the looks of its root
 * directory do not count. */
int census_is_same(const struct census *c, int dir_fd, struct error *err);
/*
 * Take everything out of the tree that is as it was, so that it becomes the
 * upper directory an overlay would have: with whiteouts (character devices
 * 0/0) for what is gone, and directories that took the place of another or of
 * a file marked opaque. Where there are no attributes to mark with, all that
 * such a directory hides gets a whiteout. Directories keep their times.
 */
int census_reduce(const struct census *c, int dir_fd, struct error *err);
struct census *census_free(struct census *c);

DEFINE_CLEANUP(struct census *, census_free);

#endif
