/* SPDX-License-Identifier: Apache-2.0 */
/* context-open: what the word CONTEXT of a build or a task means: a directory,
 * a tar archive, a git repository, or standard input (slipway-build(1)). */
#ifndef BUILDER_CONTEXT_OPEN_H
#define BUILDER_CONTEXT_OPEN_H

#include "builder/context.h"
#include "builder/git.h"
#include "builder/lock.h"
#include "oci/store.h"
#include "oci/transfer.h"
#include "sandbox/userns.h"
#include "util/error.h"

/* Everything is borrowed. */
struct context_request {
	const char *text;
	enum identity identity;		/* to unpack archives as */
	const struct transfer_settings *transfer;
	struct git_settings git;
	bool is_ours;			/* files of archives belong to us, and
					 * no namespace is entered */
	const struct lock *lock;	/* what a URL is to be, or NULL */
	bool keeps_git_dir;		/* .git is wanted, unless the URL says
					 * no */
};

/*
 * The text is a directory; a tar, plain or compressed; "-", standard input; an
 * http or https URL: such a tar or else the Dockerfile, with nothing to copy
 * from; "file://" and the path of a tar; an artifact (context-artifact.h); or a
 * git URL (git-url.h). What is made
 * lies in the store's tmp/. An archive needs the identity's ids to be unpacked:
 * the process has entered the namespaces then (userns_enter). -ENOENT, -ENOTDIR
 * for a file that is no archive, ERROR_LOCAL; errors of transfer_download(),
 * git_check_out(), lock_get_digest() and git_lock_get().
 */
int context_open(struct store *s, const struct context_request *request,
	struct context **ret, struct error *err);
/* The repository `u`, wherever its URL came from; u->subdir is entered. `c` is
 * the commit, NULL: git_resolve() says. */
int context_open_git(struct store *s, const struct git_url *u,
	const struct git_commit *c, const struct context_request *request,
	struct context **ret, struct error *err);

#endif
