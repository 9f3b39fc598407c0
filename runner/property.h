/* SPDX-License-Identifier: Apache-2.0 */
/* property: a YAML map read into a struct, by a table. */
#ifndef RUNNER_PROPERTY_H
#define RUNNER_PROPERTY_H

#include <stddef.h>

#include "runner/yaml.h"
#include "util/error.h"

struct property;

/* A value on its way into a field. */
struct property_value {
	const struct yaml_doc *doc;
	const struct yaml_node *node;
	const struct property *row;
};

/* A row; a table ends with a NULL name. `read` puts the value into `field`,
 * which has the type the reader names; `offset` is 0 for readers that store
 * nothing. */
struct property {
	const char *name;
	int (*read)(const struct property_value *v, void *field,
		struct error *err);
	size_t offset;		/* of the field in the struct */
};

/* Each key of the map `n` by its row; null values change nothing. A key
 * without a row is an error with a did-you-mean, a warning in a lenient
 * document, whose numbers and times are those of YAML 1.1, too. Errors have
 * their place, -EINVAL, ERROR_REQUEST. */
int property_read_all(const struct yaml_doc *y, const struct yaml_node *n,
	const struct property *table, void *object, struct error *err);

/* Structs read by a table of their own. All-zero is none. */
struct property_objects {
	void *items;
	size_t count;
};

/* A list of maps, each read into a struct of `size` bytes by `table`; a map
 * alone is a list of one. What was read stays in `ret` after an error, for its
 * release. */
int property_read_list(const struct property_value *v,
	const struct property *table, size_t size, struct property_objects *ret,
	struct error *err);
/* The place of the `index`th of them. */
const struct yaml_node *property_member(
	const struct property_value *v, size_t index);

/* Is it one? -EINVAL, ERROR_REQUEST. */
int property_want_text(const struct property_value *v, struct error *err);

/* char *, owned: any scalar, verbatim. */
int property_text(const struct property_value *v, void *field,
	struct error *err);
/* Numbers: property-number.c. */
/* int64_t milliseconds: 90, 90s, 10m, 1h30m; none below zero. */
int property_duration(const struct property_value *v, void *field,
	struct error *err);
/* uint64_t: a whole number, no octal look. */
int property_count(const struct property_value *v, void *field,
	struct error *err);
/* uint64_t: bytes, as docker writes them: 64m, 1.5g. */
int property_size(const struct property_value *v, void *field,
	struct error *err);
/* uint64_t: a mode in octal, up to 0777. */
int property_mode(const struct property_value *v, void *field,
	struct error *err);
/* bool. */
int property_bool(const struct property_value *v, void *field,
	struct error *err);
/* Which of `words` the text is. */
int property_word(const struct property_value *v, const char *const *words,
	size_t count, size_t *ret, struct error *err);
/* struct strv: a list of scalars, or one. */
int property_list(const struct property_value *v, void *field,
	struct error *err);
/* struct strv: a list of NAME=VALUE, or one; a value wholly in quotes loses
 * them, as the shell would have taken them. A name twice: the last one. */
int property_env(const struct property_value *v, void *field,
	struct error *err);
/* The same, of "A=1,B=2" two: as the registry service reads them. */
int property_env_with_commas(const struct property_value *v, void *field,
	struct error *err);
/* Accepted, without effect. */
int property_harmless(const struct property_value *v, void *field,
	struct error *err);

#endif
