/* SPDX-License-Identifier: Apache-2.0 */
/* task-secret: a task's `secrets`, as the file has them: where they are, not
 * what they are. Private to task*.c. */
#ifndef RUNNER_TASK_SECRET_H
#define RUNNER_TASK_SECRET_H

#include "runner/property.h"
#include "runner/task.h"

/* A reader for a table: the field is the struct task itself. Ids are there,
 * without blanks and unique; each names a source. */
int task_secrets_read(
	const struct property_value *v, void *field, struct error *err);
void task_secrets_release(struct task *t);
/* NULL when there is none. */
const struct task_secret *task_find_secret(
	const struct task *t, const char *id);

extern const struct property task_secret_properties[];

#endif
