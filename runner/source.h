/* SPDX-License-Identifier: Apache-2.0 */
/* source: the CONTEXT of a task as a directory of this host, wherever it comes
 * from (slipway-task(1)). */
#ifndef RUNNER_SOURCE_H
#define RUNNER_SOURCE_H

#include <stdbool.h>

#include "oci/transfer.h"
#include "util/error.h"
#include "util/scope.h"

struct source_dir;

/*
 * `text` is what context_open() takes: a git URL, an archive, an http or https
 * URL, standard input; or a directory, which is itself. What is fetched lies in
 * the store at `store_path`, belongs to us, and goes with `ret`; a repository
 * comes with its .git, unless the URL says no. `token_file` (or NULL) holds
 * what is sent as GIT_AUTH_TOKEN. Errors of context_open() and secrets_add().
 */
int source_dir_open(const char *text, const char *store_path,
	const char *token_file, struct source_dir **ret, struct error *err);
struct source_dir *source_dir_free(struct source_dir *s);
/* What was given, as it may be shown and kept: without user and password;
 * yours. */
char *source_dir_shown(const char *text);
/* Its path; borrowed. */
const char *source_dir_path(const struct source_dir *s);
/* Was it fetched, so that its files are not the user's own? */
bool source_dir_is_foreign(const struct source_dir *s);

DEFINE_CLEANUP(struct source_dir *, source_dir_free);

#endif
