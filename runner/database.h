/* SPDX-License-Identifier: Apache-2.0 */
/* database: the only place that knows SQLite. */
#ifndef RUNNER_DATABASE_H
#define RUNNER_DATABASE_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "util/json.h"
#include "util/scope.h"

struct database;

/*
 * Open `path` (made with mode 0600) and bring it up to date: `changes` are the
 * statements that lead from an empty file to what this program knows, one
 * after the other, each done once in the life of the file. Several processes
 * may have it open; a writer waits for another up to ten seconds. On network
 * file systems, where SQLite's shared memory does not work, without it.
 * -EINVAL, ERROR_HOST, when the file was made by a newer program; -EBADMSG
 * when it is no such file or a damaged one; -EROFS when it cannot be written.
 */
int database_open(const char *path, const char *const *changes, size_t count,
	struct database **ret, struct error *err);
struct database *database_free(struct database *d);

/*
 * One statement. `types` has a letter for each "?": 's' a const char * (NULL
 * is SQL's NULL), 'i' an int64_t. -EEXIST when a key is there already.
 */
int database_do(struct database *d, struct error *err, const char *sql,
	const char *types, ...);

/* The rows of a query as an array of objects, members named by the columns.
 * At most 100,000 rows (-EFBIG). */
int database_query(struct database *d, struct json **ret, struct error *err,
	const char *sql, const char *types, ...);

/* How many rows the last database_do() changed. */
int64_t database_changes(struct database *d);

DEFINE_CLEANUP(struct database *, database_free);

#endif
