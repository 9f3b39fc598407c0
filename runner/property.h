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
 * without a row is an error with a did-you-mean. Errors have their place,
 * -EINVAL, ERROR_REQUEST. */
int property_read_all(const struct yaml_doc *y, const struct yaml_node *n,
	const struct property *table, void *object, struct error *err);

/* char *, owned: any scalar, verbatim. */
int property_text(const struct property_value *v, void *field,
	struct error *err);
/* int64_t milliseconds: 90, 90s, 10m, 1h30m; none below zero. */
int property_duration(const struct property_value *v, void *field,
	struct error *err);
/* uint64_t: a whole number, no octal look. */
int property_count(const struct property_value *v, void *field,
	struct error *err);
/* bool. */
int property_bool(const struct property_value *v, void *field,
	struct error *err);
/* struct strv: a list of scalars, or one. */
int property_list(const struct property_value *v, void *field,
	struct error *err);
/* struct strv: a list of NAME=VALUE, or one; a value wholly in quotes loses
 * them, as the shell would have taken them. A name twice: the last one. */
int property_env(const struct property_value *v, void *field,
	struct error *err);
/* Accepted, without effect. */
int property_harmless(const struct property_value *v, void *field,
	struct error *err);
/* Refused: "not supported yet". */
int property_later(const struct property_value *v, void *field,
	struct error *err);
/* Refused when true. */
int property_later_bool(const struct property_value *v, void *field,
	struct error *err);

#endif
