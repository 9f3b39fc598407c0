/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/lint.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "builder/expand.h"
#include "builder/lexer.h"
#include "builder/lint-rule.h"
#include "util/mem.h"
#include "util/scope.h"

#define FINDINGS_MAX 10000

static const struct lint_rule *const tables[] = { lint_form_rules,
	lint_stage_rules, lint_variable_rules, lint_command_rules,
	lint_copy_rules };

const struct lint_title *
lint_title(size_t index)
{
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
		for (const struct lint_rule *r = tables[t]; r->title.name;
			r++) {
			if (index-- == 0)
				return &r->title;
		}
	}
	return NULL;
}

void
lint_report_release(struct lint_report *r)
{
	for (size_t n = 0; n < r->count; n++)
		free(r->items[n].detail);
	free(r->items);
	*r = (struct lint_report){ 0 };
}

void
lint_scope_release(struct lint_scope *s)
{
	strv_release(&s->vars);
	strv_release(&s->declared);
}

static void
lint_release(struct lint *l)
{
	lint_settings_release(&l->settings);
	for (size_t n = 0; l->scopes && n < l->file->stage_count; n++)
		lint_scope_release(&l->scopes[n]);
	free(l->scopes);
	free(l->base_stages);
}

/* `check=...` in the comments just above; the text behind it, or NULL. */
static const char *
own_settings(const struct instr *i)
{
	for (size_t n = 0; n < i->comments.count; n++) {
		if (strncasecmp(i->comments.items[n], "check=", 6) == 0)
			return i->comments.items[n] + 6;
	}
	return NULL;
}

static bool
is_wanted(const struct lint *l, const struct instr *i)
{
	cleanup_value(lint_settings_release) struct lint_settings own = { 0 };
	const char *text = own_settings(i);
	const struct lint_rule *rule = l->rule;

	if (text && lint_settings_parse(text, &own, NULL) == 0) {
		strv_add_all(&own.experimental, &l->settings.experimental);
		if (!lint_settings_want(
			    &own, rule->title.name, rule->is_experimental))
			return false;
		return lint_settings_want(
			&l->settings, rule->title.name, false);
	}
	return lint_settings_want(
		&l->settings, rule->title.name, rule->is_experimental);
}

void
lint_find(struct lint *l, const struct instr *i, const char *what,
	const char *format, ...)
{
	struct lint_report *r = l->report;
	struct lint_finding *f;
	va_list args;

	if (r->count == FINDINGS_MAX || !is_wanted(l, i))
		return;
	r->items = mem_resize(r->items, r->count + 1, sizeof(*r->items));
	f = &r->items[r->count++];
	*f = (struct lint_finding){ .title = &l->rule->title,
		.origin = i->origin,
		.line = i->line,
		.column = i->column,
		.last_line = i->last_line };
	va_start(args, format);
	f->detail = mem_vprintf(format, args);
	va_end(args);
	if (!what)
		return;
	/* Not in the keyword itself. */
	f->column += (int)strlen(instr_name(i->kind));
	if (origin_find(i->origin, what, i->last_line, &f->line, &f->column))
		f->last_line = f->line;
	else
		f->column = i->column;
}

/* The earlier stage that stage `number` stands on, or -1. */
static int
find_base(const struct lint *l, size_t number)
{
	const struct dockerfile *d = l->file;
	autofree char *base =
		lint_expand_global(l, d->stages[number].base, NULL);

	for (size_t n = number; n > 0; n--) {
		const char *name = d->stages[n - 1].name;

		if (name && strcasecmp(name, base) == 0)
			return (int)n - 1;
	}
	return -1;
}

static char *
expand_with(const struct lint *l, const struct strv *vars, const char *word,
	struct strv *ret_unset)
{
	const struct expand_env env = {
		.vars = vars, .escape = l->file->escape, .ret_unset = ret_unset
	};
	char *text;

	/* What cannot be expanded is the build's to refuse. */
	if (expand_word(word, &env, &text, NULL) < 0)
		return mem_strdup(word);
	return text;
}

char *
lint_expand_global(
	const struct lint *l, const char *word, struct strv *ret_unset)
{
	return expand_with(l, &l->in->args->globals, word, ret_unset);
}

char *
lint_expand(const struct lint *l, size_t number, const char *word)
{
	return expand_with(l, &l->scopes[number].vars, word, NULL);
}

/* All instructions, FROMs and ARGs before them included. */
static void
look_at_instrs(struct lint *l)
{
	const struct dockerfile *d = l->file;
	struct lint_at at = { 0 };

	for (at.index = 0; at.index < d->global_count; at.index++) {
		at.instr = &d->global_args[at.index];
		l->rule->instr(l, &at);
	}
	for (at.number = 0; at.number < d->stage_count; at.number++) {
		at.stage = &d->stages[at.number];
		at.instr = &at.stage->from;
		at.index = 0;
		l->rule->instr(l, &at);
		for (; at.index < at.stage->count; at.index++) {
			at.instr = &at.stage->instrs[at.index];
			l->rule->instr(l, &at);
		}
	}
}

static void
look(struct lint *l, const struct lint_rule *rule)
{
	l->rule = rule;
	if (rule->file)
		rule->file(l);
	for (size_t n = 0; rule->stage && n < l->file->stage_count; n++)
		rule->stage(l, n);
	if (rule->instr)
		look_at_instrs(l);
}

static size_t
number_of(const struct dockerfile *d, const struct origin *o)
{
	size_t n = 0;

	while (n < d->origin_count && d->origins[n] != o)
		n++;
	return n;
}

/* Which comes first? Files in the order in which they were read. */
static int
by_place(const void *a, const void *b, void *file)
{
	const struct lint_finding *one = a, *other = b;
	size_t one_file = number_of(file, one->origin);
	size_t other_file = number_of(file, other->origin);

	if (one_file != other_file)
		return one_file < other_file ? -1 : 1;
	if (one->line != other->line)
		return one->line < other->line ? -1 : 1;
	if (one->column != other->column)
		return one->column < other->column ? -1 : 1;
	return strcmp(one->title->name, other->title->name);
}

/* Those of the whole file, which a build argument replaces. */
static int
read_settings(struct lint *l, struct error *err)
{
	const char *given =
		args_given(l->in->args, "BUILDKIT_DOCKERFILE_CHECK");
	const struct origin *o = l->file->origins[0];
	int line = 1, column = 1;

	if (given)
		return lint_settings_parse(given, &l->settings, err);
	if (!l->file->check ||
		lint_settings_parse(l->file->check, &l->settings, err) == 0)
		return 0;
	(void)origin_find(o, l->file->check, 10, &line, &column);
	return lexer_place_error(o->file, o->text, o->len, line, column, err);
}

static int
check_own_settings(
	const struct lint *l, const struct instr *i, struct error *err)
{
	cleanup_value(lint_settings_release) struct lint_settings own = { 0 };
	const char *text = own_settings(i);

	if (!text || lint_settings_parse(text, &own, err) == 0)
		return 0;
	return dockerfile_error_at(l->file, i, err);
}

static int
check_all_settings(const struct lint *l, struct error *err)
{
	const struct dockerfile *d = l->file;
	int r = 0;

	for (size_t s = 0; r == 0 && s < d->stage_count; s++) {
		r = check_own_settings(l, &d->stages[s].from, err);
		for (size_t n = 0; r == 0 && n < d->stages[s].count; n++)
			r = check_own_settings(l, &d->stages[s].instrs[n], err);
	}
	return r;
}

int
lint_run(
	const struct lint_input *in, struct lint_report *ret, struct error *err)
{
	struct lint_report report = { 0 };
	cleanup_value(lint_release) struct lint l = {
		.in = in, .file = in->file, .report = &report
	};

	if (read_settings(&l, err) < 0 || check_all_settings(&l, err) < 0)
		return error_kind(err, ERROR_REQUEST);
	l.scopes = mem_array(in->file->stage_count, sizeof(*l.scopes));
	l.base_stages =
		mem_array(in->file->stage_count, sizeof(*l.base_stages));
	for (size_t n = 0; n < in->file->stage_count; n++)
		l.base_stages[n] = find_base(&l, n);
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
		for (const struct lint_rule *r = tables[t]; r->title.name; r++)
			look(&l, r);
	}
	if (report.count > 1)
		qsort_r(report.items, report.count, sizeof(*report.items),
			by_place, (void *)(uintptr_t)in->file);
	report.fails = l.settings.error && report.count > 0;
	*ret = report;
	return 0;
}
