/* SPDX-License-Identifier: Apache-2.0 */
/* variables: what a task's templates may name. */
#ifndef RUNNER_VARIABLES_H
#define RUNNER_VARIABLES_H

#include "runner/value.h"
#include "util/error.h"
#include "util/scope.h"
#include "util/strv.h"

/* Of this run; NULL is empty. */
struct run_words {
	const char *id;
	const char *registry; /* "host:port" */
	const char *task_name;
	const char *shared_volume;
	/* Of the context, or of what started the run. */
	const char *commit;
	const char *branch;
	const char *repository;
	const char *git_tag;
	const char *pull_request;
	const char *triggered_by;
};

/* What stands behind the "=" of an assignment. */
enum variables_source {
	VARIABLES_TEXT,
	VARIABLES_JSON,
	VARIABLES_FILE,	  /* the path of a file with the text */
	VARIABLES_SECRET, /* a text that is never to be shown; a name alone
			   * takes that of our environment */
	VARIABLES_SOURCES,
};

struct variables;

/* .Run and .Build. Date is now, in UTC, as 20240102-030405z. */
struct variables *variables_new(const struct run_words *words);
struct variables *variables_free(struct variables *v);
/* "name=..."; dots in the name lead into maps. -EINVAL, ERROR_REQUEST; errors
 * of reading a file, ERROR_LOCAL. */
int variables_set(struct variables *v, enum variables_source source,
	const char *assignment, struct error *err);
/* A YAML map, `name` for errors, into .Values. -EINVAL, ERROR_REQUEST. */
int variables_add_values(struct variables *v, const char *text, size_t len,
	const char *name, struct error *err);
/* .Secrets.ID, which is never to be shown. */
void variables_set_secret(
	struct variables *v, const char *id, const char *value);
/* .RunJSON and .ValuesJSON, of what is there by now. */
void variables_add_json(struct variables *v);
/* .Matrix: values by name, for one step. */
void variables_set_matrix(struct variables *v, const struct strv *names,
	const struct strv *values);
/* .Steps.ID: State, Status, and Outputs, of which each is "name=text". */
void variables_set_step(struct variables *v, const char *id, const char *state,
	int status, const struct strv *outputs);
/* A map with Run, Build, Values and Secrets; borrowed. */
const struct value *variables_root(const struct variables *v);
/* The texts that are never to be shown; borrowed. */
const struct strv *variables_secrets(const struct variables *v);

DEFINE_CLEANUP(struct variables *, variables_free);

#endif
