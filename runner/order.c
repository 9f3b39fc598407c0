/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/order.h"

#include <stdio.h>

#include "runner/task-graph.h"
#include "util/mem.h"

/* Nothing counts edges down, so nothing can be released once too often or once
 * too rarely. */
struct vertex {
	const struct step *step;
	enum step_state state;
	int status;
	bool unwanted;
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

struct order *
order_new(const struct task *t)
{
	struct order *o = mem_zalloc(sizeof(*o));
	size_t i;

	o->count = t->step_count;
	o->vertices = mem_array(o->count, sizeof(*o->vertices));
	for (i = 0; i < o->count; i++) {
		struct vertex *v = &o->vertices[i];

		v->step = &t->steps[i];
		v->parents = mem_array(o->count, sizeof(*v->parents));
		v->parent_count = task_parents(t, i, v->parents);
	}
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

void
order_set_status(struct order *o, size_t step, int status)
{
	o->vertices[step].status = status;
}

static bool
is_good(enum step_state state)
{
	return state == STATE_SUCCEEDED || state == STATE_IGNORED_FAILURE;
}

static bool
is_bad(enum step_state state)
{
	return state == STATE_FAILED || state == STATE_TIMED_OUT;
}

static bool
looks_at_status(const struct step *s)
{
	return s->exited_with.count > 0 || s->exited_without.count > 0;
}

/* What the parents of a step have come to. */
struct tally {
	size_t good, bad;
	bool failed; /* one did not what it should have, and nobody saw to it */
	bool with, without; /* a status is in exitedWith, exitedWithout */
};

static void
count_status(const struct step *s, int status, struct tally *t)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%d", status);
	t->with |= strv_has(&s->exited_with, text);
	t->without |= strv_has(&s->exited_without, text);
}

/* False when one has not ended. */
static bool
count_parents(const struct order *o, const struct vertex *v, struct tally *t)
{
	size_t i;

	for (i = 0; i < v->parent_count; i++) {
		const struct vertex *p = &o->vertices[v->parents[i]];

		if (!order_has_ended(p->state))
			return false;
		t->good += is_good(p->state);
		t->bad += is_bad(p->state);
		if (looks_at_status(v->step))
			count_status(v->step, p->status, t);
		if (v->step->is_cleanup)
			t->failed |= !is_good(p->state) && !p->unwanted &&
				!order_is_handled(o, v->parents[i]);
	}
	return true;
}

/* Steps of `cleanup` look at the run as a whole. */
static bool
is_wanted_at_last(const struct step *s, const struct tally *t)
{
	if (looks_at_status(s))
		return (t->with || !s->exited_with.count) && !t->without;
	switch (s->run_on) {
	case RUN_ON_SUCCESS:
		return !t->failed;
	case RUN_ON_FAILURE:
		return t->failed;
	case RUN_ON_COMPLETED:
	case RUN_ON_ALWAYS:
		break;
	}
	return true;
}

/* All parents have ended: as the step wants? */
static bool
is_wanted(const struct vertex *v, const struct tally *t)
{
	const struct step *s = v->step;
	bool completed = t->good + t->bad == v->parent_count;

	if (s->is_cleanup)
		return is_wanted_at_last(s, t);
	if (looks_at_status(s))
		return completed && (t->with || !s->exited_with.count) &&
			!t->without;
	switch (s->run_on) {
	case RUN_ON_SUCCESS:
		return t->good == v->parent_count;
	case RUN_ON_FAILURE:
		return t->bad > 0;
	case RUN_ON_COMPLETED:
		return completed;
	case RUN_ON_ALWAYS:
		break;
	}
	return true;
}

/* Those of `cleanup` run one after the other. */
static bool
is_turn(const struct order *o, size_t i)
{
	return !o->vertices[i].step->is_cleanup || i == 0 ||
		order_has_ended(o->vertices[i - 1].state);
}

/* Skipping one may make others ready, above or below it. */
size_t
order_next(struct order *o)
{
	bool changed = true;
	size_t i;

	while (changed) {
		changed = false;
		for (i = 0; i < o->count; i++) {
			struct vertex *v = &o->vertices[i];
			struct tally t = { 0 };

			if (v->state != STATE_PENDING ||
				!is_turn(o, i) || !count_parents(o, v, &t))
				continue;
			if (is_wanted(v, &t))
				return i;
			v->state = STATE_SKIPPED;
			v->unwanted = true;
			changed = true;
		}
	}
	return o->count;
}

bool
order_is_unwanted(const struct order *o, size_t step)
{
	return o->vertices[step].unwanted;
}

static bool
is_parent(const struct vertex *v, size_t step)
{
	size_t i;

	for (i = 0; i < v->parent_count; i++)
		if (v->parents[i] == step)
			return true;
	return false;
}

bool
order_is_watched(const struct order *o, size_t step)
{
	size_t i;

	for (i = 0; i < o->count; i++) {
		const struct vertex *v = &o->vertices[i];

		if (!v->step->is_cleanup &&
			(v->step->run_on != RUN_ON_SUCCESS ||
				looks_at_status(v->step)) &&
			is_parent(v, step))
			return true;
	}
	return false;
}

bool
order_is_handled(const struct order *o, size_t step)
{
	size_t i;

	for (i = 0; i < o->count; i++) {
		const struct vertex *v = &o->vertices[i];

		if (!v->step->is_cleanup &&
			(v->step->run_on == RUN_ON_FAILURE ||
				v->step->exited_with.count) &&
			is_good(v->state) && is_parent(v, step))
			return true;
	}
	return false;
}

void
order_skip_rest(struct order *o, bool cleanup_too)
{
	size_t i;

	for (i = 0; i < o->count; i++)
		if (o->vertices[i].state < STATE_RUNNING &&
			(cleanup_too || !o->vertices[i].step->is_cleanup))
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
