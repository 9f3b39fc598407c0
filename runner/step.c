/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/step.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/path.h"

static struct strv *
new_argv(struct step_commands *c, const struct step_context *context,
	const char *command)
{
	struct strv *argv;

	c->argvs = mem_resize(c->argvs, c->count + 1, sizeof(*c->argvs));
	argv = &c->argvs[c->count++];
	*argv = (struct strv){ 0 };
	strv_add(argv, "slipway");
	strv_add_all(argv, context->global);
	strv_add(argv, command);
	return argv;
}

char *
step_inside_path(const struct step *s)
{
	return path_resolve(
		STEP_WORKSPACE, s->working_directory ? s->working_directory : "");
}

static int
leaves(const struct step *s, const char *path, struct error *err)
{
	error_set(err, EINVAL, "step '%s': '%s' leaves the workspace", s->id,
		path);
	error_kind(err, ERROR_REQUEST);
	return -EINVAL;
}

/* The same below the workspace, the only place where a build may be. */
static int
build_path(const struct step *s, char **ret, struct error *err)
{
	autofree char *inside = step_inside_path(s);

	if (!path_is_below(inside, STEP_WORKSPACE))
		return leaves(s, s->working_directory, err);
	*ret = mem_printf(".%s", inside + strlen(STEP_WORKSPACE));
	return 0;
}

/* A context that is neither standard input nor elsewhere on the net. */
static bool
is_directory(const char *context)
{
	return strcmp(context, "-") != 0 && !strstr(context, "://") &&
		strncmp(context, "git@", 4) != 0;
}

static int
check_context(const struct step *s, const char *directory,
	const char *context, struct error *err)
{
	autofree char *here = path_resolve(STEP_WORKSPACE, directory);
	autofree char *path = path_resolve(here, context);

	if (is_directory(context) &&
		(*context == '/' || !path_is_below(path, STEP_WORKSPACE)))
		return leaves(s, context, err);
	return 0;
}

int
step_build_words(const struct step *s, const struct step_context *context,
	const char *directory, const struct strv *args, struct strv *ret,
	struct error *err)
{
	cleanup_value(strv_release) struct strv operands = { 0 };
	size_t i;
	int r;

	r = cli_operands(context->build_options, NULL, (int)args->count,
		args->items, &operands, err);
	if (r < 0)
		return error_wrap(err, "step '%s': build", s->id);
	for (i = 0; r == 0 && i < operands.count; i++)
		r = check_context(s, directory, operands.items[i], err);
	if (r < 0)
		return r;
	strv_add_all(ret, args);
	if (operands.count == 0)
		strv_add(ret, ".");
	return 0;
}

static int
add_build(const struct step *s, const struct step_context *context,
	struct step_commands *ret, struct error *err)
{
	size_t i;
	int r;

	r = build_path(s, &ret->cwd, err);
	if (r == 0)
		r = step_build_words(s, context, ret->cwd, &s->words,
			new_argv(ret, context, "build"), err);
	if (r < 0)
		return r;
	for (i = 0; i < s->env.count; i++) {
		char *equals = strchr(s->env.items[i], '=');
		autofree char *name = mem_strndup(
			s->env.items[i], (size_t)(equals - s->env.items[i]));

		strv_env_set(&ret->env, name, equals + 1);
	}
	return 0;
}

static void
add_cmd(const struct step *s, const struct step_context *context,
	struct step_commands *ret)
{
	ret->count = 1;
	ret->step = s;
	ret->context = context;
	ret->cwd = mem_strdup(".");
}

static void
add_pushes(const struct step *s, const struct step_context *context,
	struct step_commands *ret)
{
	size_t i;

	for (i = 0; i < s->push.count; i++)
		strv_add(new_argv(ret, context, "push"), s->push.items[i]);
	ret->cwd = mem_strdup(".");
}

int
step_commands(const struct step *s, const struct step_context *context,
	struct step_commands *ret, struct error *err)
{
	cleanup_value(step_commands_release) struct step_commands c = { 0 };
	char **variable;
	int r = 0;

	c.program = context->program;
	c.workspace_fd = context->workspace_fd;
	for (variable = environ; *variable; variable++)
		strv_add(&c.env, *variable);
	switch (s->kind) {
	case STEP_BUILD:
		r = add_build(s, context, &c, err);
		break;
	case STEP_CMD:
		add_cmd(s, context, &c);
		break;
	case STEP_PUSH:
		add_pushes(s, context, &c);
		break;
	}
	if (r < 0)
		return r;
	*ret = c;
	c = (struct step_commands){ 0 };
	return 0;
}

void
step_commands_release(struct step_commands *c)
{
	size_t i;

	for (i = 0; c->argvs && i < c->count; i++)
		strv_release(&c->argvs[i]);
	free(c->argvs);
	strv_release(&c->env);
	free(c->cwd);
	*c = (struct step_commands){ 0 };
}
