/* SPDX-License-Identifier: Apache-2.0 */
/* cmd-task: what the commands that read a task file have in common. Private to
 * cmd-task*.c. */
#ifndef RUNNER_CMD_TASK_H
#define RUNNER_CMD_TASK_H

#include <stdbool.h>

#include "runner/load.h"
#include "util/cli.h"

/* Values of the options below. */
struct task_options {
	const char *path;	/* of the context, once it was fetched */
	bool is_foreign;	/* it was, so that its files are strangers' */
	const char *token_file;
	const char *file;
	const char *command;
	const char *encoded;
	const char *compat;
	const char *registry;
	const char *name;
	const char *commit, *branch, *repository, *git_tag;
	const char *pull_request, *triggered_by;
	bool allow_empty;
	struct strv values, encoded_values;
	struct strv set, set_json, set_file, set_secret;
};

extern struct task_options task_options;

/* The operand, or the directory we are in; where it is once it was fetched. */
const char *task_context(const struct command_context *c);
/* Run `body` while the context is here; what was fetched goes afterwards.
 * Errors as source_dir_open() and of the body. */
int task_in_context(struct command_context *c,
	int (*body)(struct command_context *c, struct error *err),
	struct error *err);
/* What the options ask for, with this id of a run. -EINVAL, ERROR_REQUEST. */
int task_request(const struct command_context *c, const char *id,
	struct load *ret, struct error *err);
/* The task itself; errors as load_task(). */
int task_load(const struct command_context *c, const char *id,
	struct task **ret, struct variables **ret_variables,
	struct error *err);

/* The rows of an option table. */
#define TASK_FILE_OPTIONS \
	{ 'f', "file", "FILE", \
		"task file, looked for in CONTEXT first; - is stdin", \
		OPT_STRING, &task_options.file, NULL, "@file" }, \
		{ 0, "git-token-file", "FILE", \
			"what a git context needs as its password", \
			OPT_STRING, &task_options.token_file, NULL, "@file" }, \
		{ 0, "cmd", "COMMAND", \
			"one step of this command, and no file", OPT_STRING, \
			&task_options.command }, \
		{ 0, "set", "NAME=VALUE", "{{.Values.NAME}} of templates", \
			OPT_LIST, &task_options.set }, \
		{ 0, "set-json", "NAME=JSON", "the same, any JSON value", \
			OPT_LIST, &task_options.set_json }, \
		{ 0, "set-file", "NAME=PATH", "the same, the file's text", \
			OPT_LIST, &task_options.set_file }, \
		{ 0, "set-secret", "NAME[=VALUE]", \
			"the same, never shown; alone: our variable NAME", \
			OPT_LIST, &task_options.set_secret }, \
		{ 0, "values", "FILE", "YAML file with more values", \
			OPT_LIST, &task_options.values, NULL, "@file" }, \
		{ 0, "encoded-file", "BASE64", "the task file itself", \
			OPT_STRING, &task_options.encoded }, \
		{ 0, "encoded-values", "BASE64", "more values themselves", \
			OPT_LIST, &task_options.encoded_values }, \
		{ 'r', "registry", "HOST", "{{.Run.Registry}} of templates", \
			OPT_STRING, &task_options.registry }, \
		{ 'n', "name", "NAME", "{{.Run.TaskName}}", OPT_STRING, \
			&task_options.name }, \
		{ 'c', "commit", "ID", "{{.Run.Commit}}", OPT_STRING, \
			&task_options.commit }, \
		{ 0, "branch", "NAME", "{{.Run.Branch}}", OPT_STRING, \
			&task_options.branch }, \
		{ 0, "repository", "URL", "{{.Run.Repository}}", OPT_STRING, \
			&task_options.repository }, \
		{ 0, "git-tag", "TAG", "{{.Run.GitTag}}", OPT_STRING, \
			&task_options.git_tag }, \
		{ 0, "pull-request", "NUMBER", "{{.Run.PullRequest}}", \
			OPT_STRING, &task_options.pull_request }, \
		{ 0, "triggered-by", "TEXT", "{{.Run.TriggeredBy}}", \
			OPT_STRING, &task_options.triggered_by }, \
		{ 0, "allow-empty", NULL, "a file without steps is fine", \
			OPT_FLAG, &task_options.allow_empty }, \
	{ \
		0, "compat", "ENGINE", \
			"acr: read the file as ACR does, mistakes warned of", \
			OPT_STRING, &task_options.compat, NULL, "acr" \
	}

#endif
