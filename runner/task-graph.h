/* SPDX-License-Identifier: Apache-2.0 */
/* task-graph: who waits for whom. */
#ifndef RUNNER_TASK_GRAPH_H
#define RUNNER_TASK_GRAPH_H

#include "runner/task-expand.h"
#include "runner/task.h"
#include "runner/yaml.h"

/* The index of a step, or `step_count`. */
size_t task_find_step(const struct task *t, const char *id);
/* The indices of those that `step` waits for, each once, into `ret` with room
 * for `step_count`; how many. The id without its matrix stands for all steps of
 * it. Names that are no step's are left out. A step of `cleanup` has all that
 * are none for parents. */
size_t task_parents(const struct task *t, size_t step, size_t *ret);
/* Every `when` names a step (one above, if `only_above`), and nobody waits for
 * himself in the end. `o` is where the steps were read from. Errors as
 * task_parse(). */
int task_graph_check(const struct step_origins *o, const struct task *t,
	bool only_above, struct error *err);

#endif
