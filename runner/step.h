/* SPDX-License-Identifier: Apache-2.0 */
/* step: the commands that one step of a task is. */
#ifndef RUNNER_STEP_H
#define RUNNER_STEP_H

#include <stddef.h>

#include "runner/task.h"
#include "util/cli.h"

/* What is the same for every step of a run. Borrowed. */
struct step_context {
	const char *program;	/* our own executable */
	const struct strv *global;	/* options for every command */
	const char *workspace;	/* host directory that is /workspace inside */
	int workspace_fd;	/* the same, open */
	const struct option_spec *build_options;	/* of `slipway build` */
};

/* A list of commands, run one after the other until one fails. */
struct step_commands {
	struct strv *argvs;
	size_t count;
	struct strv env;	/* the whole environment of each */
	const char *program;	/* borrowed from the context */
	int workspace_fd;	/* borrowed from the context */
	char *cwd;		/* below workspace_fd, "." for itself */
};

/*
 * "build" is one `slipway build` in the workspace, "." added when it names no
 * context; "cmd" one `slipway run` with the workspace at /workspace; "push" a
 * `slipway push` for each reference. -EINVAL, ERROR_REQUEST, when the options
 * of a build are wrong or a directory would leave the workspace by its name;
 * that it does not leave it by a link is seen to when it is entered.
 */
int step_commands(const struct step *s, const struct step_context *c,
	struct step_commands *ret, struct error *err);
void step_commands_release(struct step_commands *c);

#endif
