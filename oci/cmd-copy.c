/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "oci/image.h"
#include "oci/transfer-options.h"
#include "oci/transport.h"
#include "oci/travel.h"
#include "util/fs.h"

static struct {
	struct transfer_options transfer;
	const char *from_creds, *to_creds, *from_verify, *to_verify;
	const char *platform, *codec, *digest_file;
	bool all;
} opt;

static const struct option_spec options[] = {
	{ 'a', "all", NULL, "all images of an index, and itself", OPT_FLAG,
		&opt.all },
	{ 0, "platform", "OS/ARCH[/VARIANT]", "this one of an index",
		OPT_STRING, &opt.platform },
	{ 0, "compression", "CODEC", "of layers that are not compressed yet",
		OPT_STRING, &opt.codec, NULL, "gzip|zstd|none" },
	{ 0, "digestfile", "FILE", "write the digest to FILE, too", OPT_STRING,
		&opt.digest_file, NULL, "@file" },
	{ 0, "src-creds", "USER:PASSWORD", "use these for the source",
		OPT_STRING, &opt.from_creds },
	{ 0, "dest-creds", "USER:PASSWORD", "use these for the destination",
		OPT_STRING, &opt.to_creds },
	{ 0, "src-tls-verify", "BOOL", "as --tls-verify, for the source",
		OPT_OPTIONAL, &opt.from_verify, NULL, "true|false" },
	{ 0, "dest-tls-verify", "BOOL", "as --tls-verify, for the destination",
		OPT_OPTIONAL, &opt.to_verify, NULL, "true|false" },
	TRANSFER_OPTION_ROWS(opt.transfer),
	{ 0 },
};

struct copy {
	struct command_context *c;
	struct store *store;
	struct platform platform;
	struct transport from, to;
	struct digest what;
};

static void
copy_release(struct copy *k)
{
	transport_release(&k->from);
	transport_release(&k->to);
}

/* A connection for one side: what is said for it, else what is for both. */
static int
connect_to(const struct copy *k, const char *creds, const char *verify,
	struct transfer_settings *settings, struct transfer **ret,
	struct error *err)
{
	struct transfer_options o = opt.transfer;
	int r;

	if (creds)
		o.creds = creds;
	if (verify)
		o.tls_verify = verify;
	r = transfer_options_apply(&o, k->c, settings, err);
	return r < 0 ? r : transfer_open(k->store, settings, ret, err);
}

/* Where from. */

static int
take_from_registry(struct copy *k, struct error *err)
{
	cleanup(transfer_free) struct transfer *t = NULL;
	struct transfer_settings settings = { 0 };
	int r;

	r = connect_to(k, opt.from_creds, opt.from_verify, &settings, &t, err);
	if (r == 0)
		r = opt.all ? transfer_take_all(t, &k->from.ref, &k->what, err)
			    : transfer_take(t, &k->from.ref, &k->platform,
				      &k->what, err);
	progress_free(settings.progress);
	return r;
}

/* One image of an index that is here, unless all are wanted. */
static int
choose(struct copy *k, struct error *err)
{
	cleanup(image_free) struct image *image = NULL;
	int r;

	if (opt.all)
		return 0;
	r = image_load(k->store, &k->what, &k->platform, &image, err);
	if (r == 0)
		k->what = *image_digest(image);
	return r;
}

static int
take(struct copy *k, struct error *err)
{
	int r = 0;

	switch (k->from.kind) {
	case TRANSPORT_REGISTRY:
		return take_from_registry(k, err);
	case TRANSPORT_STORE:
		r = store_find(k->store, k->from.name, &k->what, NULL, err);
		break;
	case TRANSPORT_OCI_DIR:
	case TRANSPORT_OCI_ARCHIVE:
	case TRANSPORT_DOCKER_ARCHIVE:
		r = transport_read(k->store, &k->from, &k->what, err);
		break;
	}
	return r < 0 ? r : choose(k, err);
}

/* Where to. */

/* Layers that were made here may be trees, which have owners. */
static int
reach_trees(struct copy *k, struct error *err)
{
	const char *kind;
	int r = travel_needs_trees(k->store, &k->what, err);

	if (r <= 0)
		return r;
	r = k->c->enter_namespace(k->c, &kind, err);
	if (r >= 0)
		store_set_tree_kind(k->store, kind);
	return r;
}

static int
read_codec(enum codec otherwise, enum codec *ret, struct error *err)
{
	*ret = otherwise;
	if (!opt.codec || codec_parse(opt.codec, ret, err) == 0)
		return 0;
	return error_kind(err, ERROR_REQUEST);
}

static int
put_into_registry(struct copy *k, struct error *err)
{
	cleanup(transfer_free) struct transfer *t = NULL;
	struct transfer_settings settings = { 0 };
	enum codec codec;
	int r;

	r = read_codec(CODEC_GZIP, &codec, err);
	if (r == 0)
		r = connect_to(
			k, opt.to_creds, opt.to_verify, &settings, &t, err);
	if (r == 0)
		r = transfer_push(
			t, &k->what, &k->to.ref, 1, codec, 0, &k->what, err);
	progress_free(settings.progress);
	return r;
}

static int
put_into_store(struct copy *k, struct error *err)
{
	autoref ref = { 0 };
	int r;

	r = ref_parse(k->to.name, &ref, err);
	if (r == 0 && ref_has_digest(&ref))
		r = error_set(err, EINVAL, "a new name cannot hold a digest");
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	r = store_sync(k->store, err);
	return r < 0 ? r : store_ref_set(k->store, &ref, &k->what, err);
}

static int
put_into_archive(struct copy *k, struct error *err)
{
	struct travel_options travel = { 0 };
	int r;

	r = read_codec(k->to.kind == TRANSPORT_DOCKER_ARCHIVE ? CODEC_NONE
							      : CODEC_GZIP,
		&travel.packing.codec, err);
	if (r == 0)
		r = travel_make(k->store, &k->what, &travel, &k->what, err);
	return r < 0 ? r : transport_write(k->store, &k->to, &k->what, err);
}

static int
put(struct copy *k, struct error *err)
{
	int r;

	if (k->to.kind == TRANSPORT_STORE)
		return put_into_store(k, err);
	r = reach_trees(k, err);
	if (r < 0)
		return r;
	return k->to.kind == TRANSPORT_REGISTRY ? put_into_registry(k, err)
						: put_into_archive(k, err);
}

static int
tell(const struct copy *k, struct error *err)
{
	char digest[DIGEST_TEXT_SIZE];

	(void)puts(digest_format(&k->what, digest));
	if (!opt.digest_file)
		return 0;
	return fs_publish_path(opt.digest_file, digest, strlen(digest), err);
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup(store_free) struct store *store = NULL;
	cleanup_value(copy_release) struct copy k = { .c = c };
	int r;

	r = transport_parse(c->operands.items[0], &k.from, err);
	if (r == 0)
		r = transport_parse(c->operands.items[1], &k.to, err);
	if (r == 0)
		r = command_platform(opt.platform, &k.platform, err);
	if (r == 0)
		r = command_open_store(c, &store, err);
	k.store = store;
	if (r == 0)
		r = take(&k, err);
	if (r == 0)
		r = put(&k, err);
	return r < 0 ? r : tell(&k, err);
}

const struct command cmd_copy = {
	.name = "copy",
	.operands = "[OPTIONS] SOURCE DESTINATION",
	.summary = "bring an image from one place to another",
	.group = "Images",
	.options = options,
	.min_operands = 2,
	.max_operands = 2,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = run,
};
