/* SPDX-License-Identifier: Apache-2.0 */
/* alias: short names in a task file, "$Registry" for a value; before its
 * templates. */
#ifndef RUNNER_ALIAS_H
#define RUNNER_ALIAS_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/template.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/scope.h"
#include "util/strv.h"

struct aliases;

/* Where a task file's aliases come from. Borrowed. */
struct alias_source {
	const char *name;	     /* of the file, for errors */
	int dir_fd;		     /* where its `src` files are; none may be
				 * elsewhere */
	const struct strv *defaults; /* files that are read first, lowest
				 * priority first; missing ones are none */
	const struct template_data *data; /* for the block */
	bool always; /* also without a version; see below */
};

/*
 * The names a task file may use: those that are built in, those of the files
 * `defaults` and `src`, those of its own block `alias:`. `ret` is NULL, and so
 * nothing is replaced, when the file says it is older than v1.1.0, or says
 * nothing and not `always`. Errors are "name:line:column: ...", -EINVAL or
 * -EFBIG, ERROR_REQUEST; of reading a file in `src`, ERROR_LOCAL.
 */
int aliases_read(const char *text, size_t len, const struct alias_source *s,
	struct aliases **ret, struct error *err);
struct aliases *aliases_free(struct aliases *a);

/*
 * The text with every "$name" replaced, and the block `alias:` by empty lines,
 * so that the others stay where they are. "$$" is "$"; a name that is not known
 * stays, and what ends it begins no other; lines that start with "#" stay.
 */
void aliases_replace(
	const struct aliases *a, const char *text, size_t len, struct buf *ret);
/* The image that `word` is short for when it is the first of a command,
 * borrowed, or NULL. */
const char *aliases_image(const struct aliases *a, const char *word);

DEFINE_CLEANUP(struct aliases *, aliases_free);

#endif
