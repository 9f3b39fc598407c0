/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/template-call.h"

#include <stdio.h>
#include <string.h>

#include "runner/template.h"
#include "util/mem.h"

#define MANY TEMPLATE_ARGUMENTS_MAX

static const struct value *
logic_and(struct call *c)
{
	size_t i;

	for (i = 0; i + 1 < c->count; i++)
		if (!value_is_true(c->args[i]))
			break;
	return c->args[i];
}

static const struct value *
logic_or(struct call *c)
{
	size_t i;

	for (i = 0; i + 1 < c->count; i++)
		if (value_is_true(c->args[i]))
			break;
	return c->args[i];
}

static const struct value *
logic_not(struct call *c)
{
	return value_bool(!value_is_true(c->args[0]));
}

static bool
is_number(const struct value *v)
{
	return v->kind == VALUE_INT || v->kind == VALUE_FLOAT;
}

/* Negative, 0 or positive; numbers of both kinds compare. */
static int
compare(struct call *c, size_t left, size_t right)
{
	const struct value *a = c->args[left];
	const struct value *b = c->args[right];
	double x, y;

	if (a->kind == VALUE_TEXT && b->kind == VALUE_TEXT)
		return strcmp(a->text, b->text);
	if (!is_number(a) || !is_number(b)) {
		call_fail(c, "a %s and a %s do not compare", value_kind_name(a),
			value_kind_name(b));
		return 0;
	}
	if (a->kind == VALUE_INT && b->kind == VALUE_INT)
		return (a->integer > b->integer) - (a->integer < b->integer);
	x = call_float(c, left);
	y = call_float(c, right);
	return (x > y) - (x < y);
}

static bool
equal(struct call *c, size_t left, size_t right)
{
	const struct value *a = c->args[left];
	const struct value *b = c->args[right];

	if (is_number(a) && is_number(b))
		return compare(c, left, right) == 0;
	if (a->kind != b->kind && a->kind != VALUE_NIL && b->kind != VALUE_NIL)
		call_fail(c, "a %s and a %s do not compare", value_kind_name(a),
			value_kind_name(b));
	return value_equal(a, b);
}

static const struct value *
logic_eq(struct call *c)
{
	bool result = false;
	size_t i;

	for (i = 1; i < c->count && !result; i++)
		result = equal(c, 0, i);
	return value_bool(result);
}

static const struct value *
logic_ne(struct call *c)
{
	return value_bool(!equal(c, 0, 1));
}

static const struct value *
logic_lt(struct call *c)
{
	return value_bool(compare(c, 0, 1) < 0);
}

static const struct value *
logic_le(struct call *c)
{
	return value_bool(compare(c, 0, 1) <= 0);
}

static const struct value *
logic_gt(struct call *c)
{
	return value_bool(compare(c, 0, 1) > 0);
}

static const struct value *
logic_ge(struct call *c)
{
	return value_bool(compare(c, 0, 1) >= 0);
}

/* default OTHERWISE VALUE */
static const struct value *
logic_default(struct call *c)
{
	if (c->count == 2 && value_is_true(c->args[1]))
		return c->args[1];
	return c->args[0];
}

static const struct value *
logic_empty(struct call *c)
{
	return value_bool(!value_is_true(c->args[0]));
}

static const struct value *
logic_coalesce(struct call *c)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		if (value_is_true(c->args[i]))
			return c->args[i];
	return &value_nil;
}

static const struct value *
logic_ternary(struct call *c)
{
	return c->args[value_is_true(c->args[2]) ? 0 : 1];
}

static const struct value *
logic_fail(struct call *c)
{
	return call_fail(c, "%s", call_text(c, 0));
}

static const struct value *
logic_required(struct call *c)
{
	if (c->args[1]->kind == VALUE_NIL ||
		(c->args[1]->kind == VALUE_TEXT && !*c->args[1]->text))
		return call_fail(c, "%s", call_text(c, 0));
	return c->args[1];
}

static const struct value *
logic_kind_of(struct call *c)
{
	return value_text(c->arena, value_kind_name(c->args[0]));
}

static const struct value *
logic_kind_is(struct call *c)
{
	return value_bool(
		strcmp(call_text(c, 0), value_kind_name(c->args[1])) == 0);
}

static const struct value *
logic_deep_equal(struct call *c)
{
	return value_bool(value_equal(c->args[0], c->args[1]));
}

/* As fmt.Sprint: a blank between two that are no texts. */
static const struct value *
logic_print(struct call *c)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	size_t i;

	buf_init(&text, TEMPLATE_TEXT_MAX);
	for (i = 0; i < c->count; i++) {
		if (i > 0 && c->args[i]->kind != VALUE_TEXT &&
			c->args[i - 1]->kind != VALUE_TEXT)
			buf_addc(&text, ' ');
		value_format(c->args[i], &text);
	}
	return call_result(c, &text);
}

static const struct value *
logic_println(struct call *c)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	size_t i;

	buf_init(&text, TEMPLATE_TEXT_MAX);
	for (i = 0; i < c->count; i++) {
		if (i > 0)
			buf_addc(&text, ' ');
		value_format(c->args[i], &text);
	}
	buf_addc(&text, '\n');
	return call_result(c, &text);
}

/* One verb with its flags, "%-5d"; the number of columns is bounded. */
static void
format_verb(struct call *c, size_t index, const char *verb, size_t len,
	struct buf *ret)
{
	autofree char *flags = mem_strndup(verb, len - 1);
	autofree char *format = NULL;
	char letter = verb[len - 1];

	if (strspn(flags, "%-+ 0#.123456789") != strlen(flags) || len > 8) {
		call_fail(c, "'%.*s' is no verb", (int)len, verb);
		return;
	}
	if (strchr("dxXoc", letter) && letter) {
		format = mem_printf("%sll%c", flags, letter);
		if (letter == 'c')
			buf_addf(ret, "%c", (int)call_int(c, index));
		else
			buf_addf(ret, format, (long long)call_int(c, index));
	} else if (strchr("feg", letter) && letter) {
		format = mem_printf("%s%c", flags, letter);
		buf_addf(ret, format, call_float(c, index));
	} else if (letter == 'q') {
		buf_addf(ret, "\"%s\"", call_text(c, index));
	} else if (letter == 's' && c->args[index]->kind == VALUE_TEXT) {
		format = mem_printf("%s%c", flags, letter);
		buf_addf(ret, format, call_text(c, index));
	} else if (strchr("svt", letter) && letter) {
		value_format(c->args[index], ret);
	} else {
		call_fail(c, "'%.*s' is no verb", (int)len, verb);
	}
}

static const struct value *
logic_printf(struct call *c)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	const char *at = call_text(c, 0);
	size_t index = 1, len;

	buf_init(&text, TEMPLATE_TEXT_MAX);
	for (; *at && !c->failed; at += len) {
		len = 1;
		if (*at != '%') {
			buf_addc(&text, *at);
			continue;
		}
		len += strcspn(at + 1, "abcdefghijklmnopqrstuvwxyzXT%") + 1;
		if (at[1] == '%')
			buf_addc(&text, '%');
		else if (len > strlen(at) || index == c->count)
			return call_fail(c, "not as many values as verbs");
		else
			format_verb(c, index++, at, len, &text);
	}
	if (index < c->count && !c->failed)
		return call_fail(c, "more values than verbs");
	return call_result(c, &text);
}

const struct function template_logic_functions[] = {
	{ "and", 1, MANY, true, logic_and },
	{ "or", 1, MANY, true, logic_or },
	{ "not", 1, 1, true, logic_not },
	{ "eq", 2, MANY, true, logic_eq },
	{ "ne", 2, 2, true, logic_ne },
	{ "lt", 2, 2, false, logic_lt },
	{ "le", 2, 2, false, logic_le },
	{ "gt", 2, 2, false, logic_gt },
	{ "ge", 2, 2, false, logic_ge },
	{ "default", 1, 2, true, logic_default },
	{ "empty", 1, 1, true, logic_empty },
	{ "coalesce", 1, MANY, true, logic_coalesce },
	{ "ternary", 3, 3, true, logic_ternary },
	{ "fail", 1, 1, false, logic_fail },
	{ "required", 2, 2, true, logic_required },
	{ "kindOf", 1, 1, true, logic_kind_of },
	{ "kindIs", 2, 2, true, logic_kind_is },
	{ "typeOf", 1, 1, true, logic_kind_of },
	{ "typeIs", 2, 2, true, logic_kind_is },
	{ "deepEqual", 2, 2, true, logic_deep_equal },
	{ "print", 0, MANY, true, logic_print },
	{ "println", 0, MANY, true, logic_println },
	{ "printf", 1, MANY, true, logic_printf },
	{ NULL, 0, 0, false, NULL },
};
