/* SPDX-License-Identifier: Apache-2.0 */
#include "util/json.h"

/* Names that jansson has too: its own are not seen in this file. */
#define JSON_ARRAY JANSSON_ARRAY
#define json_copy jansson_copy
#define json_equal jansson_equal
#include <jansson.h>
#undef JSON_ARRAY
#undef json_copy
#undef json_equal

#include <errno.h>
#include <string.h>

#include "util/mem.h"

/* Not exported from the program, or the library would call ours for its own. */
#define hidden __attribute__((visibility("hidden")))

#define MAX_DEPTH 64

/* A struct json is a json_t; jansson counts references in const ones too. */
static json_t *
of(const struct json *j)
{
	return (json_t *)j;
}

static struct json *
made(json_t *j)
{
	/* NULL is out of memory here: everything else was checked before. */
	if (!j)
		abort();
	return (struct json *)j;
}

/* jansson's parser is recursive and lets 2048 levels pass. */
static bool
is_too_deep(const char *text, size_t len)
{
	bool in_text = false;
	size_t depth = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (in_text && c == '\\')
			i++;
		else if (c == '"')
			in_text = !in_text;
		else if (!in_text && (c == '[' || c == '{'))
			depth++;
		else if (!in_text && depth && (c == ']' || c == '}'))
			depth--;
		if (depth > MAX_DEPTH)
			return true;
	}
	return false;
}

int
json_parse(const char *text, size_t len, size_t max_bytes, const char *what,
	struct json **ret, struct error *err)
{
	json_error_t detail;
	json_t *j;

	if (len > max_bytes)
		return error_set(err, EBADMSG, "%s is larger than %zu bytes",
			what, max_bytes);
	if (is_too_deep(text, len))
		return error_set(err, EBADMSG,
			"%s is nested more than %d levels deep", what,
			MAX_DEPTH);
	j = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
		&detail);
	if (!j)
		return error_set(err, EBADMSG,
			"%s is not valid JSON: line %d, column %d: %s", what,
			detail.line, detail.column, detail.text);
	*ret = made(j);
	return 0;
}

static int
add_to_buf(const char *data, size_t len, void *context)
{
	buf_add(context, data, len);
	return 0;
}

static void
format(const struct json *j, size_t flags, struct buf *ret)
{
	flags |= JSON_ENCODE_ANY;
	if (json_dump_callback(of(j), add_to_buf, ret, flags) < 0)
		abort();
}

void
json_format(const struct json *j, struct buf *ret)
{
	format(j, JSON_COMPACT, ret);
}

void
json_format_pretty(const struct json *j, struct buf *ret)
{
	format(j, JSON_INDENT(2), ret);
}

struct json *
json_free(struct json *j)
{
	json_decref(of(j));
	return NULL;
}

hidden struct json *
json_copy(const struct json *j)
{
	return j ? made(json_deep_copy(of(j))) : NULL;
}

static bool
arrays_equal(const struct json *a, const struct json *b)
{
	for (size_t i = 0; i < json_count(a); i++) {
		if (!json_equal(json_at(a, i), json_at(b, i)))
			return false;
	}
	return true;
}

static bool
objects_equal(const struct json *a, const struct json *b)
{
	for (void *i = json_first(a); i; i = json_next(a, i)) {
		json_t *other = json_object_get(of(b), json_member_name(i));

		if (!other || !json_equal(json_member_value(i), made(other)))
			return false;
	}
	return true;
}

static bool
numbers_equal(const json_t *a, const json_t *b)
{
	if (json_is_integer(a) && json_is_integer(b))
		return json_integer_value(a) == json_integer_value(b);
	return json_typeof(a) == json_typeof(b) &&
		json_real_value(a) == json_real_value(b);
}

hidden bool
json_equal(const struct json *a, const struct json *b)
{
	if (json_kind(a) != json_kind(b) || json_count(a) != json_count(b))
		return false;
	switch (json_kind(a)) {
	case JSON_NULL_:
		return true;
	case JSON_BOOL:
		return json_is_true(of(a)) == json_is_true(of(b));
	case JSON_NUMBER:
		return numbers_equal(of(a), of(b));
	case JSON_TEXT:
		return strcmp(json_text(a), json_text(b)) == 0;
	case JSON_ARRAY:
		return arrays_equal(a, b);
	case JSON_OBJECT_:
		return objects_equal(a, b);
	}
	return false;
}

enum json_kind
json_kind(const struct json *j)
{
	static const enum json_kind kinds[] = {
		[JSON_OBJECT] = JSON_OBJECT_,
		[JANSSON_ARRAY] = JSON_ARRAY,
		[JSON_STRING] = JSON_TEXT,
		[JSON_INTEGER] = JSON_NUMBER,
		[JSON_REAL] = JSON_NUMBER,
		[JSON_TRUE] = JSON_BOOL,
		[JSON_FALSE] = JSON_BOOL,
		[JSON_NULL] = JSON_NULL_,
	};

	return j ? kinds[json_typeof(of(j))] : JSON_NULL_;
}

struct json *
json_new_object(void)
{
	return made(json_object());
}

struct json *
json_new_array(void)
{
	return made(json_array());
}

/* Length of the UTF-8 sequence at `s` if it is a good one, else 0. */
static size_t
sequence_length(const char *s)
{
	size_t len = 1;
	json_t *probe;

	while (len < 4 && (s[len] & 0xc0) == 0x80)
		len++;
	for (; len; len--) {
		probe = json_stringn(s, len);
		json_decref(probe);
		if (probe)
			return len;
	}
	return 0;
}

/* Environments and file names need not be UTF-8, JSON must be: each byte that
 * is not becomes U+FFFD, as Go's encoding/json does it. */
static void
add_repaired(struct buf *b, const char *text)
{
	while (*text) {
		size_t len = sequence_length(text);

		if (len)
			buf_add(b, text, len);
		else
			buf_adds(b, "\xef\xbf\xbd");
		text += len ? len : 1;
	}
}

struct json *
json_new_text(const char *text)
{
	cleanup_value(buf_release) struct buf repaired = { .max = SIZE_MAX };
	json_t *j;

	if (!text)
		return NULL;
	j = json_string(text);
	if (j)
		return made(j);
	add_repaired(&repaired, text);
	return made(json_string(buf_text(&repaired)));
}

struct json *
json_new_number(int64_t number)
{
	return made(json_integer(number));
}

struct json *
json_new_bool(bool value)
{
	return made(json_boolean(value));
}

struct json *
json_new_null(void)
{
	return made(json_null());
}

struct json *
json_new_list(const struct strv *items)
{
	struct json *list = json_new_array();

	for (size_t i = 0; i < items->count; i++)
		json_append(list, json_new_text(items->items[i]));
	return list;
}

static void
set_repaired(struct json *object, const char *name, struct json *value)
{
	cleanup_value(buf_release) struct buf repaired = { .max = SIZE_MAX };

	add_repaired(&repaired, name);
	if (json_object_set_new(of(object), buf_text(&repaired), of(value)) < 0)
		abort();
}

void
json_set(struct json *object, const char *name, struct json *value)
{
	if (!value) {
		(void)json_object_del(of(object), name);
		return;
	}
	/* It fails for a name that is not UTF-8, and drops the value then. */
	json_incref(of(value));
	if (json_object_set_new(of(object), name, of(value)) < 0)
		set_repaired(object, name, value);
	else
		json_decref(of(value));
}

void
json_set_text(struct json *object, const char *name, const char *text)
{
	json_set(object, name, json_new_text(text));
}

void
json_set_number(struct json *object, const char *name, int64_t number)
{
	json_set(object, name, json_new_number(number));
}

void
json_set_bool(struct json *object, const char *name, bool value)
{
	json_set(object, name, json_new_bool(value));
}

struct json *
json_get(const struct json *object, const char *name)
{
	json_t *j = json_object_get(of(object), name);

	return j && !json_is_null(j) ? made(j) : NULL;
}

const char *
json_get_text(const struct json *object, const char *name)
{
	return json_text(json_get(object, name));
}

int64_t
json_get_number(const struct json *object, const char *name,
	int64_t otherwise)
{
	return json_number(json_get(object, name), otherwise);
}

bool
json_get_bool(const struct json *object, const char *name, bool otherwise)
{
	struct json *j = json_get(object, name);

	return json_kind(j) == JSON_BOOL ? json_is_true(of(j)) : otherwise;
}

int
json_get_list(const struct json *object, const char *name, struct strv *ret,
	struct error *err)
{
	struct json *list = json_get(object, name);
	size_t count = json_count(list);

	if (list && json_kind(list) != JSON_ARRAY)
		return error_set(err, EBADMSG, "'%s' is not a list", name);
	for (size_t i = 0; i < count; i++) {
		if (!json_text(json_at(list, i)))
			return error_set(err, EBADMSG,
				"'%s' is not a list of texts", name);
	}
	for (size_t i = 0; i < count; i++)
		strv_add(ret, json_text(json_at(list, i)));
	return 0;
}

const char *
json_text(const struct json *j)
{
	return json_string_value(of(j));
}

int64_t
json_number(const struct json *j, int64_t otherwise)
{
	return json_is_integer(of(j)) ? json_integer_value(of(j)) : otherwise;
}

void
json_append(struct json *array, struct json *value)
{
	if (json_array_append_new(of(array), of(value)) < 0)
		abort();
}

size_t
json_count(const struct json *array_or_object)
{
	/* Each is 0 for what is not of its kind. */
	return json_array_size(of(array_or_object)) +
		json_object_size(of(array_or_object));
}

struct json *
json_at(const struct json *array, size_t index)
{
	return (struct json *)json_array_get(of(array), index);
}

void *
json_first(const struct json *object)
{
	return json_object_iter(of(object));
}

void *
json_next(const struct json *object, void *member)
{
	return json_object_iter_next(of(object), member);
}

const char *
json_member_name(void *member)
{
	return json_object_iter_key(member);
}

struct json *
json_member_value(void *member)
{
	return (struct json *)json_object_iter_value(member);
}
