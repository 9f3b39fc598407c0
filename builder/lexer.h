/* SPDX-License-Identifier: Apache-2.0 */
/* lexer: the text of a Dockerfile as logical lines: comments taken out,
 * continued lines joined, every byte's place remembered. */
#ifndef BUILDER_LEXER_H
#define BUILDER_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"
#include "util/strv.h"

/* Where the bytes of a joined line from `offset` on came from; 1-based. */
struct lexer_place {
	size_t offset;
	int line, column;
};

/* One instruction's text without its line ends; the instruction begins at its
 * first byte that is no blank, and ends in none. All-zero is empty. */
struct lexer_line {
	char *text;
	struct lexer_place *places;	/* sorted by offset, the first is 0 */
	size_t place_count;
	int last_line;
	struct strv comments;		/* of the lines just above it */
	bool has_blank_line;		/* within the continuation */
	bool has_cr;			/* it ended in CR LF */
};

/* Reads borrowed text. `fixed_line` is set for the text of an ONBUILD trigger:
 * all errors are then placed there, at the FROM that brought it. */
struct lexer {
	const char *file;
	const char *text;
	size_t len, pos;
	int line;		/* of the last line read, 0 before */
	char escape;
	int fixed_line, fixed_column;
};

/* What the comments at the very top ask for; borrowed pieces are copied. */
struct lexer_directives {
	char escape;		/* '\\' unless asked for */
	char *syntax;		/* NULL when not there */
	char *check;
};

/* Begins at the first line (after a byte-order mark). */
void lexer_init(struct lexer *l, const char *file, const char *text,
	size_t len);
/* Read `# name=value` comments at the top; does not move the lexer. -EINVAL for
 * a repeated directive and for an escape that is neither \ nor `. */
int lexer_read_directives(const struct lexer *l, struct lexer_directives *ret,
	struct error *err);
void lexer_directives_release(struct lexer_directives *d);

/* The next instruction's line into an empty `ret`: 1, or 0 at the end. */
int lexer_next(struct lexer *l, struct lexer_line *ret);
void lexer_line_release(struct lexer_line *line);
/* The next line as it stands, its line end included: 1, or 0 at the end. */
int lexer_next_raw(struct lexer *l, const char **ret, size_t *ret_len);

/* Where the byte at `offset` of `line` stands in the file. */
void lexer_place_of(const struct lexer_line *line, size_t offset,
	int *ret_line, int *ret_column);
/* Say that `err` is about that byte and is the request's fault; returns
 * -err->code. */
int lexer_fail(const struct lexer *l, const struct lexer_line *line,
	size_t offset, struct error *err);
/* Put "FILE:LINE:COLUMN: " before err and the line with a caret into its hint;
 * returns -err->code. */
int lexer_place_error(const char *file, const char *text, size_t len, int line,
	int column, struct error *err);

/* Blanks between words of an instruction. */
bool lexer_is_blank(char c);

#endif
