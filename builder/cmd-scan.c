/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/commands.h"

#include <stdio.h>

#include "builder/build.h"
#include "builder/source-flags.h"
#include "oci/commands.h"
#include "oci/transfer-options.h"

static struct {
	struct source_flags source;
	struct transfer_options transfer;
	struct strv tags;
} opt;

static const struct option_spec options[] = {
	{ 't', "tag", "NAME[:TAG]", "an image it will be, may be repeated",
		OPT_LIST, &opt.tags, NULL, "@image" },
	SOURCE_FLAG_ROWS(opt.source),
	TRANSFER_OPTION_ROWS(opt.transfer),
	{ 0 },
};

static int
scan(struct command_context *c, const struct build_options *o,
	struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	cleanup(json_free) struct json *rows = NULL;
	cleanup_value(buf_release) struct buf text = { .max = SIZE_MAX };
	int r;

	r = command_open_store(c, &s, err);
	if (r == 0)
		r = build_scan(s, o, &opt.tags, &rows, err);
	if (r < 0)
		return r;
	json_format(rows, &text);
	(void)puts(buf_text(&text));
	return 0;
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup_value(strv_release) struct strv build_args = { 0 };
	struct transfer_settings settings = { 0 };
	struct build_options o = {
		.context = c->operands.count ? c->operands.items[0] : ".",
		.build_args = &build_args,
		.output.transfer = &settings,
	};
	int r;

	r = source_flags_arguments(&opt.source, &build_args, err);
	if (r == 0)
		r = source_flags_read(&opt.source, &o, err);
	if (r == 0)
		r = identity_parse(c->identity, &o.identity, err);
	if (r == 0)
		r = transfer_options_apply(&opt.transfer, c, &settings, err);
	if (r == 0)
		r = scan(c, &o, err);
	progress_free(settings.progress);
	source_flags_release(&opt.source);
	return r;
}

const struct command cmd_scan = {
	.name = "scan",
	.operands = "[OPTIONS] [CONTEXT]",
	.summary = "print the images that a Dockerfile depends on",
	.group = "Building",
	.options = options,
	.max_operands = 1,
	.needs = NEEDS_STORE,
	.operand_values = "@dir",
	.run = run,
};
