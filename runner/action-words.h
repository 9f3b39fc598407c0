/* SPDX-License-Identifier: Apache-2.0 */
/* action-words: how a container's wishes become a command; for action*.c. */
#ifndef RUNNER_ACTION_WORDS_H
#define RUNNER_ACTION_WORDS_H

#include "runner/action.h"

/* Exec ourselves with these words; returns only when that fails. */
int action_become(const struct action *s, const struct strv *argv);
/* Put the environment into a file in memory, left open for the program that is
 * told of it by an option. */
int action_pass_env(const struct action *s, struct flags *f,
	struct error *err);

#endif
