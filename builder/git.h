/* SPDX-License-Identifier: Apache-2.0 */
/* git: commits of repositories elsewhere, as trees of files here. */
#ifndef BUILDER_GIT_H
#define BUILDER_GIT_H

#include <stdbool.h>
#include <stdint.h>

#include "builder/git-url.h"
#include "builder/secret.h"
#include "oci/store.h"
#include "util/error.h"
#include "util/progress.h"

/* Who asks; all borrowed, all-zero is nobody with nothing. */
struct git_settings {
	const struct secrets *secrets;	/* GIT_AUTH_TOKEN, GIT_AUTH_HEADER, each
					 * perhaps with ".HOST" */
	const char *agent;		/* socket of an ssh agent, or NULL */
	bool uses_keys;			/* ssh may use the keys in ~/.ssh */
	struct progress *progress;
	int64_t timeout_ms;		/* of each git; 0: an hour */
};

/* A commit of a repository. All-zero is empty. */
struct git_commit {
	char *id;		/* 40 or 64 hexadecimal digits */
	char *ref;		/* the remote's full name for it; NULL when it
				 * was asked for by its id */
};
void git_commit_release(struct git_commit *c);

/*
 * Which commit `u` means now: asks the repository, unless it is named by a
 * whole id. A short id is one that git fetches to find. -ENOENT, ERROR_REMOTE
 * when there is no such name; -EBADMSG, ERROR_POLICY when it is not what
 * u->checksum says; ERROR_REMOTE for what git could not do, with its words;
 * -ENOENT, ERROR_HOST when there is no git here.
 */
int git_resolve(struct store *s, const struct git_url *u,
	const struct git_settings *settings, struct git_commit *ret,
	struct error *err);

/*
 * Fetch that commit into the store, unless it is there, and put its files into
 * the empty directory `dir_fd`: modes 644 and 755, all of the time of the
 * commit, links as they are, submodules unless `u` says no, files of git LFS
 * where that is installed. No hook, filter or setting of the repository is
 * obeyed but the attributes about line ends. -EBADMSG for a tree that has
 * ".git" in it. u->subdir is the caller's to enter, FS_IN_ROOT.
 */
int git_check_out(struct store *s, const struct git_url *u,
	const struct git_commit *c, const struct git_settings *settings,
	int dir_fd, struct error *err);
/* Put a repository with that commit beside its files, as .git: HEAD, an index,
 * the remote's plain address, no history. After git_check_out(). */
int git_add_dir(struct store *s, const struct git_url *u,
	const struct git_commit *c, const struct git_settings *settings,
	int dir_fd, struct error *err);
/* The committer's time, seconds since 1970. After git_check_out(). */
int git_commit_time(struct store *s, const struct git_url *u,
	const struct git_commit *c, int64_t *ret, struct error *err);

#endif
