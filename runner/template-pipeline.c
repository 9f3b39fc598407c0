/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/template-pipeline.h"

#include <string.h>

#include "runner/template-call.h"
#include "runner/template-literal.h"

int
pipeline_next(struct pipeline_parser *p)
{
	int r = template_lex_next(&p->lexer, &p->token);

	if (r == 0 && p->token.kind == TOKEN_NAME)
		p->word_at = p->token.at;
	return r;
}

static const char *
copy(struct pipeline_parser *p, const char *from, const char *to)
{
	return arena_strndup(p->arena, from, (size_t)(to - from));
}

/* "A.B" of ".A.B" */
static int
take_fields(struct pipeline_parser *p, const char *at, const char *end,
	const char **ret)
{
	const char *text = copy(p, at + 1, end);

	if (!*text || *text == '.' || strstr(text, "..") || end[-1] == '.')
		return template_fail(
			&p->lexer, at, "'.%s' is not a field", text);
	*ret = text;
	return 0;
}

static int
parse_field(struct pipeline_parser *p, struct operand *o)
{
	o->kind = OPERAND_FIELD;
	if (p->token.len == 1)
		return 0;
	return take_fields(
		p, p->token.at, p->token.at + p->token.len, &o->fields);
}

static int
parse_variable(struct pipeline_parser *p, struct operand *o)
{
	const char *end = p->token.at + p->token.len;
	const char *dot = memchr(p->token.at, '.', p->token.len);

	o->kind = OPERAND_VARIABLE;
	o->name = copy(p, p->token.at + 1, dot ? dot : end);
	return dot ? take_fields(p, dot, end, &o->fields) : 0;
}

static int
parse_name(struct pipeline_parser *p, struct operand *o)
{
	o->kind = OPERAND_VALUE;
	if (token_is(&p->token, "nil")) {
		o->value = &value_nil;
		return 0;
	}
	if (token_is(&p->token, "true") || token_is(&p->token, "false")) {
		o->value = value_bool(*p->token.at == 't');
		return 0;
	}
	o->kind = OPERAND_CALL;
	o->name = copy(p, p->token.at, p->token.at + p->token.len);
	return template_function_check(&p->lexer, o->at, o->name);
}

static int
parse_parentheses(struct pipeline_parser *p, struct operand *o)
{
	const char *end;
	int r;

	o->kind = OPERAND_PIPELINE;
	if (++p->depth > TEMPLATE_DEPTH_MAX)
		return template_fail(&p->lexer, o->at, "more than %d levels",
			TEMPLATE_DEPTH_MAX);
	r = pipeline_next(p);
	if (r == 0)
		r = pipeline_parse(p, &o->pipeline);
	if (r < 0)
		return r;
	p->depth--;
	if (!token_is(&p->token, ")"))
		return template_fail(&p->lexer, o->at, "'(' without ')'");
	end = p->lexer.at;
	if (end == p->lexer.end || *end != '.')
		return 0;
	r = pipeline_next(p);
	return r < 0 ? r : take_fields(p, end, p->lexer.at, &o->fields);
}

/* 1 and the next token at hand, or 0 when the token at hand is none. */
static int
parse_operand(struct pipeline_parser *p, struct operand **ret)
{
	struct operand *o = arena_alloc(p->arena, sizeof(*o));
	int r = 0;

	o->at = p->token.at;
	switch (p->token.kind) {
	case TOKEN_FIELD:
		r = parse_field(p, o);
		break;
	case TOKEN_VARIABLE:
		r = parse_variable(p, o);
		break;
	case TOKEN_STRING:
	case TOKEN_CHAR:
	case TOKEN_NUMBER:
		o->kind = OPERAND_VALUE;
		r = template_literal(&p->lexer, p->arena, &p->token, &o->value);
		break;
	case TOKEN_NAME:
		r = parse_name(p, o);
		break;
	case TOKEN_SIGN:
		if (!token_is(&p->token, "("))
			return 0;
		r = parse_parentheses(p, o);
		break;
	case TOKEN_CLOSE:
		return 0;
	}
	if (r == 0)
		r = pipeline_next(p);
	*ret = o;
	return r < 0 ? r : 1;
}

static int
parse_command(struct pipeline_parser *p, struct command_call **ret)
{
	struct command_call *c = arena_alloc(p->arena, sizeof(*c));
	struct operand **tail = &c->operands;
	int r;

	while ((r = parse_operand(p, tail)) > 0)
		tail = &(*tail)->next;
	if (r < 0)
		return r;
	if (!c->operands)
		return template_fail(&p->lexer, p->token.at,
			"'%.*s' where a value is wanted", (int)p->token.len,
			p->token.at);
	if (c->operands->next && c->operands->kind != OPERAND_CALL)
		return template_fail(&p->lexer, c->operands->next->at,
			"an argument for what is no function");
	*ret = c;
	return 0;
}

static int
add_variable(struct pipeline_parser *p, struct pipeline *l, unsigned index)
{
	if (p->token.kind != TOKEN_VARIABLE || p->token.len == 1 ||
		memchr(p->token.at, '.', p->token.len))
		return template_fail(&p->lexer, p->token.at,
			"'%.*s' cannot be set", (int)p->token.len, p->token.at);
	l->variables[index] =
		copy(p, p->token.at + 1, p->token.at + p->token.len);
	return pipeline_next(p);
}

/* "$x :=", "$x =" or "$k, $v :="; else the parser is where it was. */
static int
parse_declaration(struct pipeline_parser *p, struct pipeline *l)
{
	struct pipeline_parser before = *p;
	int r;

	if (p->token.kind != TOKEN_VARIABLE)
		return 0;
	r = pipeline_next(p);
	if (r < 0)
		return r;
	if (!token_is(&p->token, ",") && !token_is(&p->token, ":=") &&
		!token_is(&p->token, "=")) {
		*p = before;
		return 0;
	}
	*p = before;
	r = add_variable(p, l, 0);
	if (r == 0 && token_is(&p->token, ",")) {
		r = pipeline_next(p);
		if (r == 0)
			r = add_variable(p, l, 1);
	}
	if (r < 0)
		return r;
	l->assigns = token_is(&p->token, "=");
	if (!l->assigns && !token_is(&p->token, ":="))
		return template_fail(
			&p->lexer, p->token.at, "':=' is wanted here");
	return pipeline_next(p);
}

int
pipeline_parse(struct pipeline_parser *p, struct pipeline **ret)
{
	struct pipeline *l = arena_alloc(p->arena, sizeof(*l));
	struct command_call **tail = &l->commands;
	int r;

	l->at = p->token.at;
	r = parse_declaration(p, l);
	if (r == 0)
		r = parse_command(p, tail);
	while (r == 0 && token_is(&p->token, "|")) {
		tail = &(*tail)->next;
		r = pipeline_next(p);
		if (r == 0)
			r = parse_command(p, tail);
		if (r == 0 && (*tail)->operands->kind != OPERAND_CALL)
			r = template_fail(&p->lexer, (*tail)->operands->at,
				"behind '|' a function is wanted");
	}
	*ret = l;
	return r;
}
