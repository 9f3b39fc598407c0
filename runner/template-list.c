/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/template-call.h"

#include <stdlib.h>
#include <string.h>

#include "runner/template.h"
#include "util/mem.h"

#define MANY TEMPLATE_ARGUMENTS_MAX

static const struct value *
list_new(struct call *c)
{
	struct value *list = value_list(c->arena);
	size_t i;

	for (i = 0; i < c->count; i++)
		value_append(c->arena, list, c->args[i]);
	return list;
}

/* dict KEY VALUE... */
static const struct value *
list_dict(struct call *c)
{
	struct value *map = value_map(c->arena);
	size_t i;

	for (i = 0; i < c->count; i += 2)
		value_put(c->arena, map, call_text(c, i),
			i + 1 < c->count ? c->args[i + 1]
					 : value_text(c->arena, ""));
	return map;
}

static const struct value *
list_len(struct call *c)
{
	const struct value *v = c->args[0];

	if (v->kind == VALUE_LIST || v->kind == VALUE_MAP)
		return value_int(c->arena, (int64_t)v->count);
	return value_int(c->arena, (int64_t)strlen(call_text(c, 0)));
}

static const struct value *
member(struct call *c, const struct value *of, size_t index)
{
	const struct value *found;
	int64_t at;

	if (of->kind == VALUE_MAP) {
		found = value_get(of, call_text(c, index));
		return found ? found : &value_nil;
	}
	if (of->kind != VALUE_LIST)
		return call_fail(c, "a %s has no members", value_kind_name(of));
	at = call_int(c, index);
	if (at < 0 || (size_t)at >= of->count)
		return call_fail(c, "there is no member %lld", (long long)at);
	return of->items[at];
}

static const struct value *
list_index(struct call *c)
{
	const struct value *v = c->args[0];
	size_t i;

	for (i = 1; i < c->count; i++)
		v = member(c, v, i);
	return v;
}

static const struct value *
part(struct call *c, const struct value *list, int64_t from, int64_t to)
{
	struct value *copy = value_list(c->arena);
	int64_t i;

	if (from < 0 || to < from || (size_t)to > list->count)
		return call_fail(c, "it has no part %lld to %lld",
			(long long)from, (long long)to);
	for (i = from; i < to; i++)
		value_append(c->arena, copy, list->items[i]);
	return copy;
}

/* slice LIST [FROM [TO]], texts too */
static const struct value *
list_slice(struct call *c)
{
	const struct value *v = c->args[0];
	bool is_text = v->kind == VALUE_TEXT;
	int64_t from = c->count > 1 ? call_int(c, 1) : 0;
	int64_t len = is_text ? (int64_t)strlen(v->text) : (int64_t)v->count;
	int64_t to = c->count > 2 ? call_int(c, 2) : len;

	if (!is_text)
		return part(c, call_list(c, 0), from, to);
	if (from < 0 || to < from || to > len)
		return call_fail(c, "it has no part %lld to %lld",
			(long long)from, (long long)to);
	return value_text_of(c->arena, v->text + from, (size_t)(to - from));
}

static const struct value *
list_first(struct call *c)
{
	const struct value *list = call_list(c, 0);

	return list->count ? list->items[0] : &value_nil;
}

static const struct value *
list_last(struct call *c)
{
	const struct value *list = call_list(c, 0);

	return list->count ? list->items[list->count - 1] : &value_nil;
}

static const struct value *
list_rest(struct call *c)
{
	const struct value *list = call_list(c, 0);

	return part(c, list, list->count > 0, (int64_t)list->count);
}

static const struct value *
list_initial(struct call *c)
{
	const struct value *list = call_list(c, 0);

	return part(c, list, 0, (int64_t)list->count - (list->count > 0));
}

static const struct value *
list_append(struct call *c)
{
	struct value *copy = value_copy(c->arena, call_list(c, 0));

	value_append(c->arena, copy, c->args[1]);
	return copy;
}

static const struct value *
list_prepend(struct call *c)
{
	const struct value *list = call_list(c, 0);
	struct value *copy = value_list(c->arena);
	size_t i;

	value_append(c->arena, copy, c->args[1]);
	for (i = 0; i < list->count; i++)
		value_append(c->arena, copy, list->items[i]);
	return copy;
}

static const struct value *
list_concat(struct call *c)
{
	struct value *copy = value_list(c->arena);
	size_t i, k;

	for (i = 0; i < c->count; i++)
		for (k = 0; k < call_list(c, i)->count; k++)
			value_append(c->arena, copy, c->args[i]->items[k]);
	return copy;
}

static bool
has(const struct value *list, const struct value *v)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (value_equal(list->items[i], v))
			return true;
	return false;
}

/* has VALUE LIST */
static const struct value *
list_has(struct call *c)
{
	return value_bool(has(call_list(c, 1), c->args[0]));
}

static const struct value *
list_uniq(struct call *c)
{
	const struct value *list = call_list(c, 0);
	struct value *copy = value_list(c->arena);
	size_t i;

	for (i = 0; i < list->count; i++)
		if (!has(copy, list->items[i]))
			value_append(c->arena, copy, list->items[i]);
	return copy;
}

/* without LIST VALUE... */
static const struct value *
list_without(struct call *c)
{
	const struct value *list = call_list(c, 0);
	struct value *copy = value_list(c->arena);
	size_t i, k;

	for (i = 0; i < list->count; i++) {
		for (k = 1; k < c->count; k++)
			if (value_equal(list->items[i], c->args[k]))
				break;
		if (k == c->count)
			value_append(c->arena, copy, list->items[i]);
	}
	return copy;
}

static const struct value *
list_reverse(struct call *c)
{
	const struct value *list = call_list(c, 0);
	struct value *copy = value_list(c->arena);
	size_t i;

	for (i = list->count; i > 0; i--)
		value_append(c->arena, copy, list->items[i - 1]);
	return copy;
}

static int
by_bytes(const void *left, const void *right)
{
	const struct value *const *a = left;
	const struct value *const *b = right;

	return strcmp((*a)->text, (*b)->text);
}

static const struct value *
texts_of(struct call *c, size_t index)
{
	const struct value *list = call_list(c, index);
	struct value *copy = value_list(c->arena);
	cleanup_value(buf_release) struct buf text = { 0 };
	size_t i;

	buf_init(&text, TEMPLATE_TEXT_MAX);
	for (i = 0; i < list->count; i++) {
		buf_reset(&text);
		value_format(list->items[i], &text);
		value_append(c->arena, copy, call_result(c, &text));
	}
	return copy;
}

static const struct value *
list_to_strings(struct call *c)
{
	return texts_of(c, 0);
}

static const struct value *
list_sort_alpha(struct call *c)
{
	struct value *copy = value_copy(c->arena, texts_of(c, 0));

	if (copy->count && !c->failed)
		qsort(copy->items, copy->count, sizeof(*copy->items), by_bytes);
	return copy;
}

static const struct value *
list_compact(struct call *c)
{
	const struct value *list = call_list(c, 0);
	struct value *copy = value_list(c->arena);
	size_t i;

	for (i = 0; i < list->count; i++)
		if (value_is_true(list->items[i]))
			value_append(c->arena, copy, list->items[i]);
	return copy;
}

/* join BETWEEN LIST */
static const struct value *
list_join(struct call *c)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	const char *between = call_text(c, 0);
	const struct value *list = call_list(c, 1);
	size_t i;

	buf_init(&out, TEMPLATE_TEXT_MAX);
	for (i = 0; i < list->count; i++) {
		buf_adds(&out, i ? between : "");
		value_format(list->items[i], &out);
	}
	return call_result(c, &out);
}

static struct value *
split(struct call *c, const char *at, const char *text)
{
	struct value *list = value_list(c->arena);
	const char *end;

	while (*at && (end = strstr(text, at))) {
		value_append(c->arena, list,
			value_text_of(c->arena, text, (size_t)(end - text)));
		text = end + strlen(at);
	}
	value_append(c->arena, list, value_text(c->arena, text));
	return list;
}

static const struct value *
list_split_list(struct call *c)
{
	return split(c, call_text(c, 0), call_text(c, 1));
}

/* Sprig's: a map with the keys _0, _1, ... */
static const struct value *
list_split(struct call *c)
{
	const struct value *list = split(c, call_text(c, 0), call_text(c, 1));
	struct value *map = value_map(c->arena);
	size_t i;

	for (i = 0; i < list->count; i++) {
		autofree char *key = mem_printf("_%zu", i);

		value_put(c->arena, map, key, list->items[i]);
	}
	return map;
}

static const struct value *
dict_get(struct call *c)
{
	const struct value *v = value_get(call_map(c, 0), call_text(c, 1));

	return v ? v : value_text(c->arena, "");
}

static const struct value *
dict_set(struct call *c)
{
	struct value *copy = value_copy(c->arena, call_map(c, 0));

	value_put(c->arena, copy, call_text(c, 1), c->args[2]);
	return copy;
}

static const struct value *
dict_unset(struct call *c)
{
	struct value *copy = value_copy(c->arena, call_map(c, 0));

	value_remove(copy, call_text(c, 1));
	return copy;
}

static const struct value *
dict_has_key(struct call *c)
{
	return value_bool(value_get(call_map(c, 0), call_text(c, 1)) != NULL);
}

static const struct value *
dict_keys(struct call *c)
{
	const struct value *map = call_map(c, 0);
	struct value *list = value_list(c->arena);
	size_t i;

	for (i = 0; i < map->count; i++)
		value_append(
			c->arena, list, value_text(c->arena, map->keys[i]));
	return list;
}

static const struct value *
dict_values(struct call *c)
{
	const struct value *map = call_map(c, 0);
	struct value *list = value_list(c->arena);
	size_t i;

	for (i = 0; i < map->count; i++)
		value_append(c->arena, list, map->items[i]);
	return list;
}

static const struct value *
dict_pick(struct call *c)
{
	const struct value *map = call_map(c, 0), *v;
	struct value *copy = value_map(c->arena);
	size_t i;

	for (i = 1; i < c->count; i++) {
		v = value_get(map, call_text(c, i));
		if (v)
			value_put(c->arena, copy, call_text(c, i), v);
	}
	return copy;
}

static const struct value *
dict_omit(struct call *c)
{
	struct value *copy = value_copy(c->arena, call_map(c, 0));
	size_t i;

	for (i = 1; i < c->count; i++)
		value_remove(copy, call_text(c, i));
	return copy;
}

/* The first that has a key wins. */
static const struct value *
dict_merge(struct call *c)
{
	struct value *copy = value_copy(c->arena, call_map(c, 0));
	size_t i, k;

	for (i = 1; i < c->count; i++) {
		const struct value *map = call_map(c, i);

		for (k = 0; k < map->count; k++)
			if (!value_get(copy, map->keys[k]))
				value_put(c->arena, copy, map->keys[k],
					map->items[k]);
	}
	return copy;
}

const struct function template_list_functions[] = {
	{ "list", 0, MANY, true, list_new },
	{ "tuple", 0, MANY, true, list_new },
	{ "dict", 0, MANY, true, list_dict },
	{ "len", 1, 1, false, list_len },
	{ "index", 1, MANY, false, list_index },
	{ "slice", 1, 3, false, list_slice },
	{ "first", 1, 1, false, list_first },
	{ "last", 1, 1, false, list_last },
	{ "rest", 1, 1, false, list_rest },
	{ "initial", 1, 1, false, list_initial },
	{ "append", 2, 2, false, list_append },
	{ "prepend", 2, 2, false, list_prepend },
	{ "concat", 1, MANY, false, list_concat },
	{ "has", 2, 2, false, list_has },
	{ "uniq", 1, 1, false, list_uniq },
	{ "without", 1, MANY, false, list_without },
	{ "reverse", 1, 1, false, list_reverse },
	{ "toStrings", 1, 1, false, list_to_strings },
	{ "sortAlpha", 1, 1, false, list_sort_alpha },
	{ "compact", 1, 1, false, list_compact },
	{ "join", 2, 2, false, list_join },
	{ "splitList", 2, 2, false, list_split_list },
	{ "split", 2, 2, false, list_split },
	{ "get", 2, 2, false, dict_get },
	{ "set", 3, 3, true, dict_set },
	{ "unset", 2, 2, false, dict_unset },
	{ "hasKey", 2, 2, false, dict_has_key },
	{ "keys", 1, 1, false, dict_keys },
	{ "values", 1, 1, false, dict_values },
	{ "pick", 1, MANY, false, dict_pick },
	{ "omit", 1, MANY, false, dict_omit },
	{ "merge", 1, MANY, false, dict_merge },
	{ NULL, 0, 0, false, NULL },
};
