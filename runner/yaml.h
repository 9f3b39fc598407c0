/* SPDX-License-Identifier: Apache-2.0 */
/* yaml: a YAML text becomes a tree whose nodes know where they stood. */
#ifndef RUNNER_YAML_H
#define RUNNER_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"
#include "util/scope.h"

#define YAML_TEXT_MAX (1u << 20)
#define YAML_DEPTH_MAX 64
#define YAML_NODES_MAX 100000

/* A document; owns its nodes. */
struct yaml_doc;
struct yaml_node;

enum yaml_kind {
	YAML_NONE,	/* null, "~" or nothing */
	YAML_TEXT,	/* any other scalar */
	YAML_LIST,
	YAML_MAP,
};

/*
 * One document of at most YAML_TEXT_MAX bytes, depth YAML_DEPTH_MAX, and
 * YAML_NODES_MAX nodes counted after aliases are followed. Aliases share
 * nodes; "<<" is merged, a map's own keys first. Refused are duplicate and
 * non-scalar keys, a second document, tags that are not of the core schema.
 * `name` (copied) stands before every error, as "name:line:column: ...".
 * -EINVAL or -EFBIG, ERROR_REQUEST.
 */
int yaml_doc_parse(const char *text, size_t len, const char *name,
	struct yaml_doc **ret, struct error *err);
/* As the registry service's own reader: of duplicate keys the last one counts,
 * what follows the first document is passed over; both with a warning. */
int yaml_doc_parse_lenient(const char *text, size_t len, const char *name,
	struct yaml_doc **ret, struct error *err);
struct yaml_doc *yaml_doc_free(struct yaml_doc *y);
bool yaml_doc_is_lenient(const struct yaml_doc *y);

/* Borrowed from the document, as everything below; an empty one has a root of
 * YAML_NONE. */
const struct yaml_node *yaml_doc_root(const struct yaml_doc *y);
enum yaml_kind yaml_kind(const struct yaml_node *n);
/* For people: "a text", "a list", "a map", "nothing". */
const char *yaml_kind_name(const struct yaml_node *n);
/* The characters of a YAML_TEXT, else "". */
const char *yaml_text(const struct yaml_node *n);
/* Was the text written in quotes or as a block, and so is no number and no
 * bool? */
bool yaml_is_quoted(const struct yaml_node *n);
/* Members of a list or a map, in the order of the text. */
size_t yaml_count(const struct yaml_node *n);
const struct yaml_node *yaml_at(const struct yaml_node *n, size_t index);
const char *yaml_key(const struct yaml_node *n, size_t index);
const struct yaml_node *yaml_key_node(const struct yaml_node *n, size_t index);
/* The value under a key of a map, or NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *n, const char *key);

/* Where it stood, counted from 1. */
size_t yaml_line(const struct yaml_node *n);
size_t yaml_column(const struct yaml_node *n);

/* A copy of `n`, which belongs to `y`, with each text but keys as `change`
 * gives it (a new text); where that fails, this does. */
int yaml_copy(struct yaml_doc *y, const struct yaml_node *n,
	int (*change)(void *context, const char *text, char **ret,
		struct error *err),
	void *context, const struct yaml_node **ret, struct error *err);

/* The error that "name:line:column: message" tells, for the node `n`;
 * ERROR_REQUEST. */
int yaml_error(const struct yaml_doc *y, const struct yaml_node *n,
	struct error *err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The same; of a lenient document it is a warning, and 0. */
int yaml_complain(const struct yaml_doc *y, const struct yaml_node *n,
	struct error *err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The same, as a warning and no error. */
void yaml_warn(const struct yaml_doc *y, const struct yaml_node *n,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

/* YAML 1.2's core schema and what YAML 1.1 adds for bools: true, yes, on and
 * their opposites. -EINVAL. */
int yaml_parse_bool(const char *text, bool *ret);

DEFINE_CLEANUP(struct yaml_doc *, yaml_doc_free);

#endif
