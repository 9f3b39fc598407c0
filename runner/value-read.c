/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

/* A decimal number in the core schema of YAML 1.2. */
static const struct value *
read_number(struct arena *a, const char *text)
{
	const char *digits = text + (*text == '-' || *text == '+');
	size_t whole = strspn(digits, "0123456789");
	struct value *v;
	char *end;

	if (whole == 0 || strspn(digits, "0123456789.eE+-") != strlen(digits))
		return NULL;
	if (digits[0] == '0' && whole > 1)
		return NULL;
	v = arena_alloc(a, sizeof(*v));
	v->text = arena_strndup(a, text, strlen(text));
	errno = 0;
	v->kind = digits[whole] ? VALUE_FLOAT : VALUE_INT;
	if (v->kind == VALUE_INT)
		v->integer = strtoll(text, &end, 10);
	else
		v->real = strtod(text, &end);
	return *end || errno ? NULL : v;
}

static const struct value *
read_scalar(struct arena *a, const struct yaml_node *n)
{
	const char *text = yaml_text(n);
	const struct value *number;

	if (yaml_is_quoted(n))
		return value_text(a, text);
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return value_bool(*text == 't');
	number = read_number(a, text);
	return number ? number : value_text(a, text);
}

const struct value *
value_from_yaml(struct arena *a, const struct yaml_node *n)
{
	enum yaml_kind kind = yaml_kind(n);
	struct value *v;
	size_t i;

	if (kind == YAML_NONE)
		return &value_nil;
	if (kind == YAML_TEXT)
		return read_scalar(a, n);
	v = kind == YAML_MAP ? value_map(a) : value_list(a);
	for (i = 0; i < yaml_count(n); i++) {
		const struct value *item = value_from_yaml(a, yaml_at(n, i));

		if (kind == YAML_MAP)
			value_put(a, v, yaml_key(n, i), item);
		else
			value_append(a, v, item);
	}
	return v;
}

static const struct value *
number_from_json(struct arena *a, const struct json *j)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	const struct value *v;

	buf_init(&text, KiB(1));
	json_format(j, &text);
	v = read_number(a, buf_text(&text));
	return v ? v : &value_nil;
}

static const struct value *
object_from_json(struct arena *a, const struct json *j)
{
	struct value *v = value_map(a);
	void *member;

	for (member = json_first(j); member; member = json_next(j, member))
		value_put(a, v, json_member_name(member),
			value_from_json(a, json_member_value(member)));
	return v;
}

static const struct value *
array_from_json(struct arena *a, const struct json *j)
{
	struct value *v = value_list(a);
	size_t i;

	for (i = 0; i < json_count(j); i++)
		value_append(a, v, value_from_json(a, json_at(j, i)));
	return v;
}

static const struct value *
bool_from_json(const struct json *j)
{
	cleanup_value(buf_release) struct buf text = { 0 };

	buf_init(&text, KiB(1));
	json_format(j, &text);
	return value_bool(strcmp(buf_text(&text), "true") == 0);
}

const struct value *
value_from_json(struct arena *a, const struct json *j)
{
	switch (json_kind(j)) {
	case JSON_NULL_:
		break;
	case JSON_BOOL:
		return bool_from_json(j);
	case JSON_NUMBER:
		return number_from_json(a, j);
	case JSON_TEXT:
		return value_text(a, json_text(j));
	case JSON_ARRAY:
		return array_from_json(a, j);
	case JSON_OBJECT_:
		return object_from_json(a, j);
	}
	return &value_nil;
}
