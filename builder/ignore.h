/* SPDX-License-Identifier: Apache-2.0 */
/* ignore: .dockerignore patterns (moby/patternmatcher's rules). */
#ifndef BUILDER_IGNORE_H
#define BUILDER_IGNORE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"
#include "util/scope.h"
#include "util/strv.h"

struct ignore;

/* An ordered list of patterns; the text of a file. -EINVAL with file:line for
 * a bad pattern. Limits: 1 MiB, 10,000 patterns, 4,096 bytes a pattern. */
int ignore_parse(const char *file, const char *text, size_t len,
	struct ignore **ret, struct error *err);
/* The same from words (COPY --exclude); -EINVAL with the pattern. */
int ignore_from_words(const struct strv *words, struct ignore **ret,
	struct error *err);
struct ignore *ignore_free(struct ignore *i);
/* Is `path` (cleaned, no leading slash) left out? NULL ignores nothing. */
bool ignore_matches(const struct ignore *i, const char *path);
/* Might something below directory `path`, itself left out, come back in by an
 * exception? If not, a walk need not enter it. */
bool ignore_may_reinclude(const struct ignore *i, const char *path);

/*
 * The same while walking down a tree, where what a directory's path matched
 * need not be found out again for what is below it. `hits` has one member per
 * pattern: does it match the path or a directory above?
 */
size_t ignore_count(const struct ignore *i);	/* NULL: 0 */
/* `above` are the hits of the directory that holds `path`, NULL at the root;
 * `ret_hits` is filled unless it is NULL (for what is not a directory). */
bool ignore_matches_below(const struct ignore *i, const bool *above,
	const char *path, bool *ret_hits);
/* Where a walk begins: the hits of `path` itself. The root ("" or ".") has
 * none and is never left out. */
bool ignore_matches_start(const struct ignore *i, const char *path,
	bool *ret_hits);

DEFINE_CLEANUP(struct ignore *, ignore_free);

#endif
