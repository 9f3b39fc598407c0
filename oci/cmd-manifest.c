/* SPDX-License-Identifier: Apache-2.0 */
/* manifest create, add and annotate: lists of what is here or in registries. */
#include "oci/commands.h"

#include <errno.h>
#include <stdio.h>

#include "oci/roster.h"
#include "oci/transfer-options.h"
#include "oci/transport.h"

static struct {
	struct transfer_options transfer;
	struct roster_words words;
	bool all, amend;
} opt;

#define WORD_ROWS                                                              \
	{ 0, "os", "OS", "say that it is for this system", OPT_STRING,         \
		&opt.words.os },                                               \
		{ 0, "arch", "ARCH", "for this machine", OPT_STRING,           \
			&opt.words.architecture },                             \
		{ 0, "variant", "VARIANT", "for this kind of it", OPT_STRING,  \
			&opt.words.variant },                                  \
		{ 0, "os-version", "VERSION",                                  \
			"for this version of the system", OPT_STRING,          \
			&opt.words.os_version },                               \
		{ 0, "os-features", "FEATURE", "the system needs this",        \
			OPT_LIST, &opt.words.os_features },                    \
	{                                                                      \
		0, "annotation", "NAME=VALUE", "annotate its entry", OPT_LIST, \
			&opt.words.annotations                                 \
	}

static const struct option_spec create_options[] = {
	{ 'a', "amend", NULL, "go on with a list that is there", OPT_FLAG,
		&opt.amend },
	{ 0, "all", NULL, "of an index take all images", OPT_FLAG, &opt.all },
	TRANSFER_OPTION_ROWS(opt.transfer),
	{ 0 },
};

static const struct option_spec add_options[] = {
	{ 0, "all", NULL, "of an index take all images", OPT_FLAG, &opt.all },
	WORD_ROWS,
	TRANSFER_OPTION_ROWS(opt.transfer),
	{ 0 },
};

static const struct option_spec annotate_options[] = {
	WORD_ROWS,
	TRANSFER_OPTION_ROWS(opt.transfer),
	{ 0 },
};

/* A list at work. */
struct work {
	struct command_context *c;
	struct store *store;
	struct transfer_settings settings;
	struct transfer *transfer;
	struct ref ref;
	struct image_index index;
};

static void
work_release(struct work *w)
{
	transfer_free(w->transfer);
	progress_free(w->settings.progress);
	image_index_release(&w->index);
	ref_release(&w->ref);
	store_free(w->store);
}

static int
work_begin(struct work *w, struct error *err)
{
	int r;

	r = ref_parse(w->c->operands.items[0], &w->ref, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	r = command_open_store(w->c, &w->store, err);
	if (r == 0)
		r = transfer_options_apply(
			&opt.transfer, w->c, &w->settings, err);
	if (r == 0)
		r = transfer_open(w->store, &w->settings, &w->transfer, err);
	return r;
}

static int
take_from_registry(struct work *w, const struct ref *ref, struct digest *ret,
	struct error *err)
{
	struct platform host;

	platform_host(&host);
	return opt.all ? transfer_take_all(w->transfer, ref, ret, err)
		       : transfer_take(w->transfer, ref, &host, ret, err);
}

/* What is here, else what a registry has under that name. */
static int
take_by_name(
	struct work *w, const char *name, struct digest *ret, struct error *err)
{
	cleanup(image_free) struct image *image = NULL;
	autoref ref = { 0 };
	int r;

	r = store_find(w->store, name, ret, NULL, err);
	if (r == -ENOENT && ref_parse(name, &ref, NULL) == 0) {
		error_release(err);
		return take_from_registry(w, &ref, ret, err);
	}
	if (r < 0 || opt.all)
		return r;
	r = image_load(w->store, ret, NULL, &image, err);
	if (r == 0)
		*ret = *image_digest(image);
	return r;
}

static int
take(struct work *w, const char *text, struct digest *ret, struct error *err)
{
	cleanup_value(transport_release) struct transport from = { 0 };
	int r;

	r = transport_parse(text, &from, err);
	if (r < 0)
		return r;
	switch (from.kind) {
	case TRANSPORT_REGISTRY:
		return take_from_registry(w, &from.ref, ret, err);
	case TRANSPORT_STORE:
		return take_by_name(w, from.name, ret, err);
	case TRANSPORT_OCI_DIR:
	case TRANSPORT_OCI_ARCHIVE:
	case TRANSPORT_DOCKER_ARCHIVE:
		break;
	}
	return transport_read(w->store, &from, ret, err);
}

static int
save(struct work *w, struct error *err)
{
	char digest[DIGEST_TEXT_SIZE];
	struct digest now;
	int r;

	r = roster_save(w->store, &w->ref, &w->index, &now, err);
	if (r == 0)
		(void)puts(digest_format(&now, digest));
	return r;
}

/* A new list, or with --amend the one that is there. */
static int
begin_list(struct work *w, struct error *err)
{
	struct digest there;

	if (store_ref_get(w->store, &w->ref, &there, NULL) < 0) {
		roster_init(&w->index);
		return 0;
	}
	if (opt.amend)
		return roster_load(w->store, &w->ref, &w->index, err);
	(void)error_set(
		err, EEXIST, "'%s' is there already", w->c->operands.items[0]);
	(void)error_hint(err, "--amend goes on with it");
	return error_kind(err, ERROR_REQUEST);
}

static int
create(struct command_context *c, struct error *err)
{
	cleanup_value(work_release) struct work w = { .c = c };
	int r;

	r = work_begin(&w, err);
	if (r == 0)
		r = begin_list(&w, err);
	for (size_t n = 1; r == 0 && n < c->operands.count; n++) {
		struct digest what;

		r = take(&w, c->operands.items[n], &what, err);
		if (r == 0)
			r = roster_add(w.store, &w.index, &what, err);
	}
	return r < 0 ? r : save(&w, err);
}

static int
load(struct work *w, struct error *err)
{
	int r = work_begin(w, err);

	return r < 0 ? r : roster_load(w->store, &w->ref, &w->index, err);
}

static int
annotate_entry(struct work *w, const struct digest *what, struct error *err)
{
	size_t at;
	int r;

	r = roster_find(&w->index, what, &at, err);
	if (r == 0)
		r = roster_annotate(&w->index, at, &opt.words, err);
	return r < 0 ? r : save(w, err);
}

static int
add(struct command_context *c, struct error *err)
{
	cleanup_value(work_release) struct work w = { .c = c };
	struct digest what;
	int r;

	r = load(&w, err);
	if (r == 0)
		r = take(&w, c->operands.items[1], &what, err);
	if (r == 0)
		r = roster_add(w.store, &w.index, &what, err);
	if (r < 0)
		return r;
	return opt.all ? save(&w, err) : annotate_entry(&w, &what, err);
}

static int
annotate(struct command_context *c, struct error *err)
{
	cleanup_value(work_release) struct work w = { .c = c };
	const char *text = c->operands.items[1];
	struct digest what;
	int r;

	r = load(&w, err);
	if (r == 0 && digest_parse(text, &what, NULL) < 0)
		r = take(&w, text, &what, err);
	return r < 0 ? r : annotate_entry(&w, &what, err);
}

const struct command cmd_manifest_create = {
	.name = "manifest create",
	.operands = "[OPTIONS] LIST [IMAGE...]",
	.summary = "put images for several platforms together",
	.group = "Images",
	.options = create_options,
	.min_operands = 1,
	.max_operands = -1,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = create,
};

const struct command cmd_manifest_add = {
	.name = "manifest add",
	.operands = "[OPTIONS] LIST IMAGE",
	.summary = "add an image to a list",
	.group = "Images",
	.options = add_options,
	.min_operands = 2,
	.max_operands = 2,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = add,
};

const struct command cmd_manifest_annotate = {
	.name = "manifest annotate",
	.operands = "[OPTIONS] LIST IMAGE",
	.summary = "say what an image of a list is for",
	.group = "Images",
	.options = annotate_options,
	.min_operands = 2,
	.max_operands = 2,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = annotate,
};
