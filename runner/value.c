/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

#define FORMAT_MAX MiB(4)

const struct value value_nil = { .kind = VALUE_NIL };
const struct value value_true = { .kind = VALUE_BOOL, .integer = 1 };
const struct value value_false = { .kind = VALUE_BOOL };

const struct value *
value_bool(bool b)
{
	return b ? &value_true : &value_false;
}

static struct value *
new_value(struct arena *a, enum value_kind kind)
{
	struct value *v = arena_alloc(a, sizeof(*v));

	v->kind = kind;
	return v;
}

const struct value *
value_int(struct arena *a, int64_t integer)
{
	struct value *v = new_value(a, VALUE_INT);

	v->integer = integer;
	return v;
}

const struct value *
value_float(struct arena *a, double real)
{
	struct value *v = new_value(a, VALUE_FLOAT);

	v->real = real;
	return v;
}

const struct value *
value_text_of(struct arena *a, const char *text, size_t len)
{
	struct value *v = new_value(a, VALUE_TEXT);

	v->text = arena_strndup(a, text, len);
	return v;
}

const struct value *
value_text(struct arena *a, const char *text)
{
	return value_text_of(a, text, strlen(text));
}

struct value *
value_list(struct arena *a)
{
	return new_value(a, VALUE_LIST);
}

struct value *
value_map(struct arena *a)
{
	return new_value(a, VALUE_MAP);
}

/* Room for one more member; what was there before stays with the arena. */
static void
grow(struct arena *a, struct value *v)
{
	size_t cap = v->cap ? v->cap * 2 : 4;
	const struct value **items;
	const char **keys;

	if (v->count < v->cap)
		return;
	items = arena_alloc(a, cap * sizeof(*items));
	keys = arena_alloc(a, cap * sizeof(*keys));
	if (v->count) {
		memcpy(items, v->items, v->count * sizeof(*items));
		memcpy(keys, v->keys, v->count * sizeof(*keys));
	}
	v->items = items;
	v->keys = keys;
	v->cap = cap;
}

void
value_append(struct arena *a, struct value *list, const struct value *v)
{
	grow(a, list);
	list->items[list->count++] = v;
}

/* Where the key is, or would be. */
static size_t
find(const struct value *map, const char *key, bool *ret_found)
{
	size_t low = 0, high = map->count;

	*ret_found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(map->keys[middle], key);

		*ret_found = order == 0;
		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
value_put(struct arena *a, struct value *map, const char *key,
	const struct value *v)
{
	bool found;
	size_t at = find(map, key, &found);
	size_t behind = map->count - at;

	if (found) {
		map->items[at] = v;
		return;
	}
	grow(a, map);
	memmove(&map->items[at + 1], &map->items[at],
		behind * sizeof(*map->items));
	memmove(&map->keys[at + 1], &map->keys[at],
		behind * sizeof(*map->keys));
	map->items[at] = v;
	map->keys[at] = arena_strndup(a, key, strlen(key));
	map->count++;
}

void
value_remove(struct value *map, const char *key)
{
	bool found;
	size_t at = find(map, key, &found);
	size_t behind = map->count - at - found;

	if (!found)
		return;
	memmove(&map->items[at], &map->items[at + 1],
		behind * sizeof(*map->items));
	memmove(&map->keys[at], &map->keys[at + 1],
		behind * sizeof(*map->keys));
	map->count--;
}

struct value *
value_copy(struct arena *a, const struct value *v)
{
	struct value *copy = new_value(a, v->kind);
	size_t i;

	for (i = 0; i < v->count; i++) {
		grow(a, copy);
		copy->keys[i] = v->keys[i];
		copy->items[i] = v->items[i];
		copy->count++;
	}
	return copy;
}

const struct value *
value_get(const struct value *map, const char *key)
{
	bool found = false;
	size_t at = map->kind == VALUE_MAP ? find(map, key, &found) : 0;

	return found ? map->items[at] : NULL;
}

bool
value_is_true(const struct value *v)
{
	switch (v->kind) {
	case VALUE_NIL:
		return false;
	case VALUE_BOOL:
	case VALUE_INT:
		return v->integer != 0;
	case VALUE_FLOAT:
		return v->real < 0 || v->real > 0;
	case VALUE_TEXT:
		return *v->text;
	case VALUE_LIST:
	case VALUE_MAP:
		break;
	}
	return v->count > 0;
}

static bool
members_equal(const struct value *a, const struct value *b)
{
	size_t i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++) {
		if (a->kind == VALUE_MAP && strcmp(a->keys[i], b->keys[i]) != 0)
			return false;
		if (!value_equal(a->items[i], b->items[i]))
			return false;
	}
	return true;
}

bool
value_equal(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case VALUE_NIL:
		return true;
	case VALUE_BOOL:
	case VALUE_INT:
		return a->integer == b->integer;
	case VALUE_FLOAT:
		return !(a->real < b->real) && !(a->real > b->real);
	case VALUE_TEXT:
		return strcmp(a->text, b->text) == 0;
	case VALUE_LIST:
	case VALUE_MAP:
		break;
	}
	return members_equal(a, b);
}

const char *
value_kind_name(const struct value *v)
{
	static const char *const names[] = {
		[VALUE_NIL] = "nil",
		[VALUE_BOOL] = "bool",
		[VALUE_INT] = "int",
		[VALUE_FLOAT] = "float64",
		[VALUE_TEXT] = "string",
		[VALUE_LIST] = "slice",
		[VALUE_MAP] = "map",
	};

	return names[v->kind];
}

/* The fewest digits that read back as the same number; an exponent from 1e21
 * on, as Go has it. */
static void
format_float(double real, struct buf *ret)
{
	char text[64];
	int digits;

	for (digits = 1; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, real);
		if (!(strtod(text, NULL) < real) &&
			!(strtod(text, NULL) > real))
			break;
	}
	if (strchr(text, 'e') && fabs(real) >= 1 && fabs(real) < 1e21)
		(void)snprintf(text, sizeof(text), "%.0f", real);
	buf_adds(ret, text);
}

static void
format_members(const struct value *v, struct buf *ret)
{
	size_t i;

	buf_adds(ret, v->kind == VALUE_MAP ? "map[" : "[");
	for (i = 0; i < v->count; i++) {
		if (i > 0)
			buf_addc(ret, ' ');
		if (v->kind == VALUE_MAP)
			buf_addf(ret, "%s:", v->keys[i]);
		value_format(v->items[i], ret);
	}
	buf_addc(ret, ']');
}

void
value_format(const struct value *v, struct buf *ret)
{
	if (v->kind == VALUE_LIST || v->kind == VALUE_MAP)
		format_members(v, ret);
	else if (v->kind == VALUE_NIL)
		buf_adds(ret, v->text ? "" : "<nil>");
	else if (v->text)
		buf_adds(ret, v->text);
	else if (v->kind == VALUE_BOOL)
		buf_adds(ret, v->integer ? "true" : "false");
	else if (v->kind == VALUE_INT)
		buf_addf(ret, "%lld", (long long)v->integer);
	else
		format_float(v->real, ret);
}

static struct json *
members_to_json(const struct value *v)
{
	struct json *j =
		v->kind == VALUE_MAP ? json_new_object() : json_new_array();
	size_t i;

	for (i = 0; i < v->count; i++) {
		if (v->kind == VALUE_MAP)
			json_set(j, v->keys[i], value_to_json(v->items[i]));
		else
			json_append(j, value_to_json(v->items[i]));
	}
	return j;
}

static struct json *
float_to_json(const struct value *v)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	struct json *j = NULL;

	buf_init(&text, KiB(1));
	format_float(v->real, &text);
	(void)json_parse(
		buf_text(&text), text.len, text.len, "a number", &j, NULL);
	return j ? j : json_new_null();
}

struct json *
value_to_json(const struct value *v)
{
	switch (v->kind) {
	case VALUE_NIL:
		return json_new_null();
	case VALUE_BOOL:
		return json_new_bool(v->integer != 0);
	case VALUE_INT:
		return json_new_number(v->integer);
	case VALUE_FLOAT:
		return float_to_json(v);
	case VALUE_TEXT:
		return json_new_text(v->text);
	case VALUE_LIST:
	case VALUE_MAP:
		break;
	}
	return members_to_json(v);
}
