/* SPDX-License-Identifier: Apache-2.0 */
/* property: a YAML map read into a struct, by a table. */
#ifndef RUNNER_PROPERTY_H
#define RUNNER_PROPERTY_H

#include <stddef.h>

#include "runner/yaml.h"
#include "util/error.h"

struct property;

/* Reads the value `n` into `field`, which has the type the reader names. */
typedef int property_reader(const struct yaml_doc *y, const struct yaml_node *n,
	const struct property *p, void *field, struct error *err);

/* A row; a table ends with a NULL name. `offset` is 0 for readers that store
 * nothing. */
struct property {
	const char *name;
	property_reader *read;
	size_t offset;		/* of the field in the struct */
};

/* Each key of the map `n` by its row; null values change nothing. A key
 * without a row is an error with a did-you-mean. Errors have their place,
 * -EINVAL, ERROR_REQUEST. */
int property_read_all(const struct yaml_doc *y, const struct yaml_node *n,
	const struct property *table, void *object, struct error *err);

/* char *, owned: any scalar, verbatim. */
property_reader property_text;
/* int64_t milliseconds: 90, 90s, 10m, 1h30m; none below zero. */
property_reader property_duration;
/* uint64_t: a whole number, no octal look. */
property_reader property_count;
/* bool. */
property_reader property_bool;
/* struct strv: a list of scalars, or one. */
property_reader property_list;
/* struct strv: a list of NAME=VALUE, or one; a value wholly in quotes loses
 * them, as the shell would have taken them. A name twice: the last one. */
property_reader property_env;
/* Accepted, without effect. */
property_reader property_harmless;
/* Refused: "not supported yet". */
property_reader property_later;
/* Refused when true. */
property_reader property_later_bool;

#endif
