/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/yaml-node.h"

#include <errno.h>
#include <string.h>

#include "util/log.h"
#include "util/mem.h"

/* Nodes of a document with all copies. */
#define COPIES_MAX (10 * YAML_NODES_MAX)

int
yaml_node_fail(const struct yaml_doc *y, size_t line, size_t column, int code,
	const char *what, struct error *err)
{
	error_set(err, code, "%s:%zu:%zu: %s", y->name, line, column, what);
	error_kind(err, ERROR_REQUEST);
	return -code;
}

struct yaml_node *
yaml_node_new(
	struct yaml_doc *y, enum yaml_kind kind, size_t line, size_t column)
{
	struct yaml_node *n = mem_zalloc(sizeof(*n));

	n->kind = kind;
	n->line = line;
	n->column = column;
	n->weight = 1;
	if (y->count == y->cap) {
		y->cap = y->cap ? y->cap * 2 : 64;
		y->nodes = mem_resize(y->nodes, y->cap, sizeof(*y->nodes));
	}
	y->nodes[y->count++] = n;
	return n;
}

void
yaml_node_add(
	struct yaml_node *n, struct yaml_node *key, struct yaml_node *value)
{
	if (n->count == n->cap) {
		n->cap = n->cap ? n->cap * 2 : 8;
		n->items = mem_resize(n->items, n->cap, sizeof(*n->items));
		n->keys = mem_resize(n->keys, n->cap, sizeof(*n->keys));
	}
	n->keys[n->count] = key;
	n->items[n->count++] = value;
}

void
yaml_node_replace(struct yaml_node *n, size_t index, struct yaml_node *value)
{
	n->items[index] = value;
}

void
yaml_node_warn(const struct yaml_doc *y, size_t line, size_t column,
	const char *what)
{
	log_warning("%s:%zu:%zu: %s", y->name, line, column, what);
}

static void
free_node(struct yaml_node *n)
{
	map_free(n->index);
	free(n->items);
	free(n->keys);
	free(n->text);
	free(n);
}

struct yaml_doc *
yaml_doc_free(struct yaml_doc *y)
{
	size_t i;

	if (!y)
		return NULL;
	for (i = 0; i < y->count; i++)
		free_node(y->nodes[i]);
	free(y->nodes);
	free(y->name);
	free(y);
	return NULL;
}

bool
yaml_doc_is_lenient(const struct yaml_doc *y)
{
	return y->lenient;
}

const struct yaml_node *
yaml_doc_root(const struct yaml_doc *y)
{
	return y->root;
}

enum yaml_kind
yaml_kind(const struct yaml_node *n)
{
	return n->kind;
}

const char *
yaml_kind_name(const struct yaml_node *n)
{
	static const char *const names[] = {
		[YAML_NONE] = "nothing",
		[YAML_TEXT] = "a text",
		[YAML_LIST] = "a list",
		[YAML_MAP] = "a map",
	};

	return names[n->kind];
}

const char *
yaml_text(const struct yaml_node *n)
{
	return n->kind == YAML_TEXT ? n->text : "";
}

bool
yaml_is_quoted(const struct yaml_node *n)
{
	return n->quoted;
}

size_t
yaml_count(const struct yaml_node *n)
{
	return n->count;
}

const struct yaml_node *
yaml_at(const struct yaml_node *n, size_t index)
{
	return n->items[index];
}

const char *
yaml_key(const struct yaml_node *n, size_t index)
{
	return n->keys[index]->text;
}

const struct yaml_node *
yaml_key_node(const struct yaml_node *n, size_t index)
{
	return n->keys[index];
}

const struct yaml_node *
yaml_get(const struct yaml_node *n, const char *key)
{
	return n->index ? map_get(n->index, key) : NULL;
}

size_t
yaml_line(const struct yaml_node *n)
{
	return n->line;
}

size_t
yaml_column(const struct yaml_node *n)
{
	return n->column;
}

struct copying {
	struct yaml_doc *y;
	int (*change)(void *context, const char *text, char **ret,
		struct error *err);
	void *context;
};

static int copy_node(const struct copying *c, const struct yaml_node *n,
	struct yaml_node **ret, struct error *err);

static int
copy_members(const struct copying *c, const struct yaml_node *n,
	struct yaml_node *to, struct error *err)
{
	struct yaml_node *value;
	size_t i;
	int r;

	if (n->index)
		to->index = map_new(NULL);
	for (i = 0; i < n->count; i++) {
		r = copy_node(c, n->items[i], &value, err);
		if (r < 0)
			return r;
		yaml_node_add(to, n->keys[i], value);
		if (to->index)
			map_set(to->index, n->keys[i]->text, value);
	}
	return 0;
}

static int
copy_node(const struct copying *c, const struct yaml_node *n,
	struct yaml_node **ret, struct error *err)
{
	struct yaml_node *to =
		yaml_node_new(c->y, n->kind, n->line, n->column);
	autoerror local = { 0 };
	int r;

	if (c->y->count > COPIES_MAX)
		return yaml_node_fail(c->y, n->line, n->column, EFBIG,
			"too many copies of this", err);
	to->quoted = n->quoted;
	to->weight = n->weight;
	*ret = to;
	if (n->kind != YAML_TEXT)
		return copy_members(c, n, to, err);
	r = c->change(c->context, n->text, &to->text, &local);
	if (r < 0)
		return yaml_error(c->y, n, err, "%s", local.text);
	return 0;
}

int
yaml_copy(struct yaml_doc *y, const struct yaml_node *n,
	int (*change)(void *context, const char *text, char **ret,
		struct error *err),
	void *context, const struct yaml_node **ret, struct error *err)
{
	const struct copying c = { y, change, context };
	struct yaml_node *copy = NULL;
	int r;

	r = copy_node(&c, n, &copy, err);
	if (r == 0)
		*ret = copy;
	return r;
}

int
yaml_error(const struct yaml_doc *y, const struct yaml_node *n,
	struct error *err, const char *format, ...)
{
	autofree char *what = NULL;
	va_list args;

	va_start(args, format);
	what = mem_vprintf(format, args);
	va_end(args);
	return yaml_node_fail(y, n->line, n->column, EINVAL, what, err);
}

int
yaml_complain(const struct yaml_doc *y, const struct yaml_node *n,
	struct error *err, const char *format, ...)
{
	autofree char *what = NULL;
	va_list args;

	va_start(args, format);
	what = mem_vprintf(format, args);
	va_end(args);
	if (!y->lenient)
		return yaml_node_fail(y, n->line, n->column, EINVAL, what, err);
	yaml_node_warn(y, n->line, n->column, what);
	return 0;
}

void
yaml_warn(const struct yaml_doc *y, const struct yaml_node *n,
	const char *format, ...)
{
	autofree char *what = NULL;
	va_list args;

	va_start(args, format);
	what = mem_vprintf(format, args);
	va_end(args);
	yaml_node_warn(y, n->line, n->column, what);
}

int
yaml_parse_bool(const char *text, bool *ret)
{
	static const char *const words[][2] = {
		{ "false", "true" },
		{ "no", "yes" },
		{ "off", "on" },
		{ "n", "y" },
	};
	size_t i;
	int value;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		for (value = 0; value < 2; value++) {
			if (strcasecmp(words[i][value], text) != 0)
				continue;
			*ret = value != 0;
			return 0;
		}
	}
	return -EINVAL;
}
