/* SPDX-License-Identifier: Apache-2.0 */
/* git-lock: the commit that a repository's name means, in a lock file. */
#ifndef BUILDER_GIT_LOCK_H
#define BUILDER_GIT_LOCK_H

#include "builder/git.h"
#include "builder/lock.h"

/* Note which commit `u` means now, unless it says so itself, by a whole id or
 * a checksum. Errors of git_resolve(). */
int git_lock_add(struct lock *l, struct store *s, const struct git_url *u,
	const struct git_settings *settings, struct error *err);
/* The commit that it meant: 1, 0 when it says so itself. -ENOENT, ERROR_POLICY
 * when it is not in the lock file; -EBADMSG, ERROR_POLICY for what is no
 * commit. */
int git_lock_get(const struct lock *l, const struct git_url *u,
	struct git_commit *ret, struct error *err);

#endif
