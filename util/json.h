/* SPDX-License-Identifier: Apache-2.0 */
/* json: the only place that knows jansson. Foreign text meets limits here. */
#ifndef UTIL_JSON_H
#define UTIL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/scope.h"
#include "util/strv.h"

/* A value of any kind. Objects keep the order of insertion. */
struct json;

enum json_kind {
	JSON_NULL_, JSON_BOOL, JSON_NUMBER, JSON_TEXT, JSON_ARRAY, JSON_OBJECT_,
};

/* UTF-8 text to a value: no duplicate names, at most `max_bytes`, depth at most
 * 64. `what` names the document in errors; -EBADMSG. */
int json_parse(const char *text, size_t len, size_t max_bytes,
	const char *what, struct json **ret, struct error *err);
/* Compact, members in insertion order, no HTML escaping; never ends in a
 * newline. The same value always gives the same bytes. */
void json_format(const struct json *j, struct buf *ret);
/* Two spaces of indentation, for people. */
void json_format_pretty(const struct json *j, struct buf *ret);

struct json *json_free(struct json *j);
struct json *json_copy(const struct json *j);	/* deep; NULL gives NULL */
bool json_equal(const struct json *a, const struct json *b);
enum json_kind json_kind(const struct json *j);	/* NULL: JSON_NULL_ */

struct json *json_new_object(void);
struct json *json_new_array(void);
/* Bytes that are not UTF-8 become U+FFFD, in names too. NULL gives NULL. */
struct json *json_new_text(const char *text);
struct json *json_new_number(int64_t number);
struct json *json_new_bool(bool value);
struct json *json_new_null(void);
struct json *json_new_list(const struct strv *items);	/* array of texts */

/* Members of an object. `value` is taken over; a NULL value removes. Setting a
 * member that exists keeps its place. A NULL text removes, too. */
void json_set(struct json *object, const char *name, struct json *value);
void json_set_text(struct json *object, const char *name, const char *text);
void json_set_number(struct json *object, const char *name, int64_t number);
void json_set_bool(struct json *object, const char *name, bool value);
/* Borrowed; NULL when not there, when JSON null, or not an object. */
struct json *json_get(const struct json *object, const char *name);
/* Borrowed text or NULL when not there or not a text. */
const char *json_get_text(const struct json *object, const char *name);
/* `otherwise` when not there or not a whole number. */
int64_t json_get_number(const struct json *object, const char *name,
	int64_t otherwise);
bool json_get_bool(const struct json *object, const char *name,
	bool otherwise);
/* Adds the texts of an array member; -EBADMSG if it is there and something
 * else than an array of texts. */
int json_get_list(const struct json *object, const char *name,
	struct strv *ret, struct error *err);

/* The value itself. */
const char *json_text(const struct json *j);	/* NULL if not a text */
int64_t json_number(const struct json *j, int64_t otherwise);

/* Arrays. */
void json_append(struct json *array, struct json *value);
size_t json_count(const struct json *array_or_object);
struct json *json_at(const struct json *array, size_t index);

/* Walk an object's members in order:
 * for (void *i = json_first(o); i; i = json_next(o, i)) */
void *json_first(const struct json *object);
void *json_next(const struct json *object, void *member);
const char *json_member_name(void *member);
struct json *json_member_value(void *member);

DEFINE_CLEANUP(struct json *, json_free);

#endif
