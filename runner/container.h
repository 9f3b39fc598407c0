/* SPDX-License-Identifier: Apache-2.0 */
/* container: what an image's config and a command line together start. */
#ifndef RUNNER_CONTAINER_H
#define RUNNER_CONTAINER_H

#include "oci/image.h"
#include "sandbox/account.h"
#include "util/error.h"
#include "util/strv.h"

/* What the command line says; NULL or empty: nothing. Borrowed. */
struct container_options {
	const struct strv *args;	/* instead of the image's Cmd */
	const char *entrypoint;		/* instead of Entrypoint and Cmd; ""
					 * is none */
	const char *user;
	const char *cwd;
	const struct strv *env;		/* "NAME=value"; "NAME" takes ours */
	const struct strv *env_files;	/* such lines, "#" begins a comment;
					 * or each ended by a NUL */
	bool tty;			/* then TERM is set */
};

/* All-zero is empty. */
struct container {
	struct strv argv;
	struct strv env;	/* with PATH and HOME */
	char *cwd;
	struct account user;
};

void container_release(struct container *c);
/*
 * The user is looked up below `root_fd`. -EINVAL, ERROR_REQUEST, when there is
 * no command; errors of account_find() and of reading the files.
 */
int container_make(const struct image *i, const struct container_options *o,
	int root_fd, struct container *ret, struct error *err);

#endif
