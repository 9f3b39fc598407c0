/* SPDX-License-Identifier: Apache-2.0 */
/* task-graph: who waits for whom. */
#ifndef RUNNER_TASK_GRAPH_H
#define RUNNER_TASK_GRAPH_H

#include "runner/task.h"
#include "runner/yaml.h"

/* The index of a step, or `step_count`. */
size_t task_find_step(const struct task *t, const char *id);
/* The indices of those that `step` waits for, each once, into `ret` with room
 * for `step_count`; how many. Names that are no step's are left out. */
size_t task_parents(const struct task *t, size_t step, size_t *ret);
/* Every `when` of the list `n`, from which the steps were read, names a step,
 * and nobody waits for himself in the end. Errors as task_parse(). */
int task_graph_check(const struct yaml_doc *y, const struct yaml_node *n,
	const struct task *t, struct error *err);

#endif
