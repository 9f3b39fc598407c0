/* SPDX-License-Identifier: Apache-2.0 */
/* task-settle: the marks in a step's texts become what they stand for, when it
 * is its turn. */
#ifndef RUNNER_TASK_SETTLE_H
#define RUNNER_TASK_SETTLE_H

#include "runner/late.h"
#include "runner/task.h"
#include "runner/value.h"

/* Is there a mark in one of its texts? */
bool task_step_is_late(const struct step *s, const struct late *l);
/* Replace them; `root` has all they may ask for. What they become is neither
 * split into words nor looked at for quotes. Errors as fulfil_text(), with the
 * step's id; the step is half done then. */
int task_step_settle(struct step *s, const struct late *l,
	const struct value *root, struct error *err);

#endif
