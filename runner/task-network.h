/* SPDX-License-Identifier: Apache-2.0 */
/* task-network: a task's `networks`. Private to task*.c. */
#ifndef RUNNER_TASK_NETWORK_H
#define RUNNER_TASK_NETWORK_H

#include "runner/property.h"
#include "runner/task.h"

/* A reader for a table: the field is the struct task itself. Names are there
 * and unique, drivers known. */
int task_networks_read(
	const struct property_value *v, void *field, struct error *err);
void task_networks_release(struct task *t);
/* May a step name it: one of the task's, or one that is always there? */
bool task_has_network(const struct task *t, const char *name);
/* What a step that names none gets: the last with isDefault; NULL when there
 * is none. */
const struct task_network *task_default_network(const struct task *t);

extern const struct property task_network_properties[];

#endif
