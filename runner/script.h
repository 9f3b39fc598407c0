/* SPDX-License-Identifier: Apache-2.0 */
/* script: a cmd step at work: its commands are containers, docker verbs and
 * builtins of the shell. */
#ifndef RUNNER_SCRIPT_H
#define RUNNER_SCRIPT_H

#include "runner/step.h"

/*
 * In a child process whose stdin, stdout and stderr are the step's, which leads
 * a process group and has interrupts caught: carry out the script. Returns the
 * exit status.
 */
int script_run(const struct step_commands *c);

#endif
