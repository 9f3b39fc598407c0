/* SPDX-License-Identifier: Apache-2.0 */
/* glob: Go's filepath.Match, the wildcards of COPY. */
#ifndef UTIL_GLOB_H
#define UTIL_GLOB_H

#include <stdbool.h>

/* 1 match, 0 no match, -EINVAL malformed pattern. `*` and `?` do not cross a
 * slash; [a-z] and [^a-z]; backslash escapes. Takes time linear in pattern
 * times text. */
int glob_match(const char *pattern, const char *text);
/* Does it hold any of * ? [ or a backslash? */
bool glob_has_wildcard(const char *pattern);

#endif
