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
	const char *run_id;
	const char *registry;
	const char *values;			   /* a YAML file */
	const struct strv *set[VARIABLES_SOURCES]; /* these win */
};

/* The YAML text as it is before it is read, into `ret`. Errors are
 * "name:line:column: ...", ERROR_REQUEST, or of reading a file, ERROR_LOCAL. */
int load_text(const struct load *l, struct buf *ret, struct error *err);
/* The task; errors as load_text() and task_parse(). */
int load_task(const struct load *l, struct task **ret, struct error *err);

#endif
