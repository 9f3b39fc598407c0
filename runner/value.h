/* SPDX-License-Identifier: Apache-2.0 */
/* value: what templates work on: nothing, true, 3, 1.5, texts, lists, maps. */
#ifndef RUNNER_VALUE_H
#define RUNNER_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/arena.h"
#include "runner/yaml.h"
#include "util/buf.h"
#include "util/json.h"

enum value_kind {
	VALUE_NIL,
	VALUE_BOOL,
	VALUE_INT,
	VALUE_FLOAT,
	VALUE_TEXT,
	VALUE_LIST,
	VALUE_MAP,
};

/* Belongs to an arena, like all it points to; unchanged once made. */
struct value {
	enum value_kind kind;
	int64_t integer; /* of a bool, too */
	double real;
	const char *text;	    /* of a text; of a number or bool as it was
				 * written, or NULL; of a nil that was not
				 * found: the complaint, or NULL */
	const struct value **items; /* of a list or a map */
	const char **keys;	    /* of a map, in the order of bytes */
	size_t count, cap;
};

extern const struct value value_nil;
extern const struct value value_true;
extern const struct value value_false;

const struct value *value_bool(bool b);
const struct value *value_int(struct arena *a, int64_t integer);
const struct value *value_float(struct arena *a, double real);
const struct value *value_text(struct arena *a, const char *text);
const struct value *value_text_of(
	struct arena *a, const char *text, size_t len);
struct value *value_list(struct arena *a);
struct value *value_map(struct arena *a);
/* While a list or map is being made. A key that is there is replaced. */
void value_append(struct arena *a, struct value *list, const struct value *v);
void value_put(struct arena *a, struct value *map, const char *key,
	const struct value *v);
void value_remove(struct value *map, const char *key);
/* A copy of a list's or map's first level, to be changed. */
struct value *value_copy(struct arena *a, const struct value *v);

/* NULL when not there, or not a map. */
const struct value *value_get(const struct value *map, const char *key);
/* Go's rule: nil, false, 0, "" and what has no members are not. */
bool value_is_true(const struct value *v);
bool value_equal(const struct value *a, const struct value *b);
/* "nil", "bool", "int", "float64", "string", "slice", "map" */
const char *value_kind_name(const struct value *v);
/* As Go prints it: lists as [a b], maps as map[k:v]. */
void value_format(const struct value *v, struct buf *ret);
struct json *value_to_json(const struct value *v);

/* Scalars without quotes that are numbers, true or false become such. */
const struct value *value_from_yaml(struct arena *a, const struct yaml_node *n);
const struct value *value_from_json(struct arena *a, const struct json *j);

#endif
