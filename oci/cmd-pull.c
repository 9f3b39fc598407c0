/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <stdio.h>

#include "oci/transfer-options.h"

static struct {
	struct transfer_options transfer;
	const char *platform;
	bool unpack;
} opt;

static const struct option_spec options[] = {
	{ 0, "platform", "OS/ARCH[/VARIANT]", "pull for this platform",
		OPT_STRING, &opt.platform },
	{ 0, "unpack", NULL, "also unpack the layers, while they come",
		OPT_FLAG, &opt.unpack },
	TRANSFER_OPTION_ROWS(opt.transfer),
	{ 0 },
};

static int
pull_one(struct transfer *t, const char *text, const struct platform *want,
	struct error *err)
{
	char digest[DIGEST_TEXT_SIZE];
	autoref ref = { 0 };
	struct digest d;
	int r;

	r = ref_parse(text, &ref, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	r = transfer_pull(t, &ref, want, opt.unpack, &d, err);
	if (r >= 0)
		(void)puts(digest_format(&d, digest));
	return r;
}

/* Trees have owners, so they are made inside the namespace. */
static int
open_store(struct command_context *c, struct store **ret, struct error *err)
{
	const char *kind = NULL;
	int r = 0;

	if (opt.unpack)
		r = c->enter_namespace(c, &kind, err);
	if (r >= 0)
		r = command_open_store(c, ret, err);
	if (r >= 0 && kind)
		store_set_tree_kind(*ret, kind);
	return r;
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	cleanup(transfer_free) struct transfer *t = NULL;
	struct transfer_settings settings;
	struct platform want;
	int r;

	r = command_platform(opt.platform, &want, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	r = open_store(c, &s, err);
	if (r >= 0)
		r = transfer_options_apply(&opt.transfer, c, &settings, err);
	if (r < 0)
		return r;
	r = transfer_open(s, &settings, &t, err);
	for (size_t i = 0; r >= 0 && i < c->operands.count; i++)
		r = pull_one(t, c->operands.items[i], &want, err);
	progress_free(settings.progress);
	return r < 0 ? r : 0;
}

const struct command cmd_pull = {
	.name = "pull",
	.operands = "[OPTIONS] IMAGE...",
	.summary = "fetch images from registries",
	.group = "Images",
	.options = options,
	.min_operands = 1,
	.max_operands = -1,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = run,
};
