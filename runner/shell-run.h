/* SPDX-License-Identifier: Apache-2.0 */
/* shell-run: a parsed script is carried out. */
#ifndef RUNNER_SHELL_RUN_H
#define RUNNER_SHELL_RUN_H

#include "runner/shell-expand.h"

/* What the scripts of a task may do; everything is borrowed. */
struct shell_host {
	struct shell_place place;
	/* A command that is no builtin, in a process of its own, with its
	 * stdin, stdout and stderr in place and no signal blocked; it may
	 * exec. Returns its exit status. */
	int (*command)(void *context, const struct strv *argv,
		const struct shell_place *place);
	void *context;
};

/*
 * In a child process that has stdin, stdout and stderr as the script is to
 * have them and interrupts caught (proc_catch_interrupts): each pipeline in
 * children of its own, which must be in our process group to get signals.
 * Returns the exit status of the last command that ran, or 128 + signal after
 * an interrupt. Problems are told on stderr.
 */
int shell_run(const struct shell_script *s, const struct shell_host *host);

#endif
