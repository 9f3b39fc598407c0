/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "runner/cmd-task.h"
#include "runner/source.h"
#include "util/conf.h"

struct task_options task_options;

const char *
task_context(const struct command_context *c)
{
	if (task_options.path)
		return task_options.path;
	return c->operands.count ? c->operands.items[0] : ".";
}

/* A task from elsewhere has its file there, too. */
int
task_in_context(struct command_context *c,
	int (*body)(struct command_context *c, struct error *err),
	struct error *err)
{
	cleanup(source_dir_free) struct source_dir *source = NULL;
	autofree char *store = conf_store_path(c->conf);
	int r;

	r = source_dir_open(task_context(c), store, task_options.token_file,
		&source, err);
	if (r < 0)
		return r;
	task_options.path = source_dir_path(source);
	task_options.is_foreign = source_dir_is_foreign(source);
	r = body(c, err);
	task_options.path = NULL;
	return r;
}

static int
check_request(struct error *err)
{
	if ((task_options.file != NULL) + (task_options.command != NULL) +
			(task_options.encoded != NULL) >
		1)
		error_set(err, EINVAL,
			"--file, --cmd and --encoded-file exclude each other");
	else if (task_options.compat && strcmp(task_options.compat, "acr") != 0)
		error_set(err, EINVAL, "--compat is acr, not '%s'",
			task_options.compat);
	else
		return 0;
	return error_kind(err, ERROR_REQUEST);
}

int
task_request(const struct command_context *c, const char *id, struct load *ret,
	struct error *err)
{
	const char *registry = conf_get(c->conf, "registry");

	*ret = (struct load){
		.file = task_options.file,
		.command = task_options.command,
		.encoded = task_options.encoded,
		.context = task_context(c),
		.is_foreign = task_options.is_foreign,
		.words = { .id = id,
			.registry = task_options.registry
				? task_options.registry
				: registry,
			.task_name = task_options.name,
			.commit = task_options.commit,
			.branch = task_options.branch,
			.repository = task_options.repository,
			.git_tag = task_options.git_tag,
			.pull_request = task_options.pull_request,
			.triggered_by = task_options.triggered_by },
		.values = &task_options.values,
		.encoded_values = &task_options.encoded_values,
		.acr = task_options.compat,
		.allow_empty = task_options.allow_empty,
		.set = {
			[VARIABLES_TEXT] = &task_options.set,
			[VARIABLES_JSON] = &task_options.set_json,
			[VARIABLES_FILE] = &task_options.set_file,
			[VARIABLES_SECRET] = &task_options.set_secret,
		},
	};
	return check_request(err);
}

int
task_load(const struct command_context *c, const char *id, struct task **ret,
	struct variables **ret_variables, struct error *err)
{
	struct load l;
	int r;

	r = task_request(c, id, &l, err);
	return r < 0 ? r : load_task(&l, ret, ret_variables, err);
}
