/* SPDX-License-Identifier: Apache-2.0 */
/* heredoc: `<<NAME` in the text of an instruction, and the lines it takes. */
#ifndef BUILDER_HEREDOC_H
#define BUILDER_HEREDOC_H

#include <stdbool.h>
#include <stddef.h>

#include "builder/lexer.h"

/* `<<NAME` of RUN, COPY, ADD. */
struct heredoc {
	char *name;
	char *body;		/* as written, final newline kept; a RUN's has
				 * no CR when the instruction's line ended in
				 * CR LF */
	unsigned fd;
	bool strip_tabs;	/* <<- */
	bool expand;		/* delimiter was not quoted */
	int line;		/* first line of the body */
};

void heredoc_release(struct heredoc *h);
/* A list as heredoc_find() makes it, and all in it. */
void heredoc_free_all(struct heredoc *list, size_t count);

/*
 * The heredocs named in `text`, in order, without bodies; none when its quotes
 * do not balance. `ret` is yours. `ret_others` (may be NULL, else yours) is the
 * text with blanks where those words stood, `ret_is_last` whether one of them
 * is the last word.
 */
void heredoc_find(const char *text, struct heredoc **ret, size_t *ret_count,
	char **ret_others, bool *ret_is_last);

/* Read the body of `h` from the lines that come next. `drop_cr` takes the CR
 * from line ends. False when the end of the text comes first. */
bool heredoc_read(struct heredoc *h, struct lexer *l, bool drop_cr);

/* The body of a heredoc, leading tabs stripped for `<<-`. Yours. */
char *heredoc_text(const struct heredoc *h);

#endif
