/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/task-matrix.h"

#include <ctype.h>
#include <string.h>

#include "runner/fulfil.h"
#include "runner/variables.h"
#include "util/mem.h"

static bool
is_made_of(const char *text, const char *more)
{
	const char *c;

	for (c = text; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr(more, *c))
			return false;
	return c > text;
}

static int
check_list(const struct yaml_doc *y, const struct yaml_node *n,
	const char *name, struct error *err)
{
	size_t i;

	if (yaml_kind(n) != YAML_LIST || yaml_count(n) == 0)
		return yaml_error(y, n, err, "'%s' is no list of values", name);
	for (i = 0; i < yaml_count(n); i++)
		if (!is_made_of(yaml_text(yaml_at(n, i)), "_-./:"))
			return yaml_error(y, yaml_at(n, i), err,
				"'%s' is no value of a matrix: letters, "
				"digits, '_', '-', '.', '/', ':'",
				yaml_text(yaml_at(n, i)));
	return 0;
}

int
matrix_read(const struct yaml_doc *y, const struct yaml_node *n,
	struct matrix *ret, struct error *err)
{
	size_t i;
	int r = 0;

	if (yaml_kind(n) != YAML_MAP || yaml_count(n) == 0)
		return yaml_error(y, n, err, "'matrix' is no map of lists");
	for (i = 0; r == 0 && i < yaml_count(n); i++) {
		if (!is_made_of(yaml_key(n, i), "_-"))
			return yaml_error(y, yaml_key_node(n, i), err,
				"'%s' is no name: letters, digits, '_', '-'",
				yaml_key(n, i));
		strv_add(&ret->names, yaml_key(n, i));
		r = check_list(y, yaml_at(n, i), yaml_key(n, i), err);
	}
	ret->node = n;
	ret->at = mem_array(yaml_count(n), sizeof(*ret->at));
	return r;
}

void
matrix_release(struct matrix *m)
{
	strv_release(&m->names);
	strv_release(&m->values);
	free(m->at);
}

/* As a counter: 1 when there is a next one. */
static bool
step_on(struct matrix *m)
{
	size_t i;

	for (i = m->names.count; i > 0; i--) {
		if (++m->at[i - 1] < yaml_count(yaml_at(m->node, i - 1)))
			return true;
		m->at[i - 1] = 0;
	}
	return false;
}

bool
matrix_next(struct matrix *m)
{
	size_t i;

	if (m->begun && !step_on(m))
		return false;
	m->begun = true;
	strv_release(&m->values);
	for (i = 0; i < m->names.count; i++)
		strv_add(&m->values,
			yaml_text(yaml_at(yaml_at(m->node, i), m->at[i])));
	return true;
}

char *
matrix_suffix(const struct matrix *m)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	autofree char *text = NULL;
	size_t i;

	for (i = 0; i < m->names.count; i++)
		strv_addf(
			&words, "%s=%s", m->names.items[i], m->values.items[i]);
	text = strv_join(&words, ",");
	return mem_printf("[%s]", text);
}

static int
change(void *context, const char *text, char **ret, struct error *err)
{
	const struct task_source *s = context;
	unsigned waits = s->late ? late_of_text(s->late, text) : 0;

	if (waits & LATE_MATRIX)
		return fulfil_text(s->late, text, "matrix", LATE_MATRIX,
			variables_root(s->variables), ret, err);
	*ret = mem_strdup(text);
	return 0;
}

int
matrix_apply(const struct matrix *m, const struct task_source *s,
	struct yaml_doc *y, const struct yaml_node *n,
	const struct yaml_node **ret, struct error *err)
{
	struct task_source source = *s;

	if (s->variables)
		variables_set_matrix(s->variables, &m->names, &m->values);
	return yaml_copy(y, n, change, &source, ret, err);
}
