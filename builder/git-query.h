/* SPDX-License-Identifier: Apache-2.0 */
/* git-query: the "?ref=...&subdir=..." of a git URL; for git-url.c only. */
#ifndef BUILDER_GIT_QUERY_H
#define BUILDER_GIT_QUERY_H

#include "builder/git-url.h"

/* `text` is what stands behind the question mark. */
int git_query_read(struct git_url *u, const char *text, struct error *err);
/* Two words for one thing must not differ; `value` is taken over. */
int git_query_set(char **to, const char *what, char *value,
	struct error *err);

#endif
