/* SPDX-License-Identifier: Apache-2.0 */
/* task-matrix: a step's `matrix`: one step for each choice of a value from each
 * of its lists. Private to task*.c. */
#ifndef RUNNER_TASK_MATRIX_H
#define RUNNER_TASK_MATRIX_H

#include "runner/task.h"
#include "runner/yaml.h"

/* All-zero is none. */
struct matrix {
	struct strv names;
	struct strv values;	      /* of the choice at hand */
	const struct yaml_node *node; /* borrowed */
	size_t *at;		      /* which of each list */
	bool begun;
};

/* A map of names (letters, digits, '_', '-') and lists of texts of these and
 * '.', '/', ':', none empty. Errors as task_parse(). */
int matrix_read(const struct yaml_doc *y, const struct yaml_node *n,
	struct matrix *ret, struct error *err);
void matrix_release(struct matrix *m);
/* The next choice, the last list's value changing first; false at the end. */
bool matrix_next(struct matrix *m);
/* "[os=linux,arch=arm64]", yours. */
char *matrix_suffix(const struct matrix *m);
/* The step `n` with {{.Matrix.NAME}} done; it belongs to `y`. */
int matrix_apply(const struct matrix *m, const struct task_source *s,
	struct yaml_doc *y, const struct yaml_node *n,
	const struct yaml_node **ret, struct error *err);

#endif
