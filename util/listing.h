/* SPDX-License-Identifier: Apache-2.0 */
/* listing: what a command found, as a table, as JSON, or as JSON lines. */
#ifndef UTIL_LISTING_H
#define UTIL_LISTING_H

#include <stddef.h>
#include <stdio.h>

#include "util/json.h"
#include "util/scope.h"

struct listing;

/* Headings of the table; borrowed until the listing is printed. */
struct listing *listing_new(const char *const *headings, size_t columns);
struct listing *listing_free(struct listing *l);
/* One thing: its cells for people (copied), and the same for programs (taken
 * over), with members that do not change their names or units. */
void listing_add(struct listing *l, const char *const *cells,
	struct json *row);
/* `format` as main() checked it: NULL or "table", "json" (one array),
 * "ndjson" (an object a line). */
void listing_print(FILE *to, const struct listing *l, const char *format);

DEFINE_CLEANUP(struct listing *, listing_free);

#endif
