/* SPDX-License-Identifier: Apache-2.0 */
/* yaml-node: what a YAML tree is made of. Private to yaml*.c. */
#ifndef RUNNER_YAML_NODE_H
#define RUNNER_YAML_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/yaml.h"
#include "util/map.h"

struct yaml_node {
	enum yaml_kind kind;
	bool quoted;
	size_t line, column;
	size_t weight;		/* of nodes, itself and those below, aliases
				 * followed */
	char *text;
	struct yaml_node **items;	/* values */
	struct yaml_node **keys;	/* of a map */
	size_t count, cap;
	struct map *index;	/* key to value, of a map; values borrowed */
};

struct yaml_doc {
	char *name;
	bool lenient;
	struct yaml_node *root;
	struct yaml_node **nodes;
	size_t count, cap;
};

/* A node that `y` owns, standing at a line and column counted from 1. */
struct yaml_node *yaml_node_new(struct yaml_doc *y, enum yaml_kind kind,
	size_t line, size_t column);
/* Append a member; `key` is NULL in a list. The index is the caller's. */
void yaml_node_add(struct yaml_node *n, struct yaml_node *key,
	struct yaml_node *value);
/* Another value under the key at `index`. */
void yaml_node_replace(
	struct yaml_node *n, size_t index, struct yaml_node *value);
/* "name:line:column: what" as a warning. */
void yaml_node_warn(const struct yaml_doc *y, size_t line, size_t column,
	const char *what);
/* "name:line:column: what", -code, ERROR_REQUEST. */
int yaml_node_fail(const struct yaml_doc *y, size_t line, size_t column,
	int code, const char *what, struct error *err);

#endif
