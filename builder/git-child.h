/* SPDX-License-Identifier: Apache-2.0 */
/* git-child: git(1) as a child that obeys nobody's settings but ours; for
 * git*.c only. */
#ifndef BUILDER_GIT_CHILD_H
#define BUILDER_GIT_CHILD_H

#include "builder/git.h"
#include "util/buf.h"
#include "util/proc.h"
#include "util/strv.h"

/* Settings and credentials for one remote, in memory. */
struct git_child;

/*
 * Secrets without a host in their name are for `home` only (url_origin(); NULL
 * for none), which is where the user's own URL leads. Errors of
 * memfd_create(2); -ENOENT, ERROR_HOST when git is not installed.
 */
int git_child_open(const struct git_url *u, const struct git_settings *settings,
	const char *home, struct git_child **ret, struct error *err);
struct git_child *git_child_free(struct git_child *c);

/*
 * Run git with `args` on the repository `repo_fd` (-1: none, in the directory
 * `dir_fd`), and take what it prints, at most ret->max, or drop it (NULL).
 * *ret_status (may be NULL: then it is -EIO, with git's words) is how it
 * ended. -ECANCELED, -ETIMEDOUT, -EFBIG.
 */
int git_child_run(struct git_child *c, int repo_fd, const struct strv *args,
	struct buf *ret, int *ret_status, struct error *err);
/* Start it with its output going to `out_fd`; its words go to `log_fd`. */
int git_child_start(struct git_child *c, int repo_fd, const struct strv *args,
	int out_fd, int log_fd, struct proc *ret, struct error *err);
/* The same as git_child_run() in the work tree `dir_fd`. */
int git_child_run_in(struct git_child *c, int dir_fd, const struct strv *args,
	struct error *err);
/* -EIO, ERROR_REMOTE, with the end of what git said. */
int git_child_failed(const struct git_child *c, const char *words,
	struct error *err);

DEFINE_CLEANUP(struct git_child *, git_child_free);

#endif
