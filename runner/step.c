/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/step.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "runner/step-cache.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

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

/* By its name; as a path below the workspace into `ret`. */
static int
add_below(const struct step *s, const char *directory, const char *path,
	struct strv *ret, struct error *err)
{
	autofree char *here = path_resolve(STEP_WORKSPACE, directory);
	autofree char *inside = path_resolve(here, path);

	if (!path_is_below(inside, STEP_WORKSPACE) || *path == '/')
		return leaves(s, path, err);
	strv_addf(ret, ".%s", inside + strlen(STEP_WORKSPACE));
	return 0;
}

/* A Dockerfile, and what is left out beside it. */
static int
add_recipe(const struct step *s, const char *directory, const char *path,
	struct strv *ret, struct error *err)
{
	autofree char *beside = mem_printf("%s.dockerignore", path);
	int r;

	r = add_below(s, directory, path, ret, err);
	return r < 0 ? r : add_below(s, directory, beside, ret, err);
}

/* All that the builder may take as the Dockerfile (recipe.h). */
static int
add_recipes(const struct step *s, const char *directory, const char *operand,
	const char *file, struct strv *ret, struct error *err)
{
	const char *const names[] = { file ? file : "Dockerfile",
		"Containerfile" };
	const size_t count = file ? 1 : ARRAY_SIZE(names);
	int r = 0;

	if (file && strcmp(file, "-") == 0)
		return 0;
	if (file)
		r = add_recipe(s, directory, file, ret, err);
	for (size_t n = 0; r == 0 && n < count; n++) {
		autofree char *path = path_join(operand, names[n]);

		if (is_directory(operand))
			r = add_recipe(s, directory, path, ret, err);
	}
	return r;
}

int
step_build_words(const struct step *s, const struct step_context *context,
	const char *directory, const struct strv *args, struct strv *ret,
	struct strv *ret_paths, struct error *err)
{
	const int count = (int)args->count;
	const char *file = cli_value_of(
		context->build_options, "file", count, args->items);
	cleanup_value(strv_release) struct strv operands = { 0 };
	int r;

	r = cli_operands(context->build_options, NULL, count, args->items,
		&operands, err);
	if (r < 0)
		return error_wrap(err, "step '%s': build", s->id);
	strv_add_all(ret, args);
	if (operands.count == 0) {
		strv_add(&operands, ".");
		strv_add(ret, ".");
	}
	for (size_t n = 0; r == 0 && n < operands.count; n++) {
		const char *operand = operands.items[n];

		if (is_directory(operand))
			r = add_below(s, directory, operand, ret_paths, err);
		if (r == 0)
			r = add_recipes(s, directory, operand, file,
				ret_paths, err);
	}
	return r;
}

int
step_check_links(int workspace_fd, const struct strv *paths, struct error *err)
{
	for (size_t n = 0; n < paths->count; n++) {
		autoclose int fd = -1;

		/* Any other failure is the builder's to tell. */
		if (fs_open_in(workspace_fd, paths->items[n], FS_BENEATH,
			    O_PATH, 0, &fd, NULL) != -EXDEV)
			continue;
		(void)error_set(err, EXDEV,
			"'%s' is a link that leaves the workspace",
			paths->items[n]);
		return error_kind(err, ERROR_LOCAL);
	}
	return 0;
}

static int
add_build(const struct step *s, const struct step_context *context,
	struct step_commands *ret, struct error *err)
{
	struct strv *argv = new_argv(ret, context, "build");
	size_t i;
	int r;

	step_cache_add(s, context, &s->words, argv);
	r = build_path(s, &ret->cwd, err);
	if (r == 0)
		r = step_build_words(s, context, ret->cwd, &s->words,
			argv, &ret->paths, err);
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
	strv_release(&c->paths);
	free(c->cwd);
	*c = (struct step_commands){ 0 };
}
