/* SPDX-License-Identifier: Apache-2.0 */
/* shell-builtin: echo and its kin, which need no container. */
#ifndef RUNNER_SHELL_BUILTIN_H
#define RUNNER_SHELL_BUILTIN_H

#include "runner/shell-expand.h"

struct shell_builtin {
	const char *name;
	/* argv[0] is the name; returns the exit status, problems are told on
	 * stderr. */
	int (*run)(const struct strv *argv, const struct shell_place *place);
};

/* true false : echo printf cat sleep test [ cd exit, else NULL. The last two
 * do nothing but answer: shell_run() knows them. */
const struct shell_builtin *shell_find_builtin(const char *name);
/* A number up to 255; 2 and a complaint for anything else. */
int shell_exit_status(const char *text);

#endif
