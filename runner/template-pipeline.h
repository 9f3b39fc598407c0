/* SPDX-License-Identifier: Apache-2.0 */
/* template-pipeline: "$x := .A | f 1 (g 2)" as a tree. Private to
 * template*.c. */
#ifndef RUNNER_TEMPLATE_PIPELINE_H
#define RUNNER_TEMPLATE_PIPELINE_H

#include "runner/template-parse.h"

struct pipeline_parser {
	struct template_lexer lexer;
	struct arena *arena;
	struct token token;  /* at hand */
	const char *word_at; /* of the last name */
	unsigned depth;	     /* of parentheses */
};

/* The next token is at hand. */
int pipeline_next(struct pipeline_parser *p);
/* From the token at hand to what is no part of it. */
int pipeline_parse(struct pipeline_parser *p, struct pipeline **ret);

#endif
