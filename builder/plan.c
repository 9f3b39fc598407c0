/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "builder/plan-words.h"
#include "util/cli.h"
#include "util/mem.h"
#include "util/num.h"

struct plan *
plan_free(struct plan *p)
{
	if (!p)
		return NULL;
	for (size_t n = 0; n < p->count; n++) {
		struct plan_stage *s = &p->stages[n];

		for (size_t t = 0; t < s->trigger_count; t++)
			instr_release(&s->triggers[t]);
		free(s->triggers);
		free(s->instrs);
		free(s->base_image);
		free(s->title);
	}
	free(p->stages);
	free(p);
	return NULL;
}

const char *
plan_nearest_stage(const struct plan *p, const char *name)
{
	autofree const char **names = mem_array(p->count + 1, sizeof(*names));
	size_t count = 0;

	for (size_t n = 0; n < p->count; n++) {
		if (p->file->stages[n].name)
			names[count++] = p->file->stages[n].name;
	}
	return cli_nearest(name, names, count);
}

static int
find_target(struct plan *p, const char *target, struct error *err)
{
	const char *near;
	uint64_t number;
	ssize_t found;

	p->target = p->count - 1;
	if (!target || !*target)
		return 0;
	found = plan_find_stage(p, target, p->count);
	if (found < 0 && num_parse(target, p->count - 1, &number, NULL) == 0)
		found = (ssize_t)number;
	if (found >= 0) {
		p->target = (size_t)found;
		return 0;
	}
	(void)error_set(
		err, EINVAL, "target stage '%s' could not be found", target);
	near = plan_nearest_stage(p, target);
	if (near)
		(void)error_hint(err, "did you mean '%s'?", near);
	return error_kind(err, ERROR_REQUEST);
}

static int
read_platform(const struct plan *p, struct plan_stage *s, struct error *err)
{
	autofree char *text = NULL;
	int r;

	if (!s->stage->platform)
		return 0;
	r = plan_expand(p, s->stage->platform, &text, err);
	if (r < 0)
		return r;
	if (!*text)
		return error_set(err, EINVAL,
			"'--platform=%s' expands to nothing",
			s->stage->platform);
	return platform_parse(text, &s->platform, err);
}

static void
use_stage(struct plan *p, struct plan_stage *s, size_t number)
{
	s->base = PLAN_STAGE;
	s->base_stage = number;
	p->stages[number].needed = true;
}

/* A name that --build-context gives another meaning. */
static int
use_named(struct plan *p, struct plan_stage *s, const struct named_context *c,
	struct error *err)
{
	ssize_t found;

	switch (c->kind) {
	case NAMED_FILES:
		s->base = PLAN_SCRATCH;
		s->files = c;
		return 0;
	case NAMED_IMAGE:
	case NAMED_LAYOUT:
		s->base = PLAN_IMAGE;
		s->base_image = mem_strdup(c->image);
		return 0;
	case NAMED_STAGE:
		found = plan_find_stage(p, c->value, s->number);
		if (found >= 0) {
			use_stage(p, s, (size_t)found);
			return 0;
		}
	}
	return error_set(err, EINVAL,
		"context '%s' is stage '%s', which is not before this one",
		c->name, c->value);
}

/* What FROM means: scratch, an earlier stage, a context with that name, else
 * an image. */
static int
read_base(struct plan *p, struct plan_stage *s, struct error *err)
{
	const struct named_context *named;
	autofree char *base = NULL;
	ssize_t found;
	int r;

	named = s->stage->name ? named_contexts_find(p->names, s->stage->name,
		&s->platform) : NULL;
	if (named) {
		s->count = 0;
		return use_named(p, s, named, err);
	}
	r = plan_expand(p, s->stage->base, &base, err);
	if (r < 0)
		return r;
	if (!*base)
		return error_set(err, EINVAL,
			"base name '%s' expands to nothing", s->stage->base);
	if (strcmp(base, "scratch") == 0) {
		s->base = PLAN_SCRATCH;
		return 0;
	}
	found = plan_find_stage(p, base, s->number);
	if (found >= 0) {
		use_stage(p, s, (size_t)found);
		return 0;
	}
	named = named_contexts_find(p->names, base, &s->platform);
	if (named)
		return use_named(p, s, named, err);
	s->base = PLAN_IMAGE;
	s->base_image = take_ptr(&base);
	return 0;
}

static int
mark_sources(
	struct plan *p, size_t number, const struct instr *i, struct error *err)
{
	cleanup_value(plan_sources_release) struct plan_sources sources = { 0 };
	int r;

	r = plan_find_sources(p, number, i, &sources, err);
	for (size_t n = 0; r == 0 && n < sources.count; n++) {
		if (sources.items[n].is_stage)
			p->stages[sources.items[n].stage].needed = true;
	}
	return r;
}

/* Put the parsed triggers before what the stage had. */
static void
prepend(struct plan_stage *s)
{
	const struct instr **all =
		mem_array(s->trigger_count + s->count, sizeof(struct instr *));

	for (size_t n = 0; n < s->trigger_count; n++)
		all[n] = &s->triggers[n];
	for (size_t n = 0; n < s->count; n++)
		all[s->trigger_count + n] = s->instrs[n];
	free(s->instrs);
	s->instrs = all;
	s->count += s->trigger_count;
}

static int
add_triggers(struct plan *p, size_t number, const struct strv *triggers,
	struct error *err)
{
	struct plan_stage *s = &p->stages[number];
	int r;

	if (triggers->count == 0)
		return 0;
	s->triggers = mem_array(triggers->count, sizeof(*s->triggers));
	for (size_t n = 0; n < triggers->count; n++) {
		r = instr_parse(s->stage->from.origin->file, triggers->items[n],
			p->file->escape, &s->stage->from, &s->triggers[n], err);
		if (r < 0)
			return error_wrap(err, "trigger 'ONBUILD %s'",
				triggers->items[n]);
		s->trigger_count++;
	}
	prepend(s);
	for (size_t n = 0; n < s->trigger_count; n++) {
		r = mark_sources(p, number, s->instrs[n], err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The ONBUILDs of a stage of this file are the triggers of those on it. */
static int
add_stage_triggers(struct plan *p, struct plan_stage *s, struct error *err)
{
	const struct plan_stage *base = &p->stages[s->base_stage];
	cleanup_value(strv_release) struct strv triggers = { 0 };

	for (size_t n = 0; n < base->stage->count; n++) {
		const struct instr *i = &base->stage->instrs[n];

		if (i->kind == INSTR_ONBUILD && i->args.count)
			strv_add(&triggers, i->args.items[0]);
	}
	return add_triggers(p, s->number, &triggers, err);
}

/* The files that the stage stands on come by a COPY of ours. */
static int
add_files(struct plan *p, struct plan_stage *s, struct error *err)
{
	cleanup_value(strv_release) struct strv copy = { 0 };

	if (s->files)
		strv_add(&copy, "COPY --from=context / /");
	return add_triggers(p, s->number, &copy, err);
}

static int
read_stage(struct plan *p, struct plan_stage *s, struct error *err)
{
	int r;

	if (read_platform(p, s, err) < 0 || read_base(p, s, err) < 0)
		return plan_refuse(p, &s->stage->from, err);
	for (size_t n = 0; n < s->count; n++) {
		r = mark_sources(p, s->number, s->instrs[n], err);
		if (r < 0)
			return r;
	}
	return s->base == PLAN_STAGE ? add_stage_triggers(p, s, err) :
		add_files(p, s, err);
}

/* From the last stage down: a stage only makes earlier ones needed. */
static int
read_needed(struct plan *p, struct error *err)
{
	for (size_t n = p->target + 1; n > 0; n--) {
		struct plan_stage *s = &p->stages[n - 1];
		int r;

		if (!s->needed || s->was_read)
			continue;
		s->was_read = true;
		r = read_stage(p, s, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int
plan_need_all(struct plan *p, struct error *err)
{
	p->target = p->count - 1;
	for (size_t n = 0; n < p->count; n++)
		p->stages[n].needed = true;
	return read_needed(p, err);
}

int
plan_add_triggers(struct plan *p, size_t number, const struct strv *triggers,
	struct error *err)
{
	int r;

	r = add_triggers(p, number, triggers, err);
	if (r < 0)
		return r;
	return read_needed(p, err);
}

static void
fill_stage(struct plan *p, size_t number, const struct platform *platform)
{
	const struct stage *stage = &p->file->stages[number];
	struct plan_stage *s = &p->stages[number];

	s->stage = stage;
	s->number = number;
	s->platform = *platform;
	s->title = stage->name ? mem_strdup(stage->name)
			       : mem_printf("stage-%zu", number);
	s->count = stage->count;
	s->instrs = mem_array(stage->count + 1, sizeof(struct instr *));
	for (size_t n = 0; n < stage->count; n++)
		s->instrs[n] = &stage->instrs[n];
}

int
plan_make(const struct dockerfile *d, const struct args *args,
	const struct named_contexts *names, const struct platform *platform,
	const char *target, struct plan **ret, struct error *err)
{
	cleanup(plan_free) struct plan *p = mem_zalloc(sizeof(*p));
	int r;

	p->file = d;
	p->args = args;
	p->names = names;
	p->count = d->stage_count;
	p->stages = mem_array(p->count, sizeof(*p->stages));
	for (size_t n = 0; n < p->count; n++)
		fill_stage(p, n, platform);
	r = find_target(p, target, err);
	if (r < 0)
		return r;
	p->stages[p->target].needed = true;
	r = read_needed(p, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&p);
	return 0;
}
