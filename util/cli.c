/* SPDX-License-Identifier: Apache-2.0 */
#include "util/cli.h"

#include <errno.h>
#include <string.h>

#include "util/log.h"
#include "util/mem.h"
#include "util/scope.h"

#define WORD_MAX 64

struct parser {
	const struct option_spec *options;
	const struct option_spec *more;
	int argc;
	char *const *argv;
	int next;	 /* the argument to look at next */
	bool only_looks; /* no value is stored, nothing is called */
	const char *wanted;	/* the long name of an option, or NULL */
	const char *found;	/* its last value */
};

const struct option_spec *
cli_find_option(const struct option_spec *options, const char *name)
{
	const struct option_spec *o;

	for (o = options; o && !cli_is_last(o); o++)
		if (o->name && strcmp(o->name, name) == 0)
			return o;
	return NULL;
}

static const struct option_spec *
find_long(const struct parser *p, const char *name)
{
	const struct option_spec *o = cli_find_option(p->options, name);

	return o ? o : cli_find_option(p->more, name);
}

static const struct option_spec *
find_letter_in(const struct option_spec *o, char letter)
{
	for (; o && !cli_is_last(o); o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

static const struct option_spec *
find_letter(const struct parser *p, char letter)
{
	const struct option_spec *o = find_letter_in(p->options, letter);

	return o ? o : find_letter_in(p->more, letter);
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters to add, drop, change or swap with their neighbour; words
 * are at most WORD_MAX long. */
static size_t
distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *older = rows[0], *above = rows[1], *row = rows[2];
	size_t i, j;

	for (j = 0; j <= strlen(b); j++)
		above[j] = j;
	for (i = 1; a[i - 1]; i++) {
		size_t *free_row = older;

		row[0] = i;
		for (j = 1; b[j - 1]; j++) {
			row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]),
				least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				a[i - 2] == b[j - 1])
				row[j] = least(row[j], older[j - 2] + 1);
		}
		older = above;
		above = row;
		row = free_row;
	}
	return above[strlen(b)];
}

const char *
cli_nearest(const char *word, const char *const *candidates, size_t count)
{
	size_t len = strlen(word);
	size_t best = len < 4 ? 2 : 2 + len / 4;
	const char *nearest = NULL;
	size_t i, d;

	if (len > WORD_MAX)
		return NULL;
	for (i = 0; i < count; i++) {
		if (strlen(candidates[i]) > WORD_MAX)
			continue;
		d = distance(word, candidates[i]);
		if (d >= best)
			continue;
		best = d;
		nearest = candidates[i];
	}
	return nearest;
}

static void
collect_names(const struct option_spec *o, struct strv *ret)
{
	for (; o && !cli_is_last(o); o++)
		if (o->name)
			strv_add(ret, o->name);
}

static int
unknown_long(const struct parser *p, const char *name, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	const char *near;

	collect_names(p->options, &names);
	collect_names(p->more, &names);
	near = cli_nearest(
		name, (const char *const *)strv_view(&names), names.count);
	if (!near)
		return error_set(err, EINVAL, "unknown option '--%s'", name);
	return error_set(err, EINVAL,
		"unknown option '--%s', did you mean '--%s'?", name, near);
}

static int
set_flag(const struct option_spec *o, const char *value, struct error *err)
{
	bool *flag = o->value;

	if (!value || strcmp(value, "true") == 0 || strcmp(value, "1") == 0)
		*flag = true;
	else if (strcmp(value, "false") == 0 || strcmp(value, "0") == 0)
		*flag = false;
	else
		return error_set(err, EINVAL,
			"option '--%s' is true or false, not '%s'", o->name,
			value);
	return 0;
}

static int
set_option(const struct option_spec *o, const char *value, struct error *err)
{
	switch (o->kind) {
	case OPT_FLAG:
		return set_flag(o, value, err);
	case OPT_STRING:
		*(const char **)o->value = value;
		return 0;
	case OPT_LIST:
		strv_add(o->value, value);
		return 0;
	case OPT_OPTIONAL:
		*(const char **)o->value = value ? value : "";
		return 0;
	case OPT_IGNORED:
		log_warning_once(
			o->name, "option '--%s' has no effect here", o->name);
		return 0;
	case OPT_CALL:
		return o->call(value ? value : "", err);
	}
	return 0;
}

static bool
wants_value(const struct option_spec *o)
{
	if (o->kind == OPT_IGNORED || o->kind == OPT_CALL)
		return o->operand != NULL;
	return o->kind == OPT_STRING || o->kind == OPT_LIST;
}

static bool
may_have_value(const struct option_spec *o)
{
	return wants_value(o) || o->kind == OPT_FLAG ||
		o->kind == OPT_OPTIONAL || o->kind == OPT_IGNORED;
}

/* `value` is what stood in the same argument, or NULL. */
static int
take_option(struct parser *p, const struct option_spec *o, const char *shown,
	const char *value, struct error *err)
{
	if (value && !may_have_value(o))
		return error_set(
			err, EINVAL, "option '%s' takes no value", shown);
	if (!value && wants_value(o)) {
		if (p->next >= p->argc)
			return error_set(err, EINVAL,
				"option '%s' needs a value (%s)", shown,
				o->operand ? o->operand : "TEXT");
		value = p->argv[p->next++];
	}
	if (p->wanted && strcmp(o->name ? o->name : "", p->wanted) == 0)
		p->found = value;
	return p->only_looks ? 0 : set_option(o, value, err);
}

/* --no-x, where --x is a flag. */
static const struct option_spec *
find_negated(const struct parser *p, const char *name)
{
	const struct option_spec *o;

	if (strncmp(name, "no-", 3) != 0)
		return NULL;
	o = find_long(p, name + 3);
	return o && o->kind == OPT_FLAG ? o : NULL;
}

static int
parse_long(struct parser *p, const char *argument, struct error *err)
{
	const char *equals = strchr(argument, '=');
	autofree char *shown = NULL;
	const struct option_spec *o;
	const char *name;

	shown = equals ? mem_strndup(argument, (size_t)(equals - argument))
		       : mem_strdup(argument);
	name = shown + 2;
	o = find_long(p, name);
	if (o)
		return take_option(
			p, o, shown, equals ? equals + 1 : NULL, err);
	o = find_negated(p, name);
	if (!o)
		return unknown_long(p, name, err);
	if (equals)
		return error_set(
			err, EINVAL, "option '%s' takes no value", shown);
	return p->only_looks ? 0 : set_flag(o, "false", err);
}

/* "-it", "-fPATH", "-f PATH". */
static int
parse_letters(struct parser *p, const char *argument, struct error *err)
{
	const struct option_spec *o;
	const char *rest;
	char shown[] = "-?";
	int r;

	for (argument++; *argument; argument++) {
		shown[1] = *argument;
		o = find_letter(p, *argument);
		if (!o)
			return error_set(
				err, EINVAL, "unknown option '%s'", shown);
		rest = argument + 1;
		if (wants_value(o) || o->kind == OPT_OPTIONAL)
			return take_option(
				p, o, shown, *rest ? rest : NULL, err);
		r = take_option(p, o, shown, NULL, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static void
take_operands(struct parser *p, struct strv *ret)
{
	while (p->next < p->argc)
		strv_add(ret, p->argv[p->next++]);
}

static int
parse_next(
	struct parser *p, bool stop, struct strv *operands, struct error *err)
{
	const char *argument = p->argv[p->next++];

	if (strcmp(argument, "--") == 0) {
		take_operands(p, operands);
		return 0;
	}
	if (strncmp(argument, "--", 2) == 0)
		return parse_long(p, argument, err);
	if (*argument == '-' && argument[1])
		return parse_letters(p, argument, err);
	strv_add(operands, argument);
	if (stop)
		take_operands(p, operands);
	return 0;
}

static int
parse_all(struct parser *p, bool stop, struct strv *ret_operands,
	struct error *err)
{
	autoerror local = { 0 };
	int r;

	while (p->next < p->argc) {
		r = parse_next(p, stop, ret_operands, &local);
		if (r < 0) {
			error_kind(&local, ERROR_REQUEST);
			return error_move(err, &local);
		}
	}
	return 0;
}

int
cli_parse(const struct option_spec *options, const struct option_spec *more,
	bool stop_at_operand, int argc, char *const argv[],
	struct strv *ret_operands, struct error *err)
{
	struct parser p = { options, more, argc, argv, 0, false, NULL, NULL };

	return parse_all(&p, stop_at_operand, ret_operands, err);
}

int
cli_operands(const struct option_spec *options, const struct option_spec *more,
	int argc, char *const argv[], struct strv *ret_operands,
	struct error *err)
{
	struct parser p = { options, more, argc, argv, 0, true, NULL, NULL };

	return parse_all(&p, false, ret_operands, err);
}

const char *
cli_value_of(const struct option_spec *options, const char *name, int argc,
	char *const argv[])
{
	struct parser p = { options, NULL, argc, argv, 0, true, name, NULL };
	cleanup_value(strv_release) struct strv operands = { 0 };

	return parse_all(&p, false, &operands, NULL) == 0 ? p.found : NULL;
}

int
cli_check_operands(
	const struct command *c, const struct strv *operands, struct error *err)
{
	int count = (int)operands->count;

	if (count < c->min_operands)
		error_set(err, EINVAL, "'%s' needs %s: slipway %s %s", c->name,
			count ? "more operands" : "an operand", c->name,
			c->operands);
	else if (c->max_operands >= 0 && count > c->max_operands)
		error_set(err, EINVAL, "'%s' is one operand too many for '%s'",
			operands->items[c->max_operands], c->name);
	else
		return 0;
	return error_kind(err, ERROR_REQUEST);
}
