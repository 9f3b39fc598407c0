/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/task-expand.h"

#include <string.h>

#include "runner/late.h"
#include "runner/property.h"
#include "runner/task-matrix.h"
#include "util/mem.h"

#define INCLUDE_DEPTH_MAX 8
#define INCLUDED_MAX 100
#define TEXT_MAX MiB(1)

/* On the way through files. */
struct expansion {
	struct step_origins *o;
	const struct task_source *source;
	bool is_cleanup;
	unsigned depth;
};

static int add_list(struct expansion *e, struct yaml_doc *y,
	const struct yaml_node *n, struct error *err);

static int
add_one(struct expansion *e, struct yaml_doc *y, const struct yaml_node *n,
	const char *suffix, size_t first, struct error *err)
{
	struct step_origins *o = e->o;

	if (o->count == TASK_STEPS_MAX)
		return yaml_error(
			y, n, err, "more than %d steps", TASK_STEPS_MAX);
	o->items = mem_resize(o->items, o->count + 1, sizeof(*o->items));
	o->items[o->count++] = (struct step_origin){ y, n, mem_strdup(suffix),
		first, e->is_cleanup };
	return 0;
}

static int
add_matrix(struct expansion *e, struct yaml_doc *y, const struct yaml_node *n,
	struct error *err)
{
	cleanup_value(matrix_release) struct matrix m = { 0 };
	const size_t first = e->o->count;
	const struct yaml_node *node = NULL;
	int r;

	r = matrix_read(y, yaml_get(n, "matrix"), &m, err);
	while (r == 0 && matrix_next(&m)) {
		autofree char *suffix = matrix_suffix(&m);

		r = matrix_apply(&m, e->source, y, n, &node, err);
		if (r == 0)
			r = add_one(e, y, node, suffix, first, err);
	}
	return r;
}

/* Of a file that is included. */
static const struct property included_properties[] = {
	{ "version", property_harmless },
	{ "steps", property_harmless },
	{ NULL },
};

static int
include_file(struct expansion *e, struct yaml_doc *y, const struct yaml_node *n,
	const char *path, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	struct step_origins *o = e->o;
	const struct task_source *s = e->source;
	const struct yaml_node *root;
	struct yaml_doc *doc = NULL;
	autoerror local = { 0 };
	int r;

	if (e->depth == INCLUDE_DEPTH_MAX || o->included_count == INCLUDED_MAX)
		return yaml_error(y, n, err, "too many files are included");
	if (!s->include)
		return yaml_error(y, n, err, "nothing can be included here");
	buf_init(&text, TEXT_MAX);
	r = s->include(s->include_context, path, &text, &local);
	if (r == 0)
		r = yaml_doc_parse(
			buf_text(&text), text.len, path, &doc, &local);
	if (r < 0)
		return yaml_error(y, n, err, "include: %s", local.text);
	o->included = mem_resize(
		o->included, o->included_count + 1, sizeof(*o->included));
	o->included[o->included_count++] = doc;
	root = yaml_doc_root(doc);
	if (yaml_kind(root) == YAML_TEXT || yaml_kind(root) == YAML_LIST)
		return yaml_error(doc, root, err, "the file is %s, not a map",
			yaml_kind_name(root));
	r = property_read_all(doc, root, included_properties, NULL, err);
	if (r < 0)
		return r;
	e->depth++;
	r = add_list(e, doc, yaml_get(root, "steps"), err);
	e->depth--;
	return r;
}

static int
add_include(struct expansion *e, struct yaml_doc *y, const struct yaml_node *n,
	struct error *err)
{
	const struct property row = { "include", property_list, 0 };
	const struct property_value v = { y, yaml_get(n, "include"), &row };
	cleanup_value(strv_release) struct strv paths = { 0 };
	size_t i;
	int r;

	if (yaml_count(n) > 1)
		return yaml_error(y, n, err, "'include' stands alone");
	r = property_list(&v, &paths, err);
	for (i = 0; r == 0 && i < paths.count; i++)
		r = include_file(e, y, v.node, paths.items[i], err);
	return r;
}

/* Only what has a matrix may speak of it. */
static int
check_plain(const struct task_source *s, struct yaml_doc *y,
	const struct yaml_node *n, struct error *err)
{
	size_t i;
	int r = 0;

	if (s->late && (late_of_text(s->late, yaml_text(n)) & LATE_MATRIX))
		return yaml_error(
			y, n, err, "'.Matrix' is of a step with 'matrix'");
	for (i = 0; r == 0 && i < yaml_count(n); i++)
		r = check_plain(s, y, yaml_at(n, i), err);
	return r;
}

static int
add_member(struct expansion *e, struct yaml_doc *y, const struct yaml_node *n,
	struct error *err)
{
	int r;

	if (yaml_kind(n) != YAML_MAP)
		return yaml_error(y, n, err, "a step is %s, not a map",
			yaml_kind_name(n));
	if (yaml_get(n, "include"))
		return add_include(e, y, n, err);
	if (yaml_get(n, "matrix"))
		return add_matrix(e, y, n, err);
	r = check_plain(e->source, y, n, err);
	return r < 0 ? r : add_one(e, y, n, NULL, e->o->count, err);
}

static int
add_list(struct expansion *e, struct yaml_doc *y, const struct yaml_node *n,
	struct error *err)
{
	size_t i;
	int r = 0;

	if (!n)
		return yaml_error(y, yaml_doc_root(y), err, "no steps");
	if (yaml_kind(n) != YAML_LIST)
		return yaml_error(y, n, err, "'%s' is %s, not a list",
			e->is_cleanup ? "cleanup" : "steps", yaml_kind_name(n));
	for (i = 0; r == 0 && i < yaml_count(n); i++)
		r = add_member(e, y, yaml_at(n, i), err);
	return r;
}

int
step_origins_add(struct step_origins *o, const struct task_source *s,
	struct yaml_doc *y, const struct yaml_node *n, bool is_cleanup,
	struct error *err)
{
	struct expansion e = { o, s, is_cleanup, 0 };

	return add_list(&e, y, n, err);
}

void
step_origins_release(struct step_origins *o)
{
	size_t i;

	for (i = 0; i < o->count; i++)
		free(o->items[i].suffix);
	for (i = 0; i < o->included_count; i++)
		yaml_doc_free(o->included[i]);
	free(o->items);
	free(o->included);
}
