/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "builder/blame.h"
#include "builder/expand.h"
#include "builder/plan-words.h"
#include "builder/run-mount.h"
#include "util/mem.h"
#include "util/num.h"

int
plan_refuse(const struct plan *p, const struct instr *at, struct error *err)
{
	(void)error_kind(err, ERROR_REQUEST);
	return blame_instr(p->file, at, err);
}

ssize_t
plan_find_stage(const struct plan *p, const char *name, size_t limit)
{
	for (size_t n = limit; n > 0; n--) {
		const char *have = p->file->stages[n - 1].name;

		if (have && strcasecmp(have, name) == 0)
			return (ssize_t)n - 1;
	}
	return -1;
}

int
plan_expand(
	const struct plan *p, const char *word, char **ret, struct error *err)
{
	const struct expand_env env = { .vars = &p->args->globals,
		.escape = p->file->escape };

	return expand_word(word, &env, ret, err);
}

static int
refuse_later_stage(const struct plan *p, const char *from, size_t number,
	struct error *err)
{
	return error_set(err, EINVAL,
		"cannot copy from stage '%s', it needs to be defined before current stage '%s'",
		from, p->stages[number].title);
}

/* A name that --build-context gives another meaning. */
static int
use_named(const struct plan *p, size_t number, const struct named_context *c,
	struct plan_source *ret, struct error *err)
{
	ssize_t stage = -1;

	if (c->kind == NAMED_STAGE) {
		stage = plan_find_stage(p, c->value, number);
		if (stage < 0)
			return error_set(err, EINVAL,
				"context '%s' is stage '%s', which is not before this one",
				c->name, c->value);
	}
	*ret = (struct plan_source){
		.is_stage = stage >= 0,
		.stage = stage >= 0 ? (size_t)stage : 0,
		.files = c->kind == NAMED_FILES ? c : NULL,
		.image = mem_strdup(c->image),
	};
	return 0;
}

/* `from` is a name or a number of a stage, a context with that name, else an
 * image. */
static int
read_source(const struct plan *p, size_t number, char **from,
	struct plan_source *ret, struct error *err)
{
	ssize_t found = plan_find_stage(p, *from, number);
	const struct named_context *named;
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
	if (found < 0 && plan_find_stage(p, *from, p->count) >= 0)
		return refuse_later_stage(p, *from, number, err);
	named = found < 0 ? named_contexts_find(p->names, *from,
		&p->stages[number].platform) : NULL;
	if (named)
		return use_named(p, number, named, ret, err);
	*ret = (struct plan_source){
		.is_stage = found >= 0,
		.stage = found >= 0 ? (size_t)found : 0,
		.image = found >= 0 ? NULL : take_ptr(from),
	};
	return 0;
}

/* What the ARGs of stage `number`, up to instruction `end`, set. */
static int
read_stage_args(const struct plan *p, size_t number, const struct instr *end,
	struct strv *vars, struct error *err)
{
	const struct plan_stage *s = &p->stages[number];
	int r = 0;

	for (size_t n = 0; n < s->count && s->instrs[n] != end && r == 0; n++) {
		if (s->instrs[n]->kind == INSTR_ARG)
			r = args_apply(p->args, s->instrs[n], p->file->escape,
				vars, err);
	}
	return r;
}

/* Unlike in FROM, the stage's own ARGs count. What its ENV and the stage below
 * set is not known before the build begins. */
static int
expand_source(const struct plan *p, size_t number, const struct instr *i,
	const char *text, char **ret, struct error *err)
{
	cleanup_value(strv_release) struct strv vars = { 0 };
	const struct expand_env env = { .vars = &vars,
		.escape = p->file->escape };
	int r;

	if (!strchr(text, '$'))
		return plan_expand(p, text, ret, err);
	strv_copy(&vars, &p->args->globals);
	r = read_stage_args(p, number, i, &vars, err);
	return r < 0 ? r : expand_word(text, &env, ret, err);
}

int
plan_find_named_source(const struct plan *p, size_t number,
	const struct instr *i, const char *text, struct plan_source *ret,
	struct error *err)
{
	const struct plan_stage *s = &p->stages[number];
	autofree char *from = NULL;
	int r;

	if (s->files && i == s->triggers) {
		*ret = (struct plan_source){ .files = s->files };
		return 0;
	}
	r = expand_source(p, number, i, text, &from, err);
	if (r < 0)
		return plan_refuse(p, i, err);
	if (!*from) {
		(void)error_set(
			err, EINVAL, "'--from=%s' expands to nothing", text);
		(void)error_hint(err,
			"only ARGs may stand in --from, not what ENV sets");
		return plan_refuse(p, i, err);
	}
	r = read_source(p, number, &from, ret, err);
	return r < 0 ? plan_refuse(p, i, err) : 0;
}

int
plan_find_source(const struct plan *p, size_t number, const struct instr *i,
	struct plan_source *ret, struct error *err)
{
	const char *from = instr_flag(i, "from");
	int r;

	if (!from)
		return 0;
	r = plan_find_named_source(p, number, i, from, ret, err);
	return r < 0 ? r : 1;
}

void
plan_sources_release(struct plan_sources *s)
{
	for (size_t n = 0; n < s->count; n++)
		free(s->items[n].image);
	free(s->items);
	*s = (struct plan_sources){ 0 };
}

/* `--from` as written, and that of each mount. */
static void
list_names(const struct instr *i, struct strv *ret)
{
	cleanup_value(strv_release) struct strv mounts = { 0 };

	instr_flag_list(i, "from", ret);
	instr_flag_list(i, "mount", &mounts);
	for (size_t n = 0; n < mounts.count; n++) {
		char *from = run_mount_from(mounts.items[n]);

		if (from)
			strv_take(ret, from);
	}
}

int
plan_find_sources(const struct plan *p, size_t number, const struct instr *i,
	struct plan_sources *ret, struct error *err)
{
	cleanup_value(plan_sources_release) struct plan_sources found = { 0 };
	cleanup_value(strv_release) struct strv names = { 0 };
	int r;

	list_names(i, &names);
	if (names.count)
		found.items = mem_array(names.count, sizeof(*found.items));
	for (size_t n = 0; n < names.count; n++) {
		r = plan_find_named_source(p, number, i, names.items[n],
			&found.items[n], err);
		if (r < 0)
			return r;
		found.count++;
	}
	*ret = found;
	found = (struct plan_sources){ 0 };
	return 0;
}
