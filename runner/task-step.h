/* SPDX-License-Identifier: Apache-2.0 */
/* task-step: one member of a task's steps. Private to task*.c. */
#ifndef RUNNER_TASK_STEP_H
#define RUNNER_TASK_STEP_H

#include "runner/property.h"
#include "runner/task-expand.h"
#include "runner/task.h"
#include "runner/yaml.h"

/* Fill the empty `s`, which is one of t->steps, from where it comes from.
 * Those above it are read already: ids must differ. Errors as task_parse();
 * `s` wants its release then, too. */
int task_step_read(const struct step_origin *o, const struct task *t,
	struct step *s, struct error *err);
/* What the step does not say: from the task, else the defaults. */
void task_step_inherit(const struct task *t, struct step *s);
/* "a" is pushed as "a:latest", and once; what is known only later is left. */
void task_step_normalise_push(struct step *s);
void task_step_release(struct step *s);
/* Where a node of the file stands. */
struct task_place task_place_of(const struct yaml_node *n);

/* The tables: what a task file may say. */
extern const struct property task_properties[];
extern const struct property task_step_properties[];
extern const struct property task_detach_properties[];
extern const struct property task_health_properties[];

#endif
