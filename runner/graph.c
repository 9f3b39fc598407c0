/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/graph.h"

#include <string.h>

#include "runner/task-graph.h"
#include "util/json.h"
#include "util/listing.h"
#include "util/mem.h"

/* One step and its parents. */
struct place {
	size_t *parents;
	size_t count;
	size_t level; /* 0: not known yet */
};

struct graph {
	const struct task *task;
	struct place *places;
};

static const char *const kind_names[] = {
	[STEP_BUILD] = "build",
	[STEP_CMD] = "cmd",
	[STEP_PUSH] = "push",
};

static const char *const run_on_names[] = {
	[RUN_ON_SUCCESS] = "success",
	[RUN_ON_FAILURE] = "failure",
	[RUN_ON_COMPLETED] = "completed",
	[RUN_ON_ALWAYS] = "always",
};

/* 1 above the highest of its parents, once all have theirs. */
static size_t
level_of(const struct graph *g, const struct place *p)
{
	size_t level = 1, i, above;

	for (i = 0; i < p->count; i++) {
		above = g->places[p->parents[i]].level;
		if (!above)
			return 0;
		if (above + 1 > level)
			level = above + 1;
	}
	return level;
}

/* Steps of `cleanup` come one after the other. */
static void
set_levels(struct graph *g)
{
	bool changed = true;
	size_t i;

	while (changed) {
		changed = false;
		for (i = 0; i < g->task->step_count; i++) {
			struct place *p = &g->places[i];

			if (p->level)
				continue;
			p->level = level_of(g, p);
			if (p->level && i && g->task->steps[i].is_cleanup &&
				g->places[i - 1].level >= p->level)
				p->level = g->places[i - 1].level + 1;
			changed |= p->level > 0;
		}
	}
}

static void
graph_init(struct graph *g, const struct task *t)
{
	size_t i;

	g->task = t;
	g->places = mem_array(t->step_count, sizeof(*g->places));
	for (i = 0; i < t->step_count; i++) {
		struct place *p = &g->places[i];

		p->parents = mem_array(t->step_count, sizeof(*p->parents));
		p->count = task_parents(t, i, p->parents);
	}
	set_levels(g);
}

static void
graph_release(struct graph *g)
{
	size_t i;

	for (i = 0; i < g->task->step_count; i++)
		free(g->places[i].parents);
	free(g->places);
}

/* "failure", "exited with 3, 4"; NULL: success. */
static char *
condition_of(const struct step *s)
{
	autofree char *with = strv_join(&s->exited_with, ", ");
	autofree char *without = strv_join(&s->exited_without, ", ");

	if (*with && *without)
		return mem_printf("exited with %s, not %s", with, without);
	if (*with)
		return mem_printf("exited with %s", with);
	if (*without)
		return mem_printf("exited without %s", without);
	return s->run_on == RUN_ON_SUCCESS
		? NULL
		: mem_strdup(run_on_names[s->run_on]);
}

static void
parents_of(const struct graph *g, size_t i, struct strv *ret)
{
	const struct place *p = &g->places[i];
	size_t k;

	for (k = 0; k < p->count; k++)
		strv_add(ret, g->task->steps[p->parents[k]].id);
}

static struct json *
new_row(const struct graph *g, size_t i, const struct strv *parents)
{
	const struct step *s = &g->task->steps[i];
	autofree char *condition = condition_of(s);
	struct json *row = json_new_object();

	json_set_text(row, "id", s->id);
	json_set_text(row, "type", kind_names[s->kind]);
	json_set_number(row, "level", (int64_t)g->places[i].level);
	json_set(row, "after", json_new_list(parents));
	json_set_text(row, "when", condition ? condition : "success");
	json_set_bool(row, "cleanup", s->is_cleanup);
	json_set_number(row, "line", (int64_t)s->place.line);
	return row;
}

static void
add_row(struct listing *l, const struct graph *g, size_t i)
{
	const struct step *s = &g->task->steps[i];
	cleanup_value(strv_release) struct strv parents = { 0 };
	autofree char *condition = condition_of(s);
	autofree char *level = mem_printf("%zu", g->places[i].level);
	autofree char *after = NULL;

	parents_of(g, i, &parents);
	after = s->is_cleanup ? mem_strdup("(all)") : strv_join(&parents, " ");
	listing_add(l,
		(const char *const[]){ level, s->id, kind_names[s->kind],
			*after ? after : "-", condition ? condition : "-" },
		new_row(g, i, &parents));
}

void
graph_print(FILE *to, const struct task *t, const char *format)
{
	static const char *const headings[] = { "LEVEL", "STEP", "TYPE",
		"AFTER", "WHEN" };
	cleanup(listing_free) struct listing *l =
		listing_new(headings, ARRAY_SIZE(headings));
	cleanup_value(graph_release) struct graph g = { 0 };
	size_t level, i, added = 0;

	graph_init(&g, t);
	for (level = 1; added < t->step_count; level++) {
		for (i = 0; i < t->step_count; i++) {
			if (g.places[i].level != level)
				continue;
			add_row(l, &g, i);
			added++;
		}
	}
	listing_print(to, l, format);
}

/* Ids have no quotes and no backslashes. */
static void
print_node(FILE *to, const struct step *s)
{
	(void)fprintf(to, "\t\"%s\" [label=\"%s\\n%s\"%s];\n", s->id, s->id,
		kind_names[s->kind], s->is_cleanup ? ", style=dashed" : "");
}

static void
print_edges(FILE *to, const struct graph *g, size_t i)
{
	const struct step *s = &g->task->steps[i];
	cleanup_value(strv_release) struct strv parents = { 0 };
	autofree char *condition = condition_of(s);
	size_t k;

	parents_of(g, i, &parents);
	for (k = 0; k < parents.count; k++) {
		(void)fprintf(
			to, "\t\"%s\" -> \"%s\"", parents.items[k], s->id);
		if (condition)
			(void)fprintf(to, " [label=\"%s\"]", condition);
		(void)fputs(";\n", to);
	}
}

void
graph_print_dot(FILE *to, const struct task *t)
{
	cleanup_value(graph_release) struct graph g = { 0 };
	size_t i;

	graph_init(&g, t);
	(void)fputs("digraph task {\n\tnode [shape=box];\n", to);
	for (i = 0; i < t->step_count; i++)
		print_node(to, &t->steps[i]);
	for (i = 0; i < t->step_count; i++)
		print_edges(to, &g, i);
	(void)fputs("}\n", to);
}
