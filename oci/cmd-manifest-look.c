/* SPDX-License-Identifier: Apache-2.0 */
/* manifest inspect, remove and rm: what needs no registry. */
#include "oci/commands.h"

#include <errno.h>
#include <stdio.h>

#include "oci/roster.h"

static const struct option_spec no_options[] = {
	{ 0 },
};

static int
open_list(struct command_context *c, const char *name, struct store **store,
	struct ref *ref, struct image_index *ret, struct error *err)
{
	int r = 0;

	if (ref_parse(name, ref, err) < 0)
		return error_kind(err, ERROR_REQUEST);
	if (!*store)
		r = command_open_store(c, store, err);
	return r < 0 ? r : roster_load(*store, ref, ret, err);
}

static int
inspect(struct command_context *c, struct error *err)
{
	cleanup_value(image_index_release) struct image_index index = { 0 };
	cleanup_value(buf_release) struct buf text = { .max = SIZE_MAX };
	cleanup_value(buf_release) struct buf shown = { .max = SIZE_MAX };
	cleanup(store_free) struct store *store = NULL;
	cleanup(json_free) struct json *j = NULL;
	autoref ref = { 0 };
	int r;

	r = open_list(c, c->operands.items[0], &store, &ref, &index, err);
	if (r < 0)
		return r;
	image_index_format(&index, &text);
	r = json_parse(buf_text(&text), text.len, text.len, "list", &j, err);
	if (r < 0)
		return r;
	json_format_pretty(j, &shown);
	(void)puts(buf_text(&shown));
	return 0;
}

static int
remove_entry(struct command_context *c, struct error *err)
{
	cleanup_value(image_index_release) struct image_index index = { 0 };
	cleanup(store_free) struct store *store = NULL;
	char digest[DIGEST_TEXT_SIZE];
	struct digest what, now;
	autoref ref = { 0 };
	size_t at;
	int r;

	r = open_list(c, c->operands.items[0], &store, &ref, &index, err);
	if (r == 0)
		r = digest_parse(c->operands.items[1], &what, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	r = roster_find(&index, &what, &at, err);
	if (r < 0)
		return r;
	roster_remove(&index, at);
	r = roster_save(store, &ref, &index, &now, err);
	if (r == 0)
		(void)puts(digest_format(&now, digest));
	return r;
}

/* Images that it names stay. */
static int
remove_lists(struct command_context *c, struct error *err)
{
	cleanup(store_free) struct store *store = NULL;
	int r = 0;

	for (size_t n = 0; r == 0 && n < c->operands.count; n++) {
		cleanup_value(
			image_index_release) struct image_index index = { 0 };
		autoref ref = { 0 };

		r = open_list(
			c, c->operands.items[n], &store, &ref, &index, err);
		if (r == 0)
			r = store_ref_remove(store, &ref, err);
	}
	return r;
}

const struct command cmd_manifest_inspect = {
	.name = "manifest inspect",
	.operands = "LIST",
	.summary = "print a list, as JSON",
	.group = "Images",
	.options = no_options,
	.min_operands = 1,
	.max_operands = 1,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = inspect,
};

const struct command cmd_manifest_remove = {
	.name = "manifest remove",
	.operands = "LIST DIGEST",
	.summary = "take an image out of a list",
	.group = "Images",
	.options = no_options,
	.min_operands = 2,
	.max_operands = 2,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = remove_entry,
};

const struct command cmd_manifest_rm = {
	.name = "manifest rm",
	.operands = "LIST...",
	.summary = "remove lists",
	.group = "Images",
	.options = no_options,
	.min_operands = 1,
	.max_operands = -1,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = remove_lists,
};
