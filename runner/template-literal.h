/* SPDX-License-Identifier: Apache-2.0 */
/* template-literal: constants in templates. Private to template*.c. */
#ifndef RUNNER_TEMPLATE_LITERAL_H
#define RUNNER_TEMPLATE_LITERAL_H

#include "runner/arena.h"
#include "runner/template-lex.h"
#include "runner/value.h"

/* What a TOKEN_STRING, TOKEN_CHAR or TOKEN_NUMBER means, as in Go. */
int template_literal(const struct template_lexer *l, struct arena *a,
	const struct token *t, const struct value **ret);

#endif
