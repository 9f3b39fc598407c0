/* SPDX-License-Identifier: Apache-2.0 */
/* action: one command of a cmd step becomes a program. */
#ifndef RUNNER_ACTION_H
#define RUNNER_ACTION_H

#include "runner/flags.h"
#include "runner/shell-expand.h"
#include "runner/step.h"

/* What one command of a script has to go by; borrowed. */
struct action {
	const struct step *step;
	const struct step_context *context;
	const struct shell_place *place;
	int notify_fd;	/* of struct step_commands */
};

/*
 * In a child of its own: run a container with what the flags and the step say;
 * returns the exit status. `primary` is the step's own, which has its name,
 * ports and keys. Usually we become `slipway run`; a container that is to stay
 * (--detach, `keep`) is an orphan of the run's instead.
 */
int action_run_container(const struct action *s, struct flags *f,
	bool primary);
/* Become `slipway WORDS...`; the same. */
int action_become_slipway(const struct action *s, const struct strv *words);
/* The words of that `slipway run`, without the environment, which goes
 * another way: secrets are never seen on a command line. For tests, too. */
int action_container_argv(const struct action *s, const struct flags *f,
	bool primary, struct strv *ret, struct error *err);
/* Tell what is wrong on stderr; returns the exit status for it. */
int action_complain(const struct error *err);

#endif
