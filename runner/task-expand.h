/* SPDX-License-Identifier: Apache-2.0 */
/* task-expand: from the lists of a file to steps one by one: `include` brings
 * those of other files, `matrix` makes several of one. Private to task*.c. */
#ifndef RUNNER_TASK_EXPAND_H
#define RUNNER_TASK_EXPAND_H

#include "runner/task.h"
#include "runner/yaml.h"

#define TASK_STEPS_MAX 1000

/* Where one step is read from; borrowed from its document. */
struct step_origin {
	struct yaml_doc *doc;
	const struct yaml_node *node;
	char *suffix; /* of its id, "[os=linux]"; NULL: none */
	size_t first; /* index of the first one made of the same node */
	bool is_cleanup;
};

struct step_origins {
	struct step_origin *items;
	size_t count;
	struct yaml_doc **included; /* owned */
	size_t included_count;
};

/* Those of the list `n` of the document `y`, behind those that are there. Each
 * is a map. Errors as task_parse(). */
int step_origins_add(struct step_origins *o, const struct task_source *s,
	struct yaml_doc *y, const struct yaml_node *n, bool is_cleanup,
	struct error *err);
void step_origins_release(struct step_origins *o);

#endif
