/* SPDX-License-Identifier: Apache-2.0 */
/* template-lex: a template's text and the words of its actions. Private to
 * template*.c. */
#ifndef RUNNER_TEMPLATE_LEX_H
#define RUNNER_TEMPLATE_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/error.h"

/* As text/template/parse/lex.go has them. */
enum token_kind {
	TOKEN_CLOSE,	/* }} or -}} */
	TOKEN_FIELD,	/* . or .A.B.C */
	TOKEN_VARIABLE, /* $ or $x or $x.A */
	TOKEN_STRING,	/* "..." or `...` */
	TOKEN_CHAR,	/* 'a' */
	TOKEN_NUMBER,
	TOKEN_NAME, /* a function or a control word */
	TOKEN_SIGN, /* | ( ) , = := */
};

struct token {
	enum token_kind kind;
	const char *at;
	size_t len;
};

struct template_lexer {
	const char *name; /* of the file */
	const char *text, *end;
	const char *at;
	struct error *err;
};

/* "name:line:column: ..."; -EINVAL, ERROR_REQUEST. */
int template_fail(const struct template_lexer *l, const char *where,
	const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Text up to the next action into `ret`, trimmed as the action's "{{-" says;
 * comments are skipped. 1 when inside an action now, 0 at the end. */
int template_lex_text(struct template_lexer *l, struct buf *ret);
/* The next word of the action. After TOKEN_CLOSE the lexer is in text. */
int template_lex_next(struct template_lexer *l, struct token *ret);
bool token_is(const struct token *t, const char *text);

#endif
