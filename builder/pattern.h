/* SPDX-License-Identifier: Apache-2.0 */
/* pattern: the wildcards of ${name#pattern} and its kin (POSIX shell patterns
 * without brackets, as BuildKit has them). */
#ifndef BUILDER_PATTERN_H
#define BUILDER_PATTERN_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/scope.h"

struct pattern;

enum pattern_side { PATTERN_PREFIX, PATTERN_SUFFIX };

/* `*` is any text without a newline, `?` one character; the escape may stand
 * before * ? itself } and /. -EINVAL before anything else, -E2BIG over 1,024
 * characters. */
int pattern_parse(const char *text, char escape, struct pattern **ret,
	struct error *err);
struct pattern *pattern_free(struct pattern *p);

/* The value without the shortest or longest part at that side that matches;
 * yours. Takes time linear in pattern times value, as all here does. */
char *pattern_trim(const struct pattern *p, const char *value,
	enum pattern_side side, bool longest);
/* The value with the first match, or every match, replaced. Matches are the
 * leftmost and longest, and do not overlap. Adds to `ret`. */
void pattern_replace(const struct pattern *p, const char *value,
	const char *replacement, bool every, struct buf *ret);

DEFINE_CLEANUP(struct pattern *, pattern_free);

#endif
