/* SPDX-License-Identifier: Apache-2.0 */
/* origin: a file whose lines are instructions: the Dockerfile, or what an
 * INCLUDE in it named. */
#ifndef BUILDER_ORIGIN_H
#define BUILDER_ORIGIN_H

#include <stddef.h>

#include "util/error.h"

struct origin {
	char *file;		/* name for messages */
	char *text;		/* all of it */
	size_t len;
	const struct origin *from;	/* whose INCLUDE names it, or NULL */
	int line, column;	/* of that INCLUDE */
};

/* Copies. `text` may hold anything. */
struct origin *origin_new(const char *file, const char *text, size_t len);
void origin_free(struct origin *o);
/* Say behind the hint of `err` which INCLUDEs led here. */
void origin_explain(const struct origin *o, struct error *err);
/* Is `file` this one, or one whose INCLUDE led here? */
int origin_is_within(const struct origin *o, const char *file);
/*
 * Where `text`, which is no longer than a line, stands from the place on to the
 * end of line `last`: 1 and the place becomes that one, else 0.
 */
int origin_find(const struct origin *o, const char *text, int last,
	int *line, int *column);
/* The line (counted from 1), without its end; NULL when there is none. */
const char *origin_line(const struct origin *o, int line, size_t *ret_len);

#endif
