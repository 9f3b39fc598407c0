/* SPDX-License-Identifier: Apache-2.0 */
/* git-config: the settings that git gets from us, and the credentials, as files
 * in memory; for git-child.c only. */
#ifndef BUILDER_GIT_CONFIG_H
#define BUILDER_GIT_CONFIG_H

#include "builder/git.h"

#define GIT_CONFIG_FDS 15

/* Descriptors for the child, which sees them as 3, 4, ...: the configuration,
 * then what "git credential" is answered with. All-zero is empty. */
struct git_config {
	int fds[GIT_CONFIG_FDS];
	unsigned count;
};

int git_config_make(const struct git_url *u,
	const struct git_settings *settings, const char *home,
	struct git_config *ret, struct error *err);
void git_config_release(struct git_config *c);

#endif
