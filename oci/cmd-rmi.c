/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <errno.h>

#include "util/log.h"

static struct {
	bool force;
} opt;

static const struct option_spec options[] = {
	{ 'f', "force", NULL,
		"take all names of an image given by id; a missing one is fine",
		OPT_FLAG, &opt.force },
	{ 0 },
};

/* All tags that lead to `target`. */
static int
list_tags(struct store *s, const struct digest *target, struct strv *ret,
	struct error *err)
{
	cleanup_value(strv_release) struct strv refs = { 0 };
	size_t i;
	int r;

	r = store_ref_list(s, &refs, err);
	for (i = 0; r == 0 && i < refs.count; i++) {
		autoref ref = { 0 };
		struct digest d;

		r = ref_parse(refs.items[i], &ref, err);
		if (r == 0)
			r = store_ref_get(s, &ref, &d, err);
		if (r == 0 && digest_equal(&d, target))
			strv_add(ret, refs.items[i]);
	}
	return r;
}

static int
untag(struct store *s, const struct ref *ref, struct error *err)
{
	autofree char *name = ref_format_short(ref);
	int r = store_ref_remove(s, ref, err);

	if (r == 0)
		(void)printf("Untagged: %s\n", name);
	return r;
}

static int
untag_all(struct store *s, const struct strv *tags, struct error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < tags->count; i++) {
		autoref ref = { 0 };

		r = ref_parse(tags->items[i], &ref, err);
		if (r == 0)
			r = untag(s, &ref, err);
	}
	return r;
}

/* By id: all its tags go, but several only with --force. */
static int
remove_by_id(struct store *s, const char *id, const struct digest *target,
	struct error *err)
{
	cleanup_value(strv_release) struct strv tags = { 0 };
	int r;

	r = list_tags(s, target, &tags, err);
	if (r < 0)
		return r;
	if (tags.count <= 1 || opt.force)
		return untag_all(s, &tags, err);
	(void)error_set(err, EBUSY, "image '%s' has %zu names", id,
		tags.count);
	(void)error_hint(err, "--force takes all of them");
	return error_kind(err, ERROR_REQUEST);
}

/* As docker does: what is left is named by its id only. */
static int
say_what_is_left(struct store *s, const struct digest *target,
	struct error *err)
{
	cleanup_value(strv_release) struct strv tags = { 0 };
	int r = list_tags(s, target, &tags, err);

	if (r == 0 && tags.count == 0)
		log_info("'slipway prune' frees the space");
	return r;
}

static int
remove_found(struct store *s, const char *name, struct error *err)
{
	autoref ref = { 0 };
	struct digest target;
	int r;

	r = store_find(s, name, &target, &ref, err);
	if (r == 0)
		r = ref.host ? untag(s, &ref, err)
			     : remove_by_id(s, name, &target, err);
	return r < 0 ? r : say_what_is_left(s, &target, err);
}

/* Somebody else may take it away at the same time. */
static int
remove_one(struct store *s, const char *name, struct error *err)
{
	int r = remove_found(s, name, err);

	if (r != -ENOENT || !opt.force)
		return r;
	error_release(err);
	return 0;
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	size_t i;
	int r;

	r = command_open_store(c, &s, err);
	for (i = 0; r == 0 && i < c->operands.count; i++)
		r = remove_one(s, c->operands.items[i], err);
	return r;
}

const struct command cmd_rmi = {
	.name = "rmi",
	.operands = "[OPTIONS] IMAGE...",
	.summary = "remove names of images",
	.group = "Images",
	.options = options,
	.min_operands = 1,
	.max_operands = -1,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = run,
};
