/* SPDX-License-Identifier: Apache-2.0 */
/* template-parse: a template as a tree. Private to template*.c. */
#ifndef RUNNER_TEMPLATE_PARSE_H
#define RUNNER_TEMPLATE_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/arena.h"
#include "runner/template-lex.h"
#include "runner/value.h"
#include "util/map.h"

#define TEMPLATE_DEPTH_MAX 64

enum operand_kind {
	OPERAND_FIELD,	  /* of the dot */
	OPERAND_VARIABLE, /* `name`, "" for the root */
	OPERAND_VALUE,
	OPERAND_CALL,	  /* of the function `name` */
	OPERAND_PIPELINE, /* in parentheses */
};

struct operand {
	struct operand *next;
	enum operand_kind kind;
	const char *at;
	const char *name;
	const char *fields; /* "A.B" of it, or NULL */
	const struct value *value;
	struct pipeline *pipeline;
};

/* Its first operand is the function when there are several. */
struct command_call {
	struct command_call *next;
	struct operand *operands;
};

struct pipeline {
	const char *at;
	const char *variables[2];      /* without "$"; NULL: none */
	bool assigns;		       /* "=", not ":=" */
	struct command_call *commands; /* NULL: nothing */
};

enum node_kind {
	NODE_TEXT,
	NODE_ACTION,
	NODE_IF,
	NODE_RANGE,
	NODE_WITH,
	NODE_BREAK,
	NODE_CONTINUE,
	NODE_TEMPLATE,
};

struct node {
	struct node *next;
	enum node_kind kind;
	const char *at;
	const char *text; /* of a text or action, or the name of a template */
	size_t len;
	struct pipeline *pipeline;
	struct node *body, *otherwise;
};

/* A template with those it defines, by name (struct node *); in the arena. */
struct template_tree {
	struct node *nodes;
	struct map *defined; /* the caller's */
};

/* Errors as template_render(). */
int template_parse(
	struct template_lexer *l, struct arena *a, struct template_tree *ret);

#endif
