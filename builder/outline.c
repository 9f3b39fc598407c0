/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/outline.h"

#include <string.h>
#include <strings.h>

#include "builder/lint-show.h"
#include "builder/run-mount.h"
#include "util/mem.h"
#include "util/scope.h"

#define FIRST_WIDTH 24
#define SECOND_WIDTH 24

/* "# NAME text" just above: the text, borrowed, or NULL. */
static const char *
description_of(const struct instr *i, const char *name)
{
	size_t len = strlen(name);

	for (size_t n = 0; n < i->comments.count; n++) {
		const char *text = i->comments.items[n];

		if (strncasecmp(text, name, len) == 0 && text[len] == ' ')
			return text + len + 1;
	}
	return NULL;
}

static struct json *
format_stage(const struct plan *p, size_t number)
{
	const struct stage *s = &p->file->stages[number];
	struct json *j = json_new_object();

	json_set_text(j, "name", s->name);
	if (number + 1 == p->count)
		json_set_bool(j, "default", true);
	if (s->name)
		json_set_text(
			j, "description", description_of(&s->from, s->name));
	json_set_text(j, "base", s->base);
	json_set_text(j, "platform", s->platform);
	json_set(j, "location",
		lint_show_lines(s->from.line, s->from.last_line));
	return j;
}

struct json *
outline_targets(const struct plan *p)
{
	struct json *j = json_new_object(), *list = json_new_array();

	for (size_t n = 0; n < p->count; n++)
		json_append(list, format_stage(p, n));
	json_set(j, "targets", list);
	json_set(j, "sources", lint_show_sources(p->file));
	return j;
}

/* The member of the list with this name, made when it is not there. */
static struct json *
member(struct json *list, const char *key, const char *name)
{
	struct json *j;

	for (size_t n = 0; n < json_count(list); n++) {
		j = json_at(list, n);
		if (strcmp(json_get_text(j, key), name) == 0)
			return j;
	}
	j = json_new_object();
	json_set_text(j, key, name);
	json_append(list, j);
	return j;
}

static void
add_arg(const struct plan *p, struct json *list, const struct instr *i,
	const char *word)
{
	cleanup_value(strv_release) struct strv vars = { 0 };
	autofree char *name = mem_strndup(word, strcspn(word, "="));
	struct json *j = member(list, "name", name);
	const char *about = description_of(i, name);
	const char *value;

	strv_copy(&vars, &p->args->globals);
	(void)args_apply(p->args, i, p->file->escape, &vars, NULL);
	value = strv_env_get(&vars, name);
	if (about)
		json_set_text(j, "description", about);
	if (value)
		json_set_text(j, "value", value);
	if (!json_get(j, "location"))
		json_set(j, "location", lint_show_lines(i->line, i->last_line));
}

static void
add_args(const struct plan *p, struct json *list, const struct instr *i)
{
	for (size_t n = 0; i->kind == INSTR_ARG && n < i->args.count; n++)
		add_arg(p, list, i, i->args.items[n]);
}

/* What RUN mounts, by kind. */
struct mounted {
	struct json *secrets, *agents, *caches;
};

static void
add_mount(const struct plan *p, struct mounted *to, const char *text)
{
	const struct state s = { .escape = p->file->escape };
	cleanup_value(run_mount_release) struct run_mount m = { 0 };
	struct json *j;

	if (run_mount_parse(text, &s, "/", &m, NULL) < 0 || !m.id)
		return;
	if (m.type == RUN_MOUNT_CACHE)
		(void)member(to->caches, "ID", m.id);
	if (m.type != RUN_MOUNT_SECRET && m.type != RUN_MOUNT_SSH)
		return;
	j = member(m.type == RUN_MOUNT_SSH ? to->agents : to->secrets, "name",
		m.id);
	if (m.required)
		json_set_bool(j, "required", true);
}

static void
add_mounts(const struct plan *p, struct mounted *to, const struct instr *i)
{
	cleanup_value(strv_release) struct strv mounts = { 0 };

	instr_flag_list(i, "mount", &mounts);
	for (size_t n = 0; n < mounts.count; n++)
		add_mount(p, to, mounts.items[n]);
}

static void
add_stage(const struct plan *p, const struct plan_stage *s, struct json *args,
	struct mounted *to)
{
	for (size_t n = 0; s->needed && n < s->count; n++) {
		add_args(p, args, s->instrs[n]);
		add_mounts(p, to, s->instrs[n]);
	}
}

struct json *
outline_target(const struct plan *p)
{
	const struct plan_stage *target = &p->stages[p->target];
	struct json *j = json_new_object(), *args = json_new_array();
	struct mounted to = { json_new_array(), json_new_array(),
		json_new_array() };

	json_set_text(j, "name", target->title);
	if (target->stage->name)
		json_set_text(j, "description",
			description_of(
				&target->stage->from, target->stage->name));
	for (size_t n = 0; n < p->file->global_count; n++)
		add_args(p, args, &p->file->global_args[n]);
	for (size_t n = 0; n < p->count; n++)
		add_stage(p, &p->stages[n], args, &to);
	json_set(j, "args", args);
	json_set(j, "secrets", to.secrets);
	json_set(j, "ssh", to.agents);
	json_set(j, "cache", to.caches);
	json_set(j, "sources", lint_show_sources(p->file));
	return j;
}

/* One line of a table: cells padded to the width of their column. */
static void
add_row(struct buf *ret, const char *first, const char *second,
	const char *third)
{
	bool has_more = *second || *third;

	buf_addf(ret, "%-*s%s%-*s%s%s\n", has_more ? FIRST_WIDTH : 0, first,
		has_more ? " " : "", *third ? SECOND_WIDTH : 0, second,
		*third ? " " : "", third);
}

static const char *
text_of(const struct json *j, const char *key)
{
	const char *text = json_get_text(j, key);

	return text ? text : "";
}

void
outline_show_targets(const struct json *j, struct buf *ret)
{
	const struct json *list = json_get(j, "targets");

	add_row(ret, "TARGET", "DESCRIPTION", "");
	for (size_t n = 0; n < json_count(list); n++) {
		const struct json *t = json_at(list, n);
		bool is_last = json_get_bool(t, "default", false);
		autofree char *name = mem_printf("%s%s",
			json_get_text(t, "name") ? json_get_text(t, "name")
						 : "",
			is_last ? " (default)" : "");

		/* One without a name can only be had when it is the last. */
		if (*name)
			add_row(ret, name + (*name == ' '),
				text_of(t, "description"), "");
	}
}

static void
show_args(const struct json *list, struct buf *ret)
{
	if (json_count(list) == 0)
		return;
	buf_addc(ret, '\n');
	add_row(ret, "BUILD ARG", "VALUE", "DESCRIPTION");
	for (size_t n = 0; n < json_count(list); n++)
		add_row(ret, text_of(json_at(list, n), "name"),
			text_of(json_at(list, n), "value"),
			text_of(json_at(list, n), "description"));
}

static void
show_names(const char *heading, const char *key, const struct json *list,
	struct buf *ret)
{
	if (json_count(list) == 0)
		return;
	buf_addf(ret, "\n%s\n", heading);
	for (size_t n = 0; n < json_count(list); n++)
		buf_addf(ret, "%s%s\n", text_of(json_at(list, n), key),
			json_get_bool(json_at(list, n), "required", false)
				? " (required)"
				: "");
}

void
outline_show_target(const struct json *j, struct buf *ret)
{
	buf_addf(ret, "TARGET: %s\n", text_of(j, "name"));
	if (json_get(j, "description"))
		buf_addf(ret, "DESCRIPTION: %s\n", text_of(j, "description"));
	show_args(json_get(j, "args"), ret);
	show_names("SECRET", "name", json_get(j, "secrets"), ret);
	show_names("SSH", "name", json_get(j, "ssh"), ret);
	show_names("CACHE", "ID", json_get(j, "cache"), ret);
}
