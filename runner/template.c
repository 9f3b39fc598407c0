/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/template.h"

#include <errno.h>
#include <string.h>

#include "runner/late.h"
#include "runner/template-call.h"
#include "runner/template-parse.h"
#include "util/cli.h"
#include "util/mem.h"
#include "util/strv.h"

#define MEMORY_MAX MiB(64)
#define VARIABLES_MAX 1000

struct variable {
	const char *name;
	const struct value *value;
};

/* How a list of nodes ended. */
enum flow { FLOW_ON, FLOW_BREAK, FLOW_CONTINUE };

struct renderer {
	struct template_lexer *lexer;
	struct arena *arena;
	const struct template_data *data;
	struct map *defined;
	struct buf *ret;
	struct variable variables[VARIABLES_MAX];
	size_t variable_count;
	unsigned steps, depth;
};

static int run_list(struct renderer *r, const struct node *n,
	const struct value *dot, enum flow *ret);
static int run_pipeline(struct renderer *r, const struct pipeline *p,
	const struct value *dot, const struct value **ret);

/* A nil that can say what was looked for. */
static const struct value *
not_there(struct renderer *r, const struct value *map, const char *path,
	const char *key)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	struct value *v = arena_alloc(r->arena, sizeof(*v));
	autofree char *what = NULL;
	const char *near;
	size_t i;

	for (i = 0; map->kind == VALUE_MAP && i < map->count; i++)
		strv_add(&names, map->keys[i]);
	near = cli_nearest(
		key, (const char *const *)strv_view(&names), names.count);
	what = mem_printf("there is no '.%s'%s%s%s", path,
		near ? ", did you mean '" : "", near ? near : "",
		near ? "'?" : "");
	v->text = arena_strndup(r->arena, what, strlen(what));
	return v;
}

static const struct value *
find_field(struct renderer *r, const struct value *from, const char *path)
{
	cleanup_value(strv_release) struct strv keys = { 0 };
	const struct value *v = from, *next;
	size_t i;

	strv_split(&keys, path, '.');
	for (i = 0; i < keys.count; i++) {
		next = value_get(v, keys.items[i]);
		if (!next)
			return v->kind == VALUE_NIL && v->text
				? v
				: not_there(r, v, path, keys.items[i]);
		v = next;
	}
	return v;
}

static int
find_variable(
	struct renderer *r, const struct operand *o, const struct value **ret)
{
	size_t i;

	for (i = r->variable_count; i > 0; i--) {
		if (strcmp(r->variables[i - 1].name, o->name) != 0)
			continue;
		*ret = r->variables[i - 1].value;
		return 0;
	}
	return template_fail(r->lexer, o->at, "no variable '$%s'", o->name);
}

static int
run_operand(struct renderer *r, const struct operand *o,
	const struct value *dot, const struct value **ret)
{
	struct call c = { .lexer = r->lexer,
		.at = o->at,
		.name = o->name,
		.arena = r->arena };
	int e = 0;

	switch (o->kind) {
	case OPERAND_FIELD:
		*ret = dot;
		break;
	case OPERAND_VARIABLE:
		e = find_variable(r, o, ret);
		break;
	case OPERAND_VALUE:
		*ret = o->value;
		break;
	case OPERAND_CALL:
		e = template_call(&c, ret);
		break;
	case OPERAND_PIPELINE:
		e = run_pipeline(r, o->pipeline, dot, ret);
		break;
	}
	if (e == 0 && o->fields)
		*ret = find_field(r, *ret, o->fields);
	return e;
}

/* `last`, from the command before, is the last argument; or NULL. */
static int
run_command(struct renderer *r, const struct command_call *command,
	const struct value *dot, const struct value *last,
	const struct value **ret)
{
	const struct operand *o = command->operands;
	struct call c = { .lexer = r->lexer,
		.at = o->at,
		.name = o->name,
		.arena = r->arena };
	int e = 0;

	if (o->kind != OPERAND_CALL)
		return run_operand(r, o, dot, ret);
	for (o = o->next; e == 0 && o; o = o->next) {
		if (c.count + 1 >= TEMPLATE_ARGUMENTS_MAX)
			return template_fail(
				r->lexer, o->at, "too many arguments");
		e = run_operand(r, o, dot, &c.args[c.count++]);
	}
	if (e < 0)
		return e;
	if (last)
		c.args[c.count++] = last;
	return template_call(&c, ret);
}

static int
set_variable(struct renderer *r, const struct pipeline *p, unsigned index,
	const struct value *v)
{
	const char *name = p->variables[index];
	size_t i;

	for (i = r->variable_count; p->assigns && i > 0; i--) {
		if (strcmp(r->variables[i - 1].name, name) != 0)
			continue;
		r->variables[i - 1].value = v;
		return 0;
	}
	if (p->assigns)
		return template_fail(
			r->lexer, p->at, "no variable '$%s'", name);
	if (r->variable_count == VARIABLES_MAX)
		return template_fail(r->lexer, p->at, "too many variables");
	r->variables[r->variable_count++] = (struct variable){ name, v };
	return 0;
}

/* How an operand, or one inside of it, has to do with what comes later. */
static void
look_for_late(const struct pipeline *p, bool at_root,
	unsigned *ret_waits, bool *ret_has_variable)
{
	const struct command_call *c;
	const struct operand *o;

	for (c = p->commands; c; c = c->next) {
		for (o = c->operands; o; o = o->next) {
			bool root = o->kind == OPERAND_FIELD
				? at_root
				: o->kind == OPERAND_VARIABLE && !*o->name;

			if (root && o->fields)
				*ret_waits |= late_waits_for(o->fields);
			if (o->kind == OPERAND_VARIABLE && *o->name)
				*ret_has_variable = true;
			if (o->kind == OPERAND_FIELD && !at_root)
				*ret_has_variable = true;
			if (o->pipeline)
				look_for_late(o->pipeline, at_root,
					ret_waits, ret_has_variable);
		}
	}
}

/* Without setting its variables. */
static int
run_commands(struct renderer *r, const struct pipeline *p,
	const struct value *dot, const struct value **ret)
{
	const struct command_call *c;
	const struct value *v = NULL;
	bool has_variable = false;
	unsigned waits = 0;
	int e;

	if (r->data->late)
		look_for_late(
			p, dot == r->data->root, &waits, &has_variable);
	if (waits)
		return template_fail(r->lexer, p->at,
			"this is known only later: not for if, range, with");
	for (c = p->commands; c; c = c->next) {
		e = run_command(r, c, dot, v, &v);
		if (e < 0)
			return e;
	}
	*ret = v;
	return 0;
}

static int
run_pipeline(struct renderer *r, const struct pipeline *p,
	const struct value *dot, const struct value **ret)
{
	int e;

	e = run_commands(r, p, dot, ret);
	if (e < 0 || !p->variables[0])
		return e;
	if (p->variables[1])
		return template_fail(
			r->lexer, p->at, "two variables are for 'range' only");
	return set_variable(r, p, 0, *ret);
}

/* 1 when the action was put off. */
static int
put_off(struct renderer *r, const struct node *n, const struct value *dot)
{
	bool has_variable = false;
	unsigned waits = 0;

	if (!r->data->late)
		return 0;
	look_for_late(
		n->pipeline, dot == r->data->root, &waits, &has_variable);
	if (!waits)
		return 0;
	if (has_variable || n->pipeline->variables[0])
		return template_fail(r->lexer, n->at,
			"this is known only later, without variables of now");
	late_add(r->data->late, n->text, n->len, waits, r->ret);
	return 1;
}

static int
run_action(struct renderer *r, const struct node *n, const struct value *dot)
{
	const struct value *v;
	int e;

	e = put_off(r, n, dot);
	if (e != 0)
		return e < 0 ? e : 0;
	e = run_pipeline(r, n->pipeline, dot, &v);
	if (e < 0 || n->pipeline->variables[0])
		return e;
	if (v->kind != VALUE_NIL) {
		value_format(v, r->ret);
		return 0;
	}
	if (v->text && !r->data->lenient)
		return template_fail(r->lexer, n->at, "%s", v->text);
	return 0;
}

static int
run_branch(struct renderer *r, const struct node *n, const struct value *dot,
	enum flow *ret)
{
	const size_t before = r->variable_count;
	const struct value *v;
	int e;

	e = run_pipeline(r, n->pipeline, dot, &v);
	if (e < 0)
		return e;
	if (!value_is_true(v))
		e = run_list(r, n->otherwise, dot, ret);
	else
		e = run_list(r, n->body, n->kind == NODE_WITH ? v : dot, ret);
	r->variable_count = before;
	return e;
}

/* One turn of a range: its variables, then its body. */
static int
run_turn(struct renderer *r, const struct node *n, const struct value *list,
	size_t i, enum flow *ret)
{
	const struct pipeline *p = n->pipeline;
	const struct value *key, *item = list->items[i];
	int e = 0;

	key = list->kind == VALUE_MAP ? value_text(r->arena, list->keys[i])
				      : value_int(r->arena, (int64_t)i);
	if (p->variables[1]) {
		e = set_variable(r, p, 0, key);
		if (e == 0)
			e = set_variable(r, p, 1, item);
	} else if (p->variables[0]) {
		e = set_variable(r, p, 0, item);
	}
	return e < 0 ? e : run_list(r, n->body, item, ret);
}

static int
run_range(struct renderer *r, const struct node *n, const struct value *dot)
{
	const size_t before = r->variable_count;
	const struct value *list;
	enum flow flow = FLOW_ON;
	size_t i;
	int e;

	e = run_commands(r, n->pipeline, dot, &list);
	if (e < 0)
		return e;
	if (list->kind == VALUE_INT && list->integer > 0)
		return template_fail(
			r->lexer, n->at, "'range' over a number: use 'until'");
	if (list->kind != VALUE_LIST && list->kind != VALUE_MAP &&
		list->kind != VALUE_NIL && value_is_true(list))
		return template_fail(r->lexer, n->at, "'range' over a %s",
			value_kind_name(list));
	if (list->count == 0)
		return run_list(r, n->otherwise, dot, &flow);
	for (i = 0; e == 0 && i < list->count && flow != FLOW_BREAK; i++) {
		e = run_turn(r, n, list, i, &flow);
		r->variable_count = before;
	}
	return e;
}

/* A template of its own sees "$" and its dot, no other variable. */
static int
run_template(struct renderer *r, const struct node *n, const struct value *dot)
{
	const struct node *body = map_get(r->defined, n->text);
	const struct value *v = &value_nil;
	struct variable first = r->variables[0];
	const size_t before = r->variable_count;
	enum flow flow;
	int e = 0;

	if (!body)
		return template_fail(
			r->lexer, n->at, "no template '%s'", n->text);
	if (n->pipeline)
		e = run_pipeline(r, n->pipeline, dot, &v);
	if (e < 0)
		return e;
	if (r->variable_count == VARIABLES_MAX)
		return template_fail(r->lexer, n->at, "too many variables");
	r->variables[r->variable_count++] = (struct variable){ "", v };
	e = run_list(r, body, v, &flow);
	r->variables[0] = first;
	r->variable_count = before;
	return e;
}

static int
run_node(struct renderer *r, const struct node *n, const struct value *dot,
	enum flow *ret)
{
	switch (n->kind) {
	case NODE_TEXT:
		buf_add(r->ret, n->text, n->len);
		return 0;
	case NODE_ACTION:
		return run_action(r, n, dot);
	case NODE_IF:
	case NODE_WITH:
		return run_branch(r, n, dot, ret);
	case NODE_RANGE:
		return run_range(r, n, dot);
	case NODE_TEMPLATE:
		return run_template(r, n, dot);
	case NODE_BREAK:
		*ret = FLOW_BREAK;
		return 0;
	case NODE_CONTINUE:
		*ret = FLOW_CONTINUE;
		return 0;
	}
	return 0;
}

static int
run_list(struct renderer *r, const struct node *n, const struct value *dot,
	enum flow *ret)
{
	const size_t before = r->variable_count;
	int e = 0;

	*ret = FLOW_ON;
	if (!n)
		return 0;
	if (++r->depth > TEMPLATE_DEPTH_MAX)
		return template_fail(r->lexer, n->at, "more than %d levels",
			TEMPLATE_DEPTH_MAX);
	for (; e == 0 && n && *ret == FLOW_ON; n = n->next) {
		if (++r->steps > TEMPLATE_STEPS_MAX || r->ret->overflow ||
			arena_is_full(r->arena))
			return template_fail(
				r->lexer, n->at, "the template does too much");
		e = run_node(r, n, dot, ret);
	}
	r->depth--;
	r->variable_count = before;
	return e;
}

static int
render(struct template_lexer *l, struct arena *a,
	const struct template_data *data, struct buf *ret)
{
	cleanup(map_free) struct map *defined = map_new(NULL);
	struct template_tree tree = { .defined = defined };
	autofree struct renderer *r = mem_zalloc(sizeof(*r));
	enum flow flow;
	int e;

	e = template_parse(l, a, &tree);
	if (e < 0)
		return e;
	r->lexer = l;
	r->arena = a;
	r->data = data;
	r->defined = defined;
	r->ret = ret;
	r->variables[r->variable_count++] = (struct variable){ "", data->root };
	return run_list(r, tree.nodes, data->root, &flow);
}

int
template_render(const char *text, size_t len, const char *name,
	const struct template_data *data, struct buf *ret, struct error *err)
{
	cleanup(arena_free) struct arena *a = arena_new(MEMORY_MAX);
	cleanup_value(buf_release) struct buf out = { 0 };
	struct template_lexer l = { .name = name,
		.text = text,
		.end = text + len,
		.at = text,
		.err = err };
	const size_t first = data->late ? late_count(data->late) : 0;
	int e;

	buf_init(&out, TEMPLATE_TEXT_MAX);
	if (len > TEMPLATE_TEXT_MAX) {
		error_set(err, EFBIG, "%s is larger than %u bytes", name,
			TEMPLATE_TEXT_MAX);
		return error_kind(err, ERROR_REQUEST);
	}
	e = render(&l, a, data, &out);
	if (e == 0)
		e = buf_check(&out, name, err);
	if (e == 0 && data->late)
		e = late_check(data->late, first, name, buf_text(&out), err);
	if (e == 0) {
		buf_add(ret, buf_text(&out), out.len);
		e = buf_check(ret, name, err);
	}
	return e < 0 ? error_kind(err, ERROR_REQUEST) : 0;
}
