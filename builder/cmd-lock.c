/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/commands.h"

#include <stdio.h>

#include "builder/build.h"
#include "builder/source-flags.h"
#include "oci/commands.h"
#include "oci/transfer-options.h"
#include "util/mem.h"

static struct {
	struct source_flags source;
	struct strv secrets, agents;
	struct transfer_options transfer;
	const char *format;
} opt;

static const struct option_spec options[] = {
	{ 'f', "file", "PATH", "read PATH instead of CONTEXT/Dockerfile",
		OPT_STRING, &opt.source.file, NULL, "@file" },
	{ 0, "build-arg", "NAME[=VALUE]",
		"set an ARG, from the environment without VALUE", OPT_LIST,
		&opt.source.build_args },
	{ 0, "build-context", "NAME=VALUE",
		"what a name of the file means: files, image or stage",
		OPT_LIST, &opt.source.contexts },
	{ 0, "secret", "id=ID[,src=PATH]",
		"credentials of git and of servers, as for a build",
		OPT_LIST, &opt.secrets },
	{ 0, "ssh", "default[=SOCKET]", "the agent that ADD of git may use",
		OPT_LIST, &opt.agents },
	CLI_FORMAT(opt.format),
	TRANSFER_OPTION_ROWS(opt.transfer),
	{ 0 },
};

static void
add_rows(struct cli_table *t, const char *kind, const struct json *names)
{
	for (void *i = json_first(names); i; i = json_next(names, i)) {
		const char *cells[] = { kind, json_member_name(i),
			json_text(json_member_value(i)) };

		cli_table_add(t, cells);
	}
}

static void
print(const struct lock *l, bool json)
{
	static const char *const headings[] = { "KIND", "NAME", "DIGEST" };
	cleanup(cli_table_free) struct cli_table *t = NULL;
	cleanup_value(buf_release) struct buf text = { 0 };

	if (json) {
		buf_init(&text, MiB(16));
		json_format(lock_json(l), &text);
		(void)puts(buf_text(&text));
		return;
	}
	t = cli_table_new(headings, ARRAY_SIZE(headings));
	add_rows(t, "image", json_get(lock_json(l), "images"));
	add_rows(t, "file", json_get(lock_json(l), "files"));
	add_rows(t, "commit", json_get(lock_json(l), "commits"));
	cli_table_print(stdout, t);
}

static int
lock(struct command_context *c, struct build_options *o, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	cleanup(lock_free) struct lock *l = lock_new();
	int r;

	r = command_open_store(c, &s, err);
	if (r < 0)
		return r;
	r = build_lock(s, o, l, err);
	if (r == 0)
		print(l, c->json);
	return r;
}

static int
read_secrets(struct secrets *secrets, struct strv *agents, struct agents *own,
	struct error *err)
{
	int r = 0;

	for (size_t n = 0; r == 0 && n < opt.secrets.count; n++)
		r = secrets_add(secrets, opt.secrets.items[n], err);
	for (size_t n = 0; r == 0 && n < opt.agents.count; n++)
		r = secret_add_agent(
			agents, own, opt.agents.items[n], err);
	return r;
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup_value(strv_release) struct strv build_args = { 0 };
	cleanup_value(strv_release) struct strv agents = { 0 };
	cleanup_value(agents_release) struct agents own = { 0 };
	cleanup_value(secrets_release) struct secrets secrets = { 0 };
	struct build_options o = { .context = c->operands.items[0],
		.build_args = &build_args, .secrets = &secrets,
		.agents = &agents };
	struct transfer_settings settings = { 0 };
	int r;

	r = source_flags_arguments(&opt.source, &build_args, err);
	if (r == 0)
		r = read_secrets(&secrets, &agents, &own, err);
	if (r == 0)
		r = source_flags_read(&opt.source, &o, err);
	if (r == 0)
		r = identity_parse(c->identity, &o.identity, err);
	if (r == 0)
		r = transfer_options_apply(&opt.transfer, c, &settings, err);
	o.output.transfer = &settings;
	if (r == 0)
		r = lock(c, &o, err);
	progress_free(settings.progress);
	source_flags_release(&opt.source);
	strv_release(&opt.secrets);
	strv_release(&opt.agents);
	return r;
}

const struct command cmd_lock = {
	.name = "lock",
	.operands = "[OPTIONS] CONTEXT",
	.summary = "write down what the names in a Dockerfile mean now",
	.group = "Building",
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.needs = NEEDS_STORE,
	.operand_values = "@dir",
	.run = run,
};
