/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/task-graph.h"

#include <string.h>

#include "util/mem.h"

size_t
task_find_step(const struct task *t, const char *id)
{
	size_t i;

	for (i = 0; i < t->step_count; i++)
		if (strcmp(t->steps[i].id, id) == 0)
			break;
	return i;
}

static size_t
add(size_t *list, size_t count, size_t step)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i] == step)
			return count;
	list[count] = step;
	return count + 1;
}

size_t
task_parents(const struct task *t, size_t step, size_t *ret)
{
	const struct strv *when = &t->steps[step].when;
	size_t count = 0, i, parent;

	if (when->count == 0 && step > 0)
		ret[count++] = step - 1;
	for (i = 0; i < when->count; i++) {
		parent = task_find_step(t, when->items[i]);
		if (parent < t->step_count)
			count = add(ret, count, parent);
	}
	for (i = 0; strv_has(when, "*") && i < step; i++)
		count = add(ret, count, i);
	return count;
}

/* A walk from step to parent. */
struct walk {
	const struct task *task;
	size_t *path; /* from where we began to where we are */
	size_t depth;
	bool *done; /* nothing below leads to a cycle */
};

static char *
cycle_text(const struct walk *w, size_t from)
{
	cleanup_value(strv_release) struct strv ids = { 0 };
	size_t i;

	for (i = from; i < w->depth; i++)
		strv_add(&ids, w->task->steps[w->path[i]].id);
	strv_add(&ids, w->task->steps[w->path[from]].id);
	return strv_join(&ids, " \xe2\x86\x92 ");
}

/* The text of a cycle that can be reached from `step`, yours, or NULL. */
static char *
find_cycle(struct walk *w, size_t step)
{
	autofree size_t *parents = NULL;
	char *cycle = NULL;
	size_t count, i;

	for (i = 0; i < w->depth; i++)
		if (w->path[i] == step)
			return cycle_text(w, i);
	if (w->done[step])
		return NULL;
	w->path[w->depth++] = step;
	parents = mem_array(w->task->step_count + 1, sizeof(*parents));
	count = task_parents(w->task, step, parents);
	for (i = 0; i < count && !cycle; i++)
		cycle = find_cycle(w, parents[i]);
	w->depth--;
	w->done[step] = true;
	return cycle;
}

static int
check_cycles(const struct yaml_doc *y, const struct yaml_node *n,
	const struct task *t, struct error *err)
{
	autofree size_t *path = mem_array(t->step_count, sizeof(*path));
	autofree bool *done = mem_array(t->step_count, sizeof(*done));
	struct walk w = { .task = t, .path = path, .done = done };
	size_t i;

	for (i = 0; i < t->step_count; i++) {
		autofree char *cycle = find_cycle(&w, i);

		if (cycle)
			return yaml_error(y, yaml_at(n, i), err,
				"steps wait for each other: %s", cycle);
	}
	return 0;
}

int
task_graph_check(const struct yaml_doc *y, const struct yaml_node *n,
	const struct task *t, struct error *err)
{
	size_t i, k;

	for (i = 0; i < t->step_count; i++) {
		const struct step *s = &t->steps[i];

		for (k = 0; k < s->when.count; k++) {
			const char *id = s->when.items[k];

			if (strcmp(id, "-") == 0 || strcmp(id, "*") == 0 ||
				task_find_step(t, id) < t->step_count)
				continue;
			return yaml_error(y, yaml_get(yaml_at(n, i), "when"),
				err,
				"step '%s' waits for '%s', which is no step",
				s->id, id);
		}
	}
	return check_cycles(y, n, t, err);
}
