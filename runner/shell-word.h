/* SPDX-License-Identifier: Apache-2.0 */
/* shell-word: quotes, backslashes and "$" while a script is parsed. */
#ifndef RUNNER_SHELL_WORD_H
#define RUNNER_SHELL_WORD_H

#include "runner/shell.h"
#include "util/buf.h"

/* A text on its way to a script. */
struct shell_parser {
	const char *at;
	bool simple;	/* one command, nothing expanded */
	struct shell_script *script;
	struct buf text;	/* of the part that is being read */
	struct shell_word word;	/* that is being read */
	bool in_word;
	bool quoted;		/* is `text`? */
	struct shell_redirect *redirect; /* the word is its target */
	struct error *err;
};

/* -EINVAL, ERROR_REQUEST: "WHAT needs a shell", with the hint how to have one;
 * "WHAT HOW". */
int shell_refuse(struct shell_parser *p, const char *what);
int shell_wrong(struct shell_parser *p, const char *what, const char *how);

/* What was read so far becomes a part of the word. */
void shell_end_part(struct shell_parser *p);
/* Behind the opening quote, to behind the closing one. */
int shell_single_quoted(struct shell_parser *p);
int shell_double_quoted(struct shell_parser *p);
/* At a backslash, to behind what it protects. */
int shell_escaped(struct shell_parser *p);
/* At "$" or "`". */
int shell_expansion(struct shell_parser *p, bool quoted);
void shell_word_release(struct shell_word *w);

#endif
