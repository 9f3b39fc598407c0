/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_spec options[] = {
	{ 0 },
};

static const char *
shell(void)
{
	const char *name = getenv("SHELL");

	return name && *name ? name : "/bin/sh";
}

static int
execute(struct strv *argv, struct error *err)
{
	int r;

	(void)execvp(argv->items[0], argv->items);
	r = error_errno(err, "exec '%s'", argv->items[0]);
	/* A directory of PATH that may not be searched is EACCES, too. */
	err->status = r == -ENOENT || !strchr(argv->items[0], '/') ? 127 : 126;
	return r;
}

static int
run(struct command_context *c, struct error *err)
{
	const char *kind;
	int r;

	r = c->enter_namespace(c, &kind, err);
	if (r < 0)
		return r;
	if (!c->operands.count)
		strv_add(&c->operands, shell());
	return execute(&c->operands, err);
}

const struct command cmd_unshare = {
	.name = "unshare",
	.operands = "[COMMAND [ARGUMENT...]]",
	.summary = "run a command where the store's owners are real",
	.group = "Host",
	.options = options,
	.max_operands = -1,
	.needs = NEEDS_NOTHING,
	.stop_at_operand = true,
	.run = run,
};
