/* SPDX-License-Identifier: Apache-2.0 */
/* ignore-pattern: one line of an ignore file, matched against paths. */
#ifndef BUILDER_IGNORE_PATTERN_H
#define BUILDER_IGNORE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"
#include "util/scope.h"

#define IGNORE_PATTERN_MAX 4096

struct ignore_pattern;

/* `text` is cleaned and has no leading slash or `!`. It may hold the wildcards
 * of filepath.Match, and `**` for any number of directories. -EINVAL when
 * filepath.Match calls it malformed, or over 4,096 bytes. */
int ignore_pattern_parse(const char *text, struct ignore_pattern **ret,
	struct error *err);
struct ignore_pattern *ignore_pattern_free(struct ignore_pattern *p);

/* The whole path. Takes time linear in pattern times path. */
bool ignore_pattern_matches(const struct ignore_pattern *p, const char *path);
/* Could a path below directory `path` match? */
bool ignore_pattern_may_match_below(const struct ignore_pattern *p,
	const char *path);

DEFINE_CLEANUP(struct ignore_pattern *, ignore_pattern_free);

#endif
