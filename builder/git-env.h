/* SPDX-License-Identifier: Apache-2.0 */
/* git-env: the environment that git gets; for git-child.c only. */
#ifndef BUILDER_GIT_ENV_H
#define BUILDER_GIT_ENV_H

#include "builder/git.h"
#include "util/strv.h"

/* Its configuration is what it finds open as descriptor 3. Adds to `env`. */
void git_env_make(const struct git_settings *settings, struct strv *env);

#endif
