/* SPDX-License-Identifier: Apache-2.0 */
/* task-volume: a task's `volumes` and a step's `volumeMounts`. Private to
 * task*.c. */
#ifndef RUNNER_TASK_VOLUME_H
#define RUNNER_TASK_VOLUME_H

#include "runner/property.h"
#include "runner/task.h"

/* A reader for a table: the field is the struct task itself. Names are there
 * and unique, each has exactly one source; base64 is decoded. */
int task_volumes_read(
	const struct property_value *v, void *field, struct error *err);
void task_volumes_release(struct task *t);
/* Every secret that a file of a volume comes from is one of the task's. `n` is
 * the node that the volumes came from. */
int task_volumes_check(const struct yaml_doc *y, const struct yaml_node *n,
	const struct task *t, struct error *err);
/* NULL when there is none. */
const struct task_volume *task_find_volume(
	const struct task *t, const char *name);

/* A reader for a table: the field is the struct step itself. Both keys are
 * there, no path twice. */
int task_mounts_read(
	const struct property_value *v, void *field, struct error *err);
void task_mounts_release(struct step *s);

extern const struct property task_volume_properties[];
extern const struct property task_volume_cache_properties[];
extern const struct property task_volume_tmpfs_properties[];
extern const struct property task_volume_host_properties[];
extern const struct property task_mount_properties[];

#endif
