/* SPDX-License-Identifier: Apache-2.0 */
/* git-remote: where a repository is; for git-url.c only. */
#ifndef BUILDER_GIT_REMOTE_H
#define BUILDER_GIT_REMOTE_H

#include <stddef.h>

#include "builder/git-url.h"

/* The one that `text` begins with, in any case, or NULL. */
const char *git_remote_scheme(const char *text);
/* Up to the colon of "user@host:path", 0 when it is none. */
size_t git_remote_scp(const char *text);
/* remote, scheme, user and password, of a text without query and fragment. */
int git_remote_read(struct git_url *u, const char *text, struct error *err);
/* git-submodule(1): "./x" or "../x" seen from `base`; yours. */
int git_remote_go_on(const char *text, const char *base, char **ret,
	struct error *err);

#endif
