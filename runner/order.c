/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/order.h"

#include <string.h>

#include "util/mem.h"

/* A step named twice in `when` is one parent: nothing counts edges down, so
 * nothing can be released once too often or once too rarely. */
struct vertex {
	enum step_state state;
	size_t *parents;
	size_t parent_count;
};

struct order {
	struct vertex *vertices;
	size_t count;
};

static const char *const state_names[] = {
	[STATE_PENDING] = "Pending",
	[STATE_QUEUED] = "Queued",
	[STATE_RUNNING] = "Running",
	[STATE_SUCCEEDED] = "Succeeded",
	[STATE_FAILED] = "Failed",
	[STATE_IGNORED_FAILURE] = "IgnoredFailure",
	[STATE_TIMED_OUT] = "TimedOut",
	[STATE_CANCELED] = "Canceled",
	[STATE_SKIPPED] = "Skipped",
};

static size_t
find_step(const struct task *t, const char *id, size_t below)
{
	size_t i;

	for (i = 0; i < below; i++)
		if (strcmp(t->steps[i].id, id) == 0)
			break;
	return i;
}

static void
add_parents(struct vertex *v, const struct task *t, size_t step)
{
	const struct strv *when = &t->steps[step].when;
	size_t i, parent;

	v->parents = mem_array(when->count + 1, sizeof(*v->parents));
	if (when->count == 0 && step > 0)
		v->parents[v->parent_count++] = step - 1;
	for (i = 0; i < when->count; i++) {
		parent = find_step(t, when->items[i], step);
		if (parent < step)
			v->parents[v->parent_count++] = parent;
	}
}

struct order *
order_new(const struct task *t)
{
	struct order *o = mem_zalloc(sizeof(*o));
	size_t i;

	o->count = t->step_count;
	o->vertices = mem_array(o->count, sizeof(*o->vertices));
	for (i = 0; i < o->count; i++)
		add_parents(&o->vertices[i], t, i);
	return o;
}

struct order *
order_free(struct order *o)
{
	size_t i;

	if (!o)
		return NULL;
	for (i = 0; i < o->count; i++)
		free(o->vertices[i].parents);
	free(o->vertices);
	free(o);
	return NULL;
}

enum step_state
order_state(const struct order *o, size_t step)
{
	return o->vertices[step].state;
}

const char *
order_state_name(enum step_state state)
{
	return state_names[state];
}

bool
order_has_ended(enum step_state state)
{
	return state > STATE_RUNNING;
}

void
order_set(struct order *o, size_t step, enum step_state state)
{
	if (!order_has_ended(o->vertices[step].state))
		o->vertices[step].state = state;
}

static bool
is_ready(const struct order *o, const struct vertex *v)
{
	enum step_state parent;
	size_t i;

	if (v->state != STATE_PENDING)
		return false;
	for (i = 0; i < v->parent_count; i++) {
		parent = o->vertices[v->parents[i]].state;
		if (parent != STATE_SUCCEEDED &&
			parent != STATE_IGNORED_FAILURE)
			return false;
	}
	return true;
}

size_t
order_next(const struct order *o)
{
	size_t i;

	for (i = 0; i < o->count; i++)
		if (is_ready(o, &o->vertices[i]))
			break;
	return i;
}

void
order_skip_rest(struct order *o)
{
	size_t i;

	for (i = 0; i < o->count; i++)
		if (o->vertices[i].state < STATE_RUNNING)
			o->vertices[i].state = STATE_SKIPPED;
}

bool
order_is_done(const struct order *o)
{
	size_t i;

	for (i = 0; i < o->count; i++)
		if (!order_has_ended(o->vertices[i].state))
			return false;
	return true;
}
