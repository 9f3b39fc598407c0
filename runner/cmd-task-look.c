/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that look at a task file and run nothing. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runner/cmd-task.h"
#include "runner/commands.h"
#include "runner/graph.h"
#include "runner/schema.h"
#include "runner/value.h"
#include "runner/workspace.h"
#include "util/listing.h"
#include "util/mem.h"
#include "util/num.h"

static struct {
	const char *format;
	bool dot;
} opt;

/* "NAME:LINE:COLUMN: what", if it is of that form. */
static void
add_place(const char *text, struct json *row)
{
	static const char digits[] = "0123456789";
	static const char *const names[] = { "line", "column" };
	const char *at = text;
	uint64_t value;
	size_t len, i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		autofree char *number = NULL;

		at = strchr(at, ':');
		if (!at)
			return;
		len = strspn(++at, digits);
		number = mem_strndup(at, len);
		if (at[len] != ':' ||
			num_parse(number, INT32_MAX, &value, NULL) < 0)
			return;
		json_set_number(row, names[i], (int64_t)value);
		at += len;
	}
	json_set_text(row, "message", at + strspn(at, ": "));
}

static void
print_verdict(const struct task *t, const struct error *err)
{
	static const char *const headings[] = { "OK" };
	const char *const cells[] = { err ? "no" : "yes" };
	cleanup(listing_free) struct listing *l = listing_new(headings, 1);
	struct json *row = json_new_object();

	json_set_bool(row, "ok", !err);
	if (err) {
		json_set_text(row, "message", err->text);
		add_place(err->text, row);
	} else {
		json_set_number(row, "steps", (int64_t)t->step_count);
		json_set_text(row, "version", t->version);
	}
	listing_add(l, cells, row);
	listing_print(stdout, l, opt.format);
}

static int
lint_in_context(struct command_context *c, struct error *err)
{
	cleanup(variables_free) struct variables *v = NULL;
	cleanup(task_free) struct task *t = NULL;
	autofree char *id = workspace_new_id();
	struct load l;
	int r;

	r = task_request(c, id, &l, err);
	l.hints = true;
	if (r == 0)
		r = load_task(&l, &t, &v, err);
	if (c->json)
		print_verdict(t, r < 0 ? err : NULL);
	return r;
}

/* Its YAML, as JSON. */
static int
print_tree(const struct buf *text, struct error *err)
{
	cleanup(yaml_doc_free) struct yaml_doc *y = NULL;
	cleanup(arena_free) struct arena *a = arena_new(MiB(64));
	cleanup_value(buf_release) struct buf out = { 0 };
	cleanup(json_free) struct json *j = NULL;
	int r;

	r = yaml_doc_parse(buf_text(text), text->len, "the text", &y, err);
	if (r < 0)
		return r;
	j = value_to_json(value_from_yaml(a, yaml_doc_root(y)));
	buf_init(&out, MiB(16));
	json_format(j, &out);
	(void)printf("%s\n", buf_text(&out));
	return 0;
}

static int
render_in_context(struct command_context *c, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *id = workspace_new_id();
	struct load l;
	int r;

	buf_init(&text, MiB(2));
	r = task_request(c, id, &l, err);
	if (r == 0)
		r = load_text(&l, &text, err);
	if (r < 0)
		return r;
	if (c->json)
		return print_tree(&text, err);
	fwrite(buf_text(&text), 1, text.len, stdout);
	return 0;
}

static int
graph_in_context(struct command_context *c, struct error *err)
{
	cleanup(variables_free) struct variables *v = NULL;
	cleanup(task_free) struct task *t = NULL;
	autofree char *id = workspace_new_id();
	int r;

	r = task_load(c, id, &t, &v, err);
	if (r < 0)
		return r;
	if (opt.dot)
		graph_print_dot(stdout, t);
	else
		graph_print(stdout, t, opt.format);
	return 0;
}

static int
run_lint(struct command_context *c, struct error *err)
{
	return task_in_context(c, lint_in_context, err);
}

static int
run_render(struct command_context *c, struct error *err)
{
	return task_in_context(c, render_in_context, err);
}

static int
run_graph(struct command_context *c, struct error *err)
{
	return task_in_context(c, graph_in_context, err);
}

static int
run_schema(struct command_context *c, struct error *err)
{
	cleanup(json_free) struct json *j = schema_new(NULL);
	cleanup_value(buf_release) struct buf out = { 0 };

	(void)c;
	(void)err;
	buf_init(&out, MiB(1));
	json_format_pretty(j, &out);
	(void)printf("%s\n", buf_text(&out));
	return 0;
}

static const struct option_spec look_options[] = {
	TASK_FILE_OPTIONS,
	CLI_FORMAT(opt.format),
	{ 0 },
};

static const struct option_spec graph_options[] = {
	TASK_FILE_OPTIONS,
	{ 0, "dot", NULL, "print it for dot(1) of Graphviz", OPT_FLAG,
		&opt.dot },
	CLI_FORMAT(opt.format),
	{ 0 },
};

static const struct option_spec schema_options[] = {
	{ 0 },
};

const struct command cmd_task_lint = {
	.name = "task lint",
	.operands = "[OPTIONS] [CONTEXT]",
	.summary = "check a task file and run nothing",
	.group = "Tasks",
	.options = look_options,
	.max_operands = 1,
	.operand_values = "@dir",
	.run = run_lint,
};

const struct command cmd_task_render = {
	.name = "task render",
	.operands = "[OPTIONS] [CONTEXT]",
	.summary = "print a task file as it is read",
	.group = "Tasks",
	.options = look_options,
	.max_operands = 1,
	.operand_values = "@dir",
	.run = run_render,
};

const struct command cmd_task_graph = {
	.name = "task graph",
	.operands = "[OPTIONS] [CONTEXT]",
	.summary = "print which step waits for which",
	.group = "Tasks",
	.options = graph_options,
	.max_operands = 1,
	.operand_values = "@dir",
	.run = run_graph,
};

const struct command cmd_task_schema = {
	.name = "task schema",
	.operands = "",
	.summary = "print the JSON schema of task files",
	.group = "Tasks",
	.options = schema_options,
	.run = run_schema,
};
