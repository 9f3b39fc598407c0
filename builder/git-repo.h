/* SPDX-License-Identifier: Apache-2.0 */
/* git-repo: what was fetched from one remote, a bare repository in the store;
 * for git*.c only. */
#ifndef BUILDER_GIT_REPO_H
#define BUILDER_GIT_REPO_H

#include "builder/git-child.h"

/* Locked as long as it lives. */
struct git_repo {
	struct store *store;		/* borrowed */
	struct git_child *child;	/* borrowed */
	const struct git_url *url;	/* borrowed */
	char *path;			/* absolute */
	int fd;
};

/* Make it if it is not there; waits for others that use it. `id` is any commit
 * of it, or NULL: it tells the kind of its digests. */
int git_repo_open(struct store *s, const struct git_url *u, const char *id,
	struct git_child *child, struct git_repo *ret, struct error *err);
void git_repo_release(struct git_repo *r);

/* git with these arguments, which end with a NULL. */
int git_repo_run(struct git_repo *r, struct buf *ret, int *ret_status,
	struct error *err, ...) __attribute__((sentinel));

/* git_resolve() there. */
int git_repo_resolve(struct git_repo *r, struct git_commit *ret,
	struct error *err);
/* Have the commit there, whole. */
int git_repo_fetch(struct git_repo *r, const struct git_commit *c,
	struct error *err);
/* Fetch every branch and tag with all that led to it. */
int git_repo_fetch_all(struct git_repo *r, struct error *err);
/* Note that the commit is there and whole; -EIO when it is not there. */
int git_repo_keep(struct git_repo *r, const char *id, struct error *err);

#endif
