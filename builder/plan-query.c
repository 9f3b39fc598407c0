/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/plan.h"

#include "util/scope.h"

/* Does this instruction read files of stage `other`? */
static bool
reads_stage(const struct plan *p, size_t number, const struct instr *i,
	size_t other)
{
	cleanup_value(plan_sources_release) struct plan_sources sources = { 0 };

	if (plan_find_sources(p, number, i, &sources, NULL) < 0)
		return false;
	for (size_t n = 0; n < sources.count; n++) {
		if (sources.items[n].is_stage &&
			sources.items[n].stage == other)
			return true;
	}
	return false;
}

bool
plan_depends(const struct plan *p, size_t number, size_t other)
{
	const struct plan_stage *s = &p->stages[number];

	if (s->base == PLAN_STAGE && s->base_stage == other)
		return true;
	for (size_t n = 0; n < s->count; n++) {
		if (reads_stage(p, number, s->instrs[n], other))
			return true;
	}
	return false;
}

static bool
consumer_wants_tree(
	const struct plan *p, const struct plan_stage *consumer, size_t other)
{
	for (size_t n = 0; n < consumer->count; n++) {
		if (reads_stage(
			    p, consumer->number, consumer->instrs[n], other))
			return true;
	}
	if (consumer->base != PLAN_STAGE || consumer->base_stage != other)
		return false;
	if (consumer->count && consumer->instrs[0]->kind == INSTR_RUN)
		return true;
	return plan_wants_tree(p, consumer->number, 0);
}

bool
plan_wants_tree(const struct plan *p, size_t number, size_t index)
{
	const struct plan_stage *s = &p->stages[number];

	for (size_t n = index + 1; n < s->count; n++) {
		if (s->instrs[n]->kind == INSTR_RUN)
			return true;
	}
	for (size_t n = number + 1; n < p->count; n++) {
		if (p->stages[n].needed &&
			consumer_wants_tree(p, &p->stages[n], number))
			return true;
	}
	return false;
}

size_t
plan_needed_count(const struct plan *p)
{
	size_t count = 0;

	for (size_t n = 0; n < p->count; n++)
		count += p->stages[n].needed;
	return count;
}
