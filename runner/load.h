/* SPDX-License-Identifier: Apache-2.0 */
/* load: a task from its file: found, aliases and templates replaced, read. */
#ifndef RUNNER_LOAD_H
#define RUNNER_LOAD_H

#include "runner/task.h"
#include "runner/variables.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

/* What to load; everything is borrowed, NULL is absent. */
struct load {
	const char *file;    /* looked for in the context, then here; "-" is
				 * standard input */
	const char *command; /* instead of a file: one cmd step */
	const char *context;
	bool is_foreign;     /* the context: struct near */
	const char *encoded; /* instead of a file: its text in base64 */
	struct run_words words;
	const struct strv *values; /* YAML files, looked for as the file is;
				    * later ones win */
	const struct strv *encoded_values; /* their texts in base64, after
					    * those; may be NULL */
	bool acr;	  /* struct task_source */
	bool allow_empty; /* the same */
	bool hints;	  /* the same */
	const struct strv *set[VARIABLES_SOURCES]; /* these win */
};

/* The YAML text as it is before it is read, into `ret`, secrets as "***".
 * Errors are
 * "name:line:column: ...", ERROR_REQUEST, or of reading a file, ERROR_LOCAL. */
int load_text(const struct load *l, struct buf *ret, struct error *err);
/* The task, and what its late actions may ask for. Errors as load_text() and
 * task_parse(). */
int load_task(const struct load *l, struct task **ret,
	struct variables **ret_variables, struct error *err);

#endif
