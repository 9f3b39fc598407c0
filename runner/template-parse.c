/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/template-parse.h"

#include <string.h>

#include "runner/template-literal.h"
#include "runner/template-pipeline.h"
#include "runner/template.h"
#include "util/mem.h"

/* What ended a list of nodes. */
enum list_end { END_OF_TEXT, END_OF_BLOCK, END_BY_ELSE };

struct tree_parser {
	struct pipeline_parser p; /* `token` is the one at hand */
	struct template_tree *tree;
	unsigned depth;
	unsigned loops;
};

static int parse_list(
	struct tree_parser *t, struct node **ret, enum list_end *ret_end);

static struct node *
new_node(struct tree_parser *t, enum node_kind kind, const char *at)
{
	struct node *n = arena_alloc(t->p.arena, sizeof(*n));

	n->kind = kind;
	n->at = at;
	return n;
}

static int
expect_close(struct tree_parser *t)
{
	if (t->p.token.kind == TOKEN_CLOSE)
		return 0;
	return template_fail(&t->p.lexer, t->p.token.at,
		"'%.*s' is too much here", (int)t->p.token.len, t->p.token.at);
}

static int
parse_else(struct tree_parser *t, struct node *n)
{
	enum list_end end;
	int r;

	r = expect_close(t);
	if (r == 0)
		r = parse_list(t, &n->otherwise, &end);
	if (r == 0 && end == END_BY_ELSE)
		return template_fail(
			&t->p.lexer, n->at, "a second 'else' for this");
	if (r == 0 && end != END_OF_BLOCK)
		return template_fail(&t->p.lexer, n->at, "this has no 'end'");
	return r;
}

/* Behind "if", "range" or "with". */
static int
parse_branch(struct tree_parser *t, enum node_kind kind, const char *at,
	struct node **ret)
{
	struct node *n = new_node(t, kind, at);
	enum list_end end;
	int r;

	*ret = n;
	r = pipeline_parse(&t->p, &n->pipeline);
	if (r == 0)
		r = expect_close(t);
	if (r < 0)
		return r;
	t->loops += kind == NODE_RANGE;
	r = parse_list(t, &n->body, &end);
	t->loops -= kind == NODE_RANGE;
	if (r < 0 || end == END_OF_BLOCK)
		return r;
	if (end == END_OF_TEXT)
		return template_fail(&t->p.lexer, at, "this has no 'end'");
	if (!token_is(&t->p.token, "if") && !token_is(&t->p.token, "with"))
		return parse_else(t, n);
	/* "else if": the inner one's end is ours, too. */
	kind = token_is(&t->p.token, "if") ? NODE_IF : NODE_WITH;
	at = t->p.token.at;
	if (++t->depth > TEMPLATE_DEPTH_MAX)
		return template_fail(&t->p.lexer, at, "more than %d levels",
			TEMPLATE_DEPTH_MAX);
	r = pipeline_next(&t->p);
	if (r == 0)
		r = parse_branch(t, kind, at, &n->otherwise);
	t->depth--;
	return r;
}

/* "define" puts its body aside, "block" uses it at once as well. */
static int
parse_define(
	struct tree_parser *t, const char *at, bool is_block, struct node **ret)
{
	struct node *n = new_node(t, NODE_TEMPLATE, at);
	const struct value *name;
	enum list_end end;
	struct node *body;
	int r;

	if (t->p.token.kind != TOKEN_STRING)
		return template_fail(&t->p.lexer, t->p.token.at,
			"the name of a template is a string");
	r = template_literal(&t->p.lexer, t->p.arena, &t->p.token, &name);
	if (r == 0)
		r = pipeline_next(&t->p);
	n->text = r == 0 ? name->text : NULL;
	if (r == 0 && is_block)
		r = pipeline_parse(&t->p, &n->pipeline);
	if (r == 0)
		r = expect_close(t);
	if (r == 0)
		r = parse_list(t, &body, &end);
	if (r < 0)
		return r;
	if (end != END_OF_BLOCK)
		return template_fail(&t->p.lexer, at, "this has no 'end'");
	map_set(t->tree->defined, n->text, body ? body : n);
	if (!body)
		map_set(t->tree->defined, n->text, new_node(t, NODE_TEXT, at));
	*ret = is_block ? n : NULL;
	return 0;
}

static int
parse_template(struct tree_parser *t, const char *at, struct node **ret)
{
	struct node *n = new_node(t, NODE_TEMPLATE, at);
	const struct value *name;
	int r;

	*ret = n;
	if (t->p.token.kind != TOKEN_STRING)
		return template_fail(&t->p.lexer, t->p.token.at,
			"the name of a template is a string");
	r = template_literal(&t->p.lexer, t->p.arena, &t->p.token, &name);
	if (r == 0)
		r = pipeline_next(&t->p);
	if (r < 0)
		return r;
	n->text = name->text;
	if (t->p.token.kind != TOKEN_CLOSE)
		r = pipeline_parse(&t->p, &n->pipeline);
	return r == 0 ? expect_close(t) : r;
}

static int
parse_jump(struct tree_parser *t, enum node_kind kind, const char *at,
	struct node **ret)
{
	*ret = new_node(t, kind, at);
	if (t->loops == 0)
		return template_fail(&t->p.lexer, at, "this is in no 'range'");
	return expect_close(t);
}

static int
parse_pipeline_action(struct tree_parser *t, struct node **ret)
{
	struct node *n = new_node(t, NODE_ACTION, t->p.token.at);
	int r;

	*ret = n;
	if (t->p.token.kind == TOKEN_CLOSE)
		return template_fail(&t->p.lexer, t->p.token.at,
			"an action with nothing in it");
	n->text = n->at;
	r = pipeline_parse(&t->p, &n->pipeline);
	n->len = (size_t)(t->p.token.at - n->at);
	return r == 0 ? expect_close(t) : r;
}

/* One action, whose first word is at hand. */
static int
parse_action(struct tree_parser *t, struct node **ret)
{
	static const struct {
		const char *word;
		enum node_kind kind;
	} branches[] = { { "if", NODE_IF }, { "range", NODE_RANGE },
		{ "with", NODE_WITH } };
	const struct token word = t->p.token;
	bool is_control = word.kind == TOKEN_NAME;
	size_t i;
	int r;

	for (i = 0; is_control && i < ARRAY_SIZE(branches); i++) {
		if (!token_is(&word, branches[i].word))
			continue;
		r = pipeline_next(&t->p);
		return r < 0 ? r
			     : parse_branch(t, branches[i].kind, word.at, ret);
	}
	is_control = token_is(&word, "define") || token_is(&word, "block") ||
		token_is(&word, "template") || token_is(&word, "break") ||
		token_is(&word, "continue");
	if (!is_control)
		return parse_pipeline_action(t, ret);
	r = pipeline_next(&t->p);
	if (r < 0)
		return r;
	if (token_is(&word, "template"))
		return parse_template(t, word.at, ret);
	if (token_is(&word, "break"))
		return parse_jump(t, NODE_BREAK, word.at, ret);
	if (token_is(&word, "continue"))
		return parse_jump(t, NODE_CONTINUE, word.at, ret);
	return parse_define(t, word.at, token_is(&word, "block"), ret);
}

static int
parse_text(struct tree_parser *t, struct node **ret)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	struct node *n;
	int r;

	buf_init(&text, TEMPLATE_TEXT_MAX);
	r = template_lex_text(&t->p.lexer, &text);
	if (r < 0 || text.len == 0)
		return r;
	n = new_node(t, NODE_TEXT, t->p.lexer.at);
	n->text = arena_strndup(t->p.arena, buf_text(&text), text.len);
	n->len = text.len;
	*ret = n;
	return r;
}

/* 1 when the list goes on. */
static int
parse_member(struct tree_parser *t, struct node **ret, enum list_end *ret_end)
{
	int r;

	r = pipeline_next(&t->p);
	if (r < 0)
		return r;
	if (token_is(&t->p.token, "end")) {
		*ret_end = END_OF_BLOCK;
		r = pipeline_next(&t->p);
		return r < 0 ? r : expect_close(t);
	}
	if (token_is(&t->p.token, "else")) {
		*ret_end = END_BY_ELSE;
		return pipeline_next(&t->p);
	}
	r = parse_action(t, ret);
	return r < 0 ? r : 1;
}

static int
parse_list(struct tree_parser *t, struct node **ret, enum list_end *ret_end)
{
	struct node **tail = ret;
	int r = 1;

	*ret = NULL;
	*ret_end = END_OF_TEXT;
	if (++t->depth > TEMPLATE_DEPTH_MAX)
		return template_fail(&t->p.lexer, t->p.lexer.at,
			"more than %d levels", TEMPLATE_DEPTH_MAX);
	while (r > 0) {
		r = parse_text(t, tail);
		while (*tail)
			tail = &(*tail)->next;
		if (r > 0)
			r = parse_member(t, tail, ret_end);
		while (*tail)
			tail = &(*tail)->next;
	}
	t->depth--;
	return r;
}

int
template_parse(
	struct template_lexer *l, struct arena *a, struct template_tree *ret)
{
	struct tree_parser t = { .p = { .lexer = *l, .arena = a },
		.tree = ret };
	enum list_end end;
	int r;

	r = parse_list(&t, &ret->nodes, &end);
	if (r == 0 && end != END_OF_TEXT)
		return template_fail(l, t.p.word_at, "'%s' without a beginning",
			end == END_OF_BLOCK ? "end" : "else");
	return r;
}
