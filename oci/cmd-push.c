/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "oci/transfer-options.h"
#include "oci/travel.h"
#include "util/fs.h"
#include "util/num.h"

#define LEVEL_MAX 22
#define TRANSPORT "docker://"

static struct {
	struct transfer_options transfer;
	const char *codec, *level, *digest_file;
	bool force;
} opt;

static const struct option_spec options[] = {
	{ 0, "compression", "CODEC", "of layers made here (gzip)", OPT_STRING,
		&opt.codec, NULL, "gzip|zstd|none" },
	{ 0, "compression-level", "N", "how hard to try", OPT_STRING,
		&opt.level },
	{ 0, "force-compression", NULL,
		"compress anew what travels under another codec", OPT_FLAG,
		&opt.force },
	{ 0, "digestfile", "FILE", "write the digest to FILE, too", OPT_STRING,
		&opt.digest_file, NULL, "@file" },
	TRANSFER_OPTION_ROWS(opt.transfer),
	{ 0 },
};

/* What is pushed, and where to: the second operand, else the first. */
struct job {
	struct digest what;
	struct ref to;
	enum codec codec;
	int level;
};

static int
parse_packing(struct job *j, struct error *err)
{
	uint64_t level = 0;
	int r;

	j->codec = CODEC_GZIP;
	r = opt.codec ? codec_parse(opt.codec, &j->codec, err) : 0;
	if (r >= 0 && opt.level)
		r = num_parse(opt.level, LEVEL_MAX, &level, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	j->level = (int)level;
	return 0;
}

static int
parse_destination(const char *text, struct ref *ret, struct error *err)
{
	int r;

	if (strncmp(text, TRANSPORT, strlen(TRANSPORT)) == 0)
		text += strlen(TRANSPORT);
	r = ref_parse(text, ret, err);
	if (r < 0) {
		(void)error_kind(err, ERROR_REQUEST);
		return error_hint(err,
			"give a destination: REGISTRY/REPOSITORY:TAG");
	}
	return 0;
}

static int
parse_job(const struct command_context *c, struct store *s, struct job *j,
	struct error *err)
{
	const char *const *operands = (const char *const *)c->operands.items;
	int r;

	r = parse_packing(j, err);
	if (r >= 0)
		r = store_find(s, operands[0], &j->what, NULL, err);
	if (r >= 0)
		r = parse_destination(operands[c->operands.count - 1], &j->to,
			err);
	return r;
}

static int
tell(const struct digest *d, struct error *err)
{
	char digest[DIGEST_TEXT_SIZE];

	digest_format(d, digest);
	(void)puts(digest);
	if (!opt.digest_file)
		return 0;
	return fs_publish_path(opt.digest_file, digest, strlen(digest), err);
}

/* Trees are read as those who own their files. */
static int
reach_trees(struct command_context *c, struct store *s,
	const struct digest *what, struct error *err)
{
	const char *kind;
	int r;

	r = travel_needs_trees(s, what, err);
	if (r <= 0)
		return r;
	r = c->enter_namespace(c, &kind, err);
	if (r >= 0)
		store_set_tree_kind(s, kind);
	return r;
}

static int
push(struct store *s, const struct job *j,
	const struct transfer_settings *settings, struct error *err)
{
	cleanup(transfer_free) struct transfer *t = NULL;
	struct digest pushed;
	int r;

	r = transfer_open(s, settings, &t, err);
	if (r >= 0)
		r = transfer_push(t, &j->what, &j->to, 1, j->codec, j->level,
			&pushed, err);
	return r < 0 ? r : tell(&pushed, err);
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	struct transfer_settings settings;
	struct job j = { 0 };
	int r;

	r = command_open_store(c, &s, err);
	if (r >= 0)
		r = parse_job(c, s, &j, err);
	if (r >= 0)
		r = reach_trees(c, s, &j.what, err);
	if (r >= 0)
		r = transfer_options_apply(&opt.transfer, c, &settings, err);
	if (r >= 0) {
		settings.force_compression = opt.force;
		r = push(s, &j, &settings, err);
		progress_free(settings.progress);
	}
	ref_release(&j.to);
	return r < 0 ? r : 0;
}

const struct command cmd_push = {
	.name = "push",
	.operands = "[OPTIONS] IMAGE [DESTINATION]",
	.summary = "send an image to a registry",
	.group = "Images",
	.options = options,
	.min_operands = 1,
	.max_operands = 2,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = run,
};
