/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/template-call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner/template.h"
#include "util/cli.h"
#include "util/mem.h"
#include "util/strv.h"

static const struct function *const tables[] = {
	template_logic_functions,
	template_text_functions,
	template_encode_functions,
	template_hash_functions,
	template_list_functions,
	template_math_functions,
	template_name_functions,
	template_pattern_functions,
	template_time_functions,
	template_version_functions,
};

/* They would put this host into the text. */
static const char *const refused[] = { "env", "expandenv", "getHostByName",
	"genPrivateKey", "genCA", "genSelfSignedCert", "genSignedCert",
	"derivePassword", "encryptAES", "decryptAES" };

static const struct function *
find(const char *name)
{
	const struct function *f;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (f = tables[i]; f->name; f++)
			if (strcmp(f->name, name) == 0)
				return f;
	return NULL;
}

int
template_function_check(
	const struct template_lexer *l, const char *at, const char *name)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	const struct function *f;
	const char *near;
	size_t i;

	if (find(name))
		return 0;
	for (i = 0; i < ARRAY_SIZE(refused); i++)
		if (strcmp(refused[i], name) == 0)
			return template_fail(l, at,
				"function '%s' is not for task files", name);
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (f = tables[i]; f->name; f++)
			strv_add(&names, f->name);
	near = cli_nearest(
		name, (const char *const *)strv_view(&names), names.count);
	return template_fail(l, at, "no function '%s'%s%s%s", name,
		near ? ", did you mean '" : "", near ? near : "",
		near ? "'?" : "");
}

const struct value *
call_fail(struct call *c, const char *format, ...)
{
	autofree char *what = NULL;
	va_list args;

	if (c->failed)
		return &value_nil;
	va_start(args, format);
	what = mem_vprintf(format, args);
	va_end(args);
	template_fail(c->lexer, c->at, "%s: %s", c->name, what);
	c->failed = true;
	return &value_nil;
}

static const struct value *
wrong_kind(struct call *c, size_t index, const char *wanted)
{
	return call_fail(c, "argument %zu is a %s, not a %s", index + 1,
		value_kind_name(c->args[index]), wanted);
}

const char *
call_text(struct call *c, size_t index)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	const struct value *v = c->args[index];

	if (v->kind == VALUE_TEXT)
		return v->text;
	if (v->kind == VALUE_LIST || v->kind == VALUE_MAP) {
		wrong_kind(c, index, "string");
		return "";
	}
	if (v->kind == VALUE_NIL)
		return "";
	buf_init(&text, KiB(1));
	value_format(v, &text);
	return arena_strndup(c->arena, buf_text(&text), text.len);
}

int64_t
call_int(struct call *c, size_t index)
{
	const struct value *v = c->args[index];
	int64_t number;
	char *end;

	if (v->kind == VALUE_INT || v->kind == VALUE_BOOL)
		return v->integer;
	if (v->kind == VALUE_FLOAT && v->real > -9e18 && v->real < 9e18)
		return (int64_t)v->real;
	if (v->kind == VALUE_LIST || v->kind == VALUE_MAP)
		wrong_kind(c, index, "number");
	if (v->kind != VALUE_TEXT)
		return 0;
	errno = 0;
	number = strtoll(v->text, &end, 10);
	return *end || errno ? 0 : number;
}

double
call_float(struct call *c, size_t index)
{
	const struct value *v = c->args[index];
	double number;
	char *end;

	if (v->kind == VALUE_FLOAT)
		return v->real;
	if (v->kind != VALUE_TEXT)
		return (double)call_int(c, index);
	number = strtod(v->text, &end);
	return *end ? 0 : number;
}

const struct value *
call_list(struct call *c, size_t index)
{
	if (c->args[index]->kind == VALUE_LIST)
		return c->args[index];
	return wrong_kind(c, index, "slice");
}

const struct value *
call_map(struct call *c, size_t index)
{
	if (c->args[index]->kind == VALUE_MAP)
		return c->args[index];
	return wrong_kind(c, index, "map");
}

const struct value *
call_result(struct call *c, struct buf *text)
{
	if (text->overflow)
		return call_fail(
			c, "the result is larger than %u", TEMPLATE_TEXT_MAX);
	return value_text_of(c->arena, buf_text(text), text->len);
}

static int
check_arguments(struct call *c, const struct function *f)
{
	size_t i;

	if (c->count < f->min || c->count > f->max) {
		call_fail(c, "%zu arguments are too %s", c->count,
			c->count < f->min ? "few" : "many");
		return -EINVAL;
	}
	for (i = 0; i < c->count && !f->takes_nil; i++) {
		if (c->args[i]->kind != VALUE_NIL)
			continue;
		call_fail(c, "%s",
			c->args[i]->text ? c->args[i]->text
					 : "an argument is nil");
		return -EINVAL;
	}
	return 0;
}

int
template_call(struct call *c, const struct value **ret)
{
	const struct function *f = find(c->name);
	int r;

	r = check_arguments(c, f);
	if (r < 0)
		return r;
	*ret = f->run(c);
	if (!c->failed && arena_is_full(c->arena))
		call_fail(c, "the template needs too much memory");
	return c->failed ? -EINVAL : 0;
}
