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

static bool
is_called(const struct step *s, const char *name)
{
	return strcmp(s->id, name) == 0 || strcmp(s->base_id, name) == 0;
}

static size_t
add_named(const struct task *t, const char *name, size_t *ret, size_t count)
{
	size_t i;

	for (i = 0; i < t->step_count; i++)
		if (is_called(&t->steps[i], name))
			count = add(ret, count, i);
	return count;
}

static size_t
add_range(size_t from, size_t to, size_t *ret, size_t count)
{
	for (; from < to; from++)
		count = add(ret, count, from);
	return count;
}

static size_t
cleanup_parents(const struct task *t, size_t *ret)
{
	size_t i = 0;

	while (i < t->step_count && !t->steps[i].is_cleanup)
		i++;
	return add_range(0, i, ret, 0);
}

size_t
task_parents(const struct task *t, size_t step, size_t *ret)
{
	const struct step *s = &t->steps[step];
	size_t count = 0, i;

	if (s->is_cleanup)
		return cleanup_parents(t, ret);
	if (s->when.count == 0 && s->first > 0)
		return add_range(
			t->steps[s->first - 1].first, s->first, ret, 0);
	for (i = 0; i < s->when.count; i++)
		count = add_named(t, s->when.items[i], ret, count);
	if (strv_has(&s->when, "*"))
		count = add_range(0, s->first, ret, count);
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
check_cycles(const struct step_origins *o, const struct task *t,
	struct error *err)
{
	autofree size_t *path = mem_array(t->step_count, sizeof(*path));
	autofree bool *done = mem_array(t->step_count, sizeof(*done));
	struct walk w = { .task = t, .path = path, .done = done };
	size_t i;

	for (i = 0; i < t->step_count; i++) {
		autofree char *cycle = find_cycle(&w, i);

		if (cycle)
			return yaml_error(o->items[i].doc, o->items[i].node,
				err, "steps wait for each other: %s", cycle);
	}
	return 0;
}

static int
check_name(const struct step_origin *o, const struct task *t, size_t step,
	const char *name, bool only_above, struct error *err)
{
	const struct yaml_node *n = yaml_get(o->node, "when");
	size_t i = 0;

	if (strcmp(name, "-") == 0 || strcmp(name, "*") == 0)
		return 0;
	while (i < t->step_count && !is_called(&t->steps[i], name))
		i++;
	if (i == t->step_count)
		return yaml_error(o->doc, n, err,
			"step '%s' waits for '%s', which is no step",
			t->steps[step].id, name);
	if (t->steps[i].is_cleanup)
		return yaml_error(o->doc, n, err,
			"step '%s' waits for '%s', which comes last",
			t->steps[step].id, name);
	if (only_above && i > step)
		return yaml_error(o->doc, n, err,
			"step '%s' waits for '%s', which is not above it",
			t->steps[step].id, name);
	return 0;
}

int
task_graph_check(const struct step_origins *o, const struct task *t,
	bool only_above, struct error *err)
{
	const struct strv *when;
	size_t i, k;
	int r = 0;

	for (i = 0; i < t->step_count; i++) {
		when = &t->steps[i].when;
		for (k = 0; r == 0 && k < when->count; k++)
			r = check_name(&o->items[i], t, i, when->items[k],
				only_above, err);
	}
	return r < 0 ? r : check_cycles(o, t, err);
}
