/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about variables: what is used and not set, set and not used, and what
 * had better not be a variable. */
#include "builder/lint-rule.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "builder/expand.h"
#include "builder/state.h"
#include "oci/config.h"
#include "util/cli.h"
#include "util/mem.h"
#include "util/scope.h"

#define URL(name) "https://docs.docker.com/go/dockerfile/rule/" name "/"

/* What FROM brings. */
static void
begin_scope(const struct lint *l, size_t number, struct lint_scope *s)
{
	int base = l->base_stages[number];
	const struct image *image = l->in->bases ? l->in->bases[number] : NULL;
	const char *name = l->file->stages[number].base;

	if (base >= 0) {
		strv_copy(&s->vars, &l->scopes[base].vars);
		strv_copy(&s->declared, &l->scopes[base].declared);
		s->is_complete = l->scopes[base].is_complete;
		return;
	}
	if (image)
		(void)config_get_list(
			image_config(image), "Env", &s->vars, NULL);
	if (!strv_env_get(&s->vars, "PATH"))
		strv_env_set(&s->vars, "PATH", STATE_DEFAULT_PATH);
	s->is_complete = image || strcmp(name, "scratch") == 0;
}

/* What a stage knows while its instructions are passed. */
struct passing {
	struct lint *l;
	struct lint_scope *scope;
	const struct instr *instr;
};

static char *
nearest(const struct passing *p, const char *name)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	const struct strv *vars = &p->scope->vars;
	const char *near;

	strv_copy(&names, &p->scope->declared);
	for (size_t n = 0; n < vars->count; n++)
		strv_take(&names,
			mem_strndup(
				vars->items[n], strcspn(vars->items[n], "=")));
	near = cli_nearest(
		name, (const char *const *)strv_view(&names), names.count);
	return mem_strdup(near);
}

/* How the variable stands in the text: "$NAME" or "${NAME"; yours. */
static char *
where_used(const struct instr *i, const char *name)
{
	autofree char *braces = mem_printf("${%s", name);
	int line = i->line, column = i->column;

	if (origin_find(i->origin, braces, i->last_line, &line, &column))
		return take_ptr(&braces);
	return mem_printf("$%s", name);
}

/* A name that is not set may come from a base that is not known; then only one
 * that is nearly the name of another is a mistake for sure. */
static void
find_unset(const struct passing *p, const struct strv *unset)
{
	for (size_t n = 0; n < unset->count; n++) {
		const char *name = unset->items[n];
		autofree char *near = NULL, *where = NULL;

		if (!(isalpha((unsigned char)name[0]) || name[0] == '_') ||
			strv_has(&p->scope->declared, name))
			continue;
		near = nearest(p, name);
		where = where_used(p->instr, name);
		if (near)
			lint_find(p->l, p->instr, where,
				"Usage of undefined variable '$%s' (did you mean $%s?)",
				name, near);
		else if (p->scope->is_complete)
			lint_find(p->l, p->instr, where,
				"Usage of undefined variable '$%s'", name);
	}
}

/* One text that the build will expand; yours, or NULL. */
static char *
expand_text(const struct passing *p, const char *text, struct strv *unset)
{
	const struct expand_env env = { .vars = &p->scope->vars,
		.escape = p->l->file->escape,
		.ret_unset = unset };
	char *value;

	return expand_word(text, &env, &value, NULL) < 0 ? NULL : value;
}

static void
expand_flags(const struct passing *p, struct strv *unset)
{
	static const char *const names[] = { "chown", "chmod", "checksum" };

	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		const char *text = instr_flag(p->instr, names[n]);

		if (text)
			free(expand_text(p, text, unset));
	}
}

static void
expand_bodies(const struct passing *p, struct strv *unset)
{
	const struct expand_env env = { .vars = &p->scope->vars,
		.escape = p->l->file->escape,
		.ret_unset = unset };

	for (size_t n = 0; n < p->instr->heredoc_count; n++) {
		const struct heredoc *h = &p->instr->heredocs[n];
		char *text = NULL;

		if (h->expand &&
			expand_heredoc(h->body, &env, &text, NULL) == 0)
			free(text);
	}
}

static void
pass_texts(const struct passing *p)
{
	cleanup_value(strv_release) struct strv unset = { 0 };

	for (size_t n = 0; n < p->instr->args.count; n++)
		free(expand_text(p, p->instr->args.items[n], &unset));
	expand_flags(p, &unset);
	if (p->instr->kind != INSTR_RUN)
		expand_bodies(p, &unset);
	find_unset(p, &unset);
}

static void
pass_env(const struct passing *p)
{
	const struct strv *args = &p->instr->args;
	cleanup_value(strv_release) struct strv pairs = { 0 };

	pass_texts(p);
	for (size_t n = 0; n < args->count; n++) {
		char *text = expand_text(p, args->items[n], NULL);

		strv_take(&pairs, text ? text : mem_strdup(""));
	}
	for (size_t n = 0; n + 1 < pairs.count; n += 2)
		strv_env_set(
			&p->scope->vars, pairs.items[n], pairs.items[n + 1]);
}

static void
pass_arg(const struct passing *p)
{
	const struct strv *args = &p->instr->args;

	for (size_t n = 0; n < args->count; n++) {
		const char *word = args->items[n];
		size_t len = strcspn(word, "=");
		cleanup_value(strv_release) struct strv unset = { 0 };
		autofree char *name = mem_strndup(word, len);

		if (word[len])
			free(expand_text(p, word + len + 1, &unset));
		find_unset(p, &unset);
		if (!strv_has(&p->scope->declared, name))
			strv_add(&p->scope->declared, name);
	}
	(void)args_apply(p->l->in->args, p->instr, p->l->file->escape,
		&p->scope->vars, NULL);
}

static void (*const passes[INSTR_KINDS])(const struct passing *p) = {
	[INSTR_ADD] = pass_texts,
	[INSTR_ARG] = pass_arg,
	[INSTR_COPY] = pass_texts,
	[INSTR_ENV] = pass_env,
	[INSTR_EXPOSE] = pass_texts,
	[INSTR_LABEL] = pass_texts,
	[INSTR_STOPSIGNAL] = pass_texts,
	[INSTR_USER] = pass_texts,
	[INSTR_VOLUME] = pass_texts,
	[INSTR_WORKDIR] = pass_texts,
};

/* Stages come in their order, so that what a stage stands on is known. */
static void
undefined(struct lint *l, size_t number)
{
	const struct stage *s = &l->file->stages[number];
	struct passing p = { .l = l, .scope = &l->scopes[number] };

	begin_scope(l, number, p.scope);
	for (size_t n = 0; n < s->count; n++) {
		p.instr = &s->instrs[n];
		if (passes[p.instr->kind])
			passes[p.instr->kind](&p);
	}
}

/* Is one of the words, which '_' parts in `name`, in the list? */
static bool
has_word(const char *name, const char *const *words)
{
	while (*name) {
		size_t len = strcspn(name, "_");

		for (size_t n = 0; words[n]; n++) {
			if (strlen(words[n]) == len &&
				strncasecmp(words[n], name, len) == 0)
				return true;
		}
		name += len;
		name += *name == '_';
	}
	return false;
}

static void
find_secret(struct lint *l, const struct instr *i, const char *name)
{
	static const char *const secret[] = { "apikey", "auth", "credential",
		"credentials", "key", "password", "pword", "passwd", "secret",
		"token", NULL };
	static const char *const harmless[] = { "public", "file", "version",
		NULL };

	if (has_word(name, secret) && !has_word(name, harmless))
		lint_find(l, i, name,
			"Do not use ARG or ENV instructions for sensitive data (%s \"%s\")",
			instr_name(i->kind), name);
}

static void
secrets(struct lint *l, const struct lint_at *at)
{
	const struct instr *i = at->instr;
	size_t step = i->kind == INSTR_ENV ? 2 : 1;

	if (i->kind != INSTR_ENV && i->kind != INSTR_ARG)
		return;
	for (size_t n = 0; n < i->args.count; n += step) {
		autofree char *name = mem_strndup(
			i->args.items[n], strcspn(i->args.items[n], "="));

		find_secret(l, i, name);
	}
}

static bool
is_name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Does `text` hold `name` as a word of its own? */
static bool
mentions(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = text; (p = strstr(p, name)); p++) {
		if ((p == text || !is_name_byte(p[-1])) &&
			!is_name_byte(p[len]))
			return true;
	}
	return false;
}

/* A RUN sees every ARG in its environment, and a base every ARG before the
 * first FROM. */
static bool
is_used_by(const struct instr *i, const char *name)
{
	if (i->kind == INSTR_RUN || mentions(i->text, name))
		return true;
	for (size_t n = 0; n < i->heredoc_count; n++) {
		if (mentions(i->heredocs[n].body, name))
			return true;
	}
	return false;
}

static bool
is_used_after(
	const struct lint *l, size_t number, size_t index, const char *name)
{
	const struct stage *s = &l->file->stages[number];

	for (size_t n = index; n < s->count; n++) {
		if (is_used_by(&s->instrs[n], name))
			return true;
	}
	return false;
}

/* In the rest of the stage, or in those that stand on it. */
static bool
is_used_in_stages(
	const struct lint *l, size_t number, size_t index, const char *name)
{
	size_t count = l->file->stage_count;
	autofree bool *inherits = mem_array(count, sizeof(*inherits));

	if (is_used_after(l, number, index, name))
		return true;
	inherits[number] = true;
	for (size_t n = number + 1; n < count; n++) {
		int base = l->base_stages[n];

		inherits[n] = base >= 0 && inherits[base];
		if (inherits[n] && is_used_after(l, n, 0, name))
			return true;
	}
	return false;
}

static bool
is_used_global(const struct lint *l, size_t index, const char *name)
{
	const struct dockerfile *d = l->file;

	for (size_t n = index + 1; n < d->global_count; n++) {
		if (mentions(d->global_args[n].text, name))
			return true;
	}
	for (size_t s = 0; s < d->stage_count; s++) {
		if (mentions(d->stages[s].from.text, name))
			return true;
		for (size_t n = 0; n < d->stages[s].count; n++) {
			if (mentions(d->stages[s].instrs[n].text, name))
				return true;
		}
	}
	return false;
}

/* Names that steer the build by being there. */
static bool
has_own_meaning(const char *name)
{
	return args_is_proxy(name) || strncmp(name, "BUILDKIT_", 9) == 0 ||
		strcmp(name, "SOURCE_DATE_EPOCH") == 0;
}

static void
unused_arg(struct lint *l, const struct lint_at *at)
{
	const struct strv *args = &at->instr->args;

	if (at->instr->kind != INSTR_ARG)
		return;
	for (size_t n = 0; n < args->count; n++) {
		autofree char *name = mem_strndup(
			args->items[n], strcspn(args->items[n], "="));
		bool is_used = at->stage
			? is_used_in_stages(l, at->number, at->index + 1, name)
			: is_used_global(l, at->index, name);

		if (!is_used && !has_own_meaning(name))
			lint_find(l, at->instr, name,
				"ARG %s is declared, but nothing after it can use it",
				name);
	}
}

const struct lint_rule lint_variable_rules[] = {
	{ { "UndefinedVar", "Variables should be defined before their use",
		  URL("undefined-var") },
		.stage = undefined },
	{ { "SecretsUsedInArgOrEnv",
		  "Sensitive data should not be used in the ARG or ENV commands",
		  URL("secrets-used-in-arg-or-env") },
		.instr = secrets },
	{ { "UnusedArg", "An ARG that nothing uses", NULL },
		.instr = unused_arg },
	{ { 0 } },
};
