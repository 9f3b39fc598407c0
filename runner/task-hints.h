/* SPDX-License-Identifier: Apache-2.0 */
/* task-hints: what is no mistake in a task file, and yet perhaps not meant.
 * Private to task*.c. */
#ifndef RUNNER_TASK_HINTS_H
#define RUNNER_TASK_HINTS_H

#include "runner/task-expand.h"
#include "runner/task.h"

/* Warnings, with their places: a step that waits for the one above only, which
 * waits for none; a line break that ends a command. */
void task_hint(const struct step_origins *o, const struct task *t);

#endif
