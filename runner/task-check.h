/* SPDX-License-Identifier: Apache-2.0 */
/* task-check: the rules for one step, as far as it stands alone. Private to
 * task*.c. */
#ifndef RUNNER_TASK_CHECK_H
#define RUNNER_TASK_CHECK_H

#include "runner/task.h"
#include "runner/yaml.h"

/* Of the step `s`, read from `n`; fills in its kind. Errors as task_parse(). */
int task_step_check(const struct yaml_doc *y, const struct yaml_node *n,
	const struct task *t, struct step *s, struct error *err);

#endif
