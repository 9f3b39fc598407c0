/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runner/commands.h"
#include "util/scope.h"

static const struct command *
find(const char *name)
{
	const struct command *const *c;

	for (c = command_table; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

static int
run_help(struct command_context *context, struct error *err)
{
	autofree char *name = strv_join(&context->operands, " ");
	const struct command *c = find(name);

	if (!*name)
		cli_print_commands(stdout, command_table, global_options);
	else if (c)
		cli_print_help(stdout, c, global_options);
	else
		error_set(err, EINVAL, "unknown command '%s'", name);
	return *name && !c ? error_kind(err, ERROR_REQUEST) : 0;
}

static int
run_completion(struct command_context *context, struct error *err)
{
	return cli_print_completion(stdout, context->operands.items[0],
		command_table, global_options, err);
}

static int
run_tables(struct command_context *context, struct error *err)
{
	(void)context;
	(void)err;
	cli_print_tables(stdout, command_table, global_options);
	return 0;
}

static const struct option_spec no_options[] = {
	{ 0 },
};

const struct command cmd_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "list the commands, or the options of one",
	.group = "About slipway",
	.options = no_options,
	.max_operands = 2,
	.run = run_help,
};

const struct command cmd_completion = {
	.name = "completion",
	.operands = "bash|zsh|fish",
	.summary = "print a completion script for a shell",
	.group = "About slipway",
	.options = no_options,
	.min_operands = 1,
	.max_operands = 1,
	.operand_values = "bash|zsh|fish",
	.run = run_completion,
};

/* Hidden: what tests/tidy compares the manual pages with. */
const struct command cmd_tables = {
	.name = "__tables",
	.operands = "",
	.summary = "print every option of every command",
	.options = no_options,
	.run = run_tables,
};
