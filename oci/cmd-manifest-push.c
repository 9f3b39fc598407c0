/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "oci/roster.h"
#include "oci/transfer-options.h"
#include "oci/transport.h"
#include "oci/travel.h"
#include "util/fs.h"

static struct {
	struct transfer_options transfer;
	const char *digest_file;
	bool purge;
} opt;

static const struct option_spec options[] = {
	{ 0, "all", NULL,
		"accepted for buildah's users: all images are always sent",
		OPT_IGNORED },
	{ 'p', "purge", NULL, "remove the list here afterwards", OPT_FLAG,
		&opt.purge },
	{ 0, "digestfile", "FILE", "write the digest to FILE, too", OPT_STRING,
		&opt.digest_file, NULL, "@file" },
	TRANSFER_OPTION_ROWS(opt.transfer),
	{ 0 },
};

static int
parse_destination(
	const struct command_context *c, struct ref *ret, struct error *err)
{
	cleanup_value(transport_release) struct transport to = { 0 };
	int r;

	r = transport_parse(c->operands.items[c->operands.count - 1], &to, err);
	if (r < 0)
		return r;
	if (to.path) {
		(void)error_set(err, EINVAL, "a list is pushed to a registry");
		(void)error_hint(err, "slipway copy --all writes archives");
		return error_kind(err, ERROR_REQUEST);
	}
	r = ref_parse(to.name, ret, err);
	return r < 0 ? error_kind(err, ERROR_REQUEST) : 0;
}

/* Layers that were made here may be trees, which have owners. */
static int
reach_trees(struct command_context *c, struct store *s,
	const struct digest *what, struct error *err)
{
	const char *kind;
	int r = travel_needs_trees(s, what, err);

	if (r <= 0)
		return r;
	r = c->enter_namespace(c, &kind, err);
	if (r >= 0)
		store_set_tree_kind(s, kind);
	return r;
}

static int
tell(const struct digest *d, struct error *err)
{
	char digest[DIGEST_TEXT_SIZE];

	(void)puts(digest_format(d, digest));
	if (!opt.digest_file)
		return 0;
	return fs_publish_path(opt.digest_file, digest, strlen(digest), err);
}

static int
send(struct command_context *c, struct store *s, const struct digest *what,
	const struct ref *to, struct digest *ret, struct error *err)
{
	cleanup(transfer_free) struct transfer *t = NULL;
	struct transfer_settings settings = { 0 };
	int r;

	r = transfer_options_apply(&opt.transfer, c, &settings, err);
	if (r == 0)
		r = transfer_open(s, &settings, &t, err);
	if (r == 0)
		r = transfer_push(t, what, to, 1, CODEC_GZIP, 0, ret, err);
	progress_free(settings.progress);
	return r;
}

/* It must be a list: others are pushed by slipway push. */
static int
find_list(struct command_context *c, struct store *s, struct ref *ref,
	struct digest *ret, struct error *err)
{
	cleanup_value(image_index_release) struct image_index index = { 0 };
	int r;

	r = ref_parse(c->operands.items[0], ref, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	r = roster_load(s, ref, &index, err);
	return r < 0 ? r : store_ref_get(s, ref, ret, err);
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	struct digest what, pushed;
	autoref list = { 0 };
	autoref to = { 0 };
	int r;

	r = parse_destination(c, &to, err);
	if (r == 0)
		r = command_open_store(c, &s, err);
	if (r == 0)
		r = find_list(c, s, &list, &what, err);
	if (r == 0)
		r = reach_trees(c, s, &what, err);
	if (r == 0)
		r = send(c, s, &what, &to, &pushed, err);
	if (r == 0 && opt.purge)
		r = store_ref_remove(s, &list, err);
	return r < 0 ? r : tell(&pushed, err);
}

const struct command cmd_manifest_push = {
	.name = "manifest push",
	.operands = "[OPTIONS] LIST [DESTINATION]",
	.summary = "send a list and its images to a registry",
	.group = "Images",
	.options = options,
	.min_operands = 1,
	.max_operands = 2,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = run,
};
