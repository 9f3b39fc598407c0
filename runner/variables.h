/* SPDX-License-Identifier: Apache-2.0 */
/* variables: what a task's templates may name. */
#ifndef RUNNER_VARIABLES_H
#define RUNNER_VARIABLES_H

#include "util/error.h"
#include "util/map.h"

/* Of this run; NULL is empty. */
struct run_words {
	const char *id;
	const char *registry;	/* "host:port" */
	const char *task_name;
	const char *shared_volume;
};

/* Paths without the first dot ("Run.ID") to texts (char *): all of .Run and
 * .Build. Date is now, in UTC, as 20240102-030405z. Yours, by map_free(). */
struct map *variables_new(const struct run_words *words);
/* "name=value" of --set; the name may have dots. -EINVAL, ERROR_REQUEST. */
int variables_set(struct map *variables, const char *assignment,
	struct error *err);
/* A YAML map, `name` for errors, below .Values; maps in maps become dots.
 * -EINVAL, ERROR_REQUEST. */
int variables_add_values(struct map *variables, const char *text, size_t len,
	const char *name, struct error *err);

#endif
