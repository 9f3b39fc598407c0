/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/plan.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "builder/expand.h"
#include "util/cli.h"
#include "util/mem.h"
#include "util/num.h"

static int
refuse(const struct plan *p, const struct instr *at, struct error *err)
{
	(void)error_kind(err, ERROR_REQUEST);
	return dockerfile_error_at(p->file, at, err);
}

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

/* The last stage before `limit` with this name in any case; -1 if none. */
static ssize_t
find_by_name(const struct plan *p, const char *name, size_t limit)
{
	for (size_t n = limit; n > 0; n--) {
		const char *have = p->file->stages[n - 1].name;

		if (have && strcasecmp(have, name) == 0)
			return (ssize_t)n - 1;
	}
	return -1;
}

static const char *
nearest_stage(const struct plan *p, const char *name)
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
	found = find_by_name(p, target, p->count);
	if (found < 0 && num_parse(target, p->count - 1, &number, NULL) == 0)
		found = (ssize_t)number;
	if (found >= 0) {
		p->target = (size_t)found;
		return 0;
	}
	(void)error_set(err, EINVAL, "target stage '%s' could not be found",
		target);
	near = nearest_stage(p, target);
	if (near)
		(void)error_hint(err, "did you mean '%s'?", near);
	return error_kind(err, ERROR_REQUEST);
}

/* A word that may hold variables, but only those from before the first FROM. */
static int
expand_global(const struct plan *p, const char *word, char **ret,
	struct error *err)
{
	const struct expand_env env = { .vars = &p->args->globals,
		.escape = p->file->escape };

	return expand_word(word, &env, ret, err);
}

static int
read_platform(const struct plan *p, struct plan_stage *s, struct error *err)
{
	autofree char *text = NULL;
	int r;

	if (!s->stage->platform)
		return 0;
	r = expand_global(p, s->stage->platform, &text, err);
	if (r < 0)
		return r;
	if (!*text)
		return error_set(err, EINVAL,
			"'--platform=%s' expands to nothing",
			s->stage->platform);
	return platform_parse(text, &s->platform, err);
}

/* What FROM means: scratch, an earlier stage, else an image. */
static int
read_base(struct plan *p, struct plan_stage *s, struct error *err)
{
	autofree char *base = NULL;
	ssize_t found;
	int r;

	r = expand_global(p, s->stage->base, &base, err);
	if (r < 0)
		return r;
	if (!*base)
		return error_set(err, EINVAL,
			"base name '%s' expands to nothing", s->stage->base);
	if (strcmp(base, "scratch") == 0) {
		s->base = PLAN_SCRATCH;
		return 0;
	}
	found = find_by_name(p, base, s->number);
	if (found >= 0) {
		s->base = PLAN_STAGE;
		s->base_stage = (size_t)found;
		p->stages[found].needed = true;
		return 0;
	}
	s->base = PLAN_IMAGE;
	s->base_image = take_ptr(&base);
	return 0;
}

static int
refuse_later_stage(const struct plan *p, const char *from, size_t number,
	struct error *err)
{
	return error_set(err, EINVAL,
		"cannot copy from stage '%s', it needs to be defined before current stage '%s'",
		from, p->stages[number].title);
}

/* `from` is a name or a number of a stage, else an image. */
static int
read_source(const struct plan *p, size_t number, char **from,
	struct plan_source *ret, struct error *err)
{
	ssize_t found = find_by_name(p, *from, number);
	uint64_t n;

	if (found < 0 && num_parse(*from, UINT32_MAX, &n, NULL) == 0) {
		if (n >= p->count)
			return error_set(err, EINVAL,
				"stage number %s not found: there are %zu stages, counted from 0",
				*from, p->count);
		if (n >= number)
			return refuse_later_stage(p, *from, number, err);
		found = (ssize_t)n;
	}
	if (found < 0 && find_by_name(p, *from, p->count) >= 0)
		return refuse_later_stage(p, *from, number, err);
	ret->is_stage = found >= 0;
	ret->stage = found >= 0 ? (size_t)found : 0;
	ret->image = found >= 0 ? NULL : take_ptr(from);
	return 0;
}

int
plan_find_source(const struct plan *p, size_t number, const struct instr *i,
	struct plan_source *ret, struct error *err)
{
	const char *text = instr_flag(i, "from");
	autofree char *from = NULL;
	int r;

	if (!text)
		return 0;
	r = expand_global(p, text, &from, err);
	if (r < 0)
		return refuse(p, i, err);
	if (!*from) {
		(void)error_set(err, EINVAL, "'--from=%s' expands to nothing",
			text);
		(void)error_hint(err,
			"only ARGs before the first FROM may stand in --from");
		return refuse(p, i, err);
	}
	r = read_source(p, number, &from, ret, err);
	return r < 0 ? refuse(p, i, err) : 1;
}

static int
mark_source(struct plan *p, size_t number, const struct instr *i,
	struct error *err)
{
	struct plan_source source = { 0 };
	int r;

	r = plan_find_source(p, number, i, &source, err);
	if (r <= 0)
		return r;
	if (source.is_stage)
		p->stages[source.stage].needed = true;
	free(source.image);
	return 0;
}

/* Put the parsed triggers before what the stage had. */
static void
prepend(struct plan_stage *s)
{
	const struct instr **all = mem_array(s->trigger_count + s->count,
		sizeof(struct instr *));

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
		r = instr_parse(p->file->file, triggers->items[n],
			p->file->escape, &s->stage->from, &s->triggers[n],
			err);
		if (r < 0)
			return error_wrap(err, "trigger 'ONBUILD %s'",
				triggers->items[n]);
		s->trigger_count++;
		r = mark_source(p, number, &s->triggers[n], err);
		if (r < 0)
			return r;
	}
	prepend(s);
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

static int
read_stage(struct plan *p, struct plan_stage *s, struct error *err)
{
	int r;

	if (read_platform(p, s, err) < 0 || read_base(p, s, err) < 0)
		return refuse(p, &s->stage->from, err);
	for (size_t n = 0; n < s->count; n++) {
		r = mark_source(p, s->number, s->instrs[n], err);
		if (r < 0)
			return r;
	}
	return s->base == PLAN_STAGE ? add_stage_triggers(p, s, err) : 0;
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
	s->title = stage->name ? mem_strdup(stage->name) :
				 mem_printf("stage-%zu", number);
	s->count = stage->count;
	s->instrs = mem_array(stage->count + 1, sizeof(struct instr *));
	for (size_t n = 0; n < stage->count; n++)
		s->instrs[n] = &stage->instrs[n];
}

int
plan_make(const struct dockerfile *d, const struct args *args,
	const struct platform *platform, const char *target, struct plan **ret,
	struct error *err)
{
	cleanup(plan_free) struct plan *p = mem_zalloc(sizeof(*p));
	int r;

	p->file = d;
	p->args = args;
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

/* Does this instruction read files of stage `other`? */
static bool
reads_stage(const struct plan *p, size_t number, const struct instr *i,
	size_t other)
{
	struct plan_source source = { 0 };
	bool does;

	if (plan_find_source(p, number, i, &source, NULL) <= 0)
		return false;
	does = source.is_stage && source.stage == other;
	free(source.image);
	return does;
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
consumer_wants_tree(const struct plan *p, const struct plan_stage *consumer,
	size_t other)
{
	for (size_t n = 0; n < consumer->count; n++) {
		if (reads_stage(p, consumer->number, consumer->instrs[n],
			    other))
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
