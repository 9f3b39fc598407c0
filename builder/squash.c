/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/squash.h"

#include <stdlib.h>
#include <string.h>

#include "builder/cache.h"
#include "builder/key.h"
#include "builder/stack.h"
#include "builder/step.h"
#include "oci/config.h"
#include "oci/unpack.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/num.h"

#define CREATED_BY "slipway build --squash"

/* The image as far as its lowest `keep` layers, with the whole config. */
static int
cut(const struct draft *d, size_t keep, struct draft **ret, struct error *err)
{
	cleanup(json_free) struct json *j = draft_format(d);
	struct json *rootfs = json_get(json_get(j, "config"), "rootfs");
	const struct json *all_ids = json_get(rootfs, "diff_ids");
	struct json *layers = json_new_array(), *ids = json_new_array();

	for (size_t n = 0; n < keep; n++) {
		json_append(
			layers, json_copy(json_at(json_get(j, "layers"), n)));
		json_append(ids, json_copy(json_at(all_ids, n)));
	}
	json_set(j, "layers", layers);
	json_set(rootfs, "diff_ids", ids);
	return draft_parse(j, ret, err);
}

/* The layers above, one after the other over a live root: what is left in its
 * upper directory is what they did together. */
static int
apply(const struct site *site, const struct draft *d, size_t keep, int root_fd,
	struct error *err)
{
	static const struct unpack_options options = {
		.form = UNPACK_ROOT,
		.keep_owners = true,
		.keep_devices = true,
	};
	int r = 0;

	for (size_t n = keep; r == 0 && n < draft_layer_count(d); n++) {
		cleanup(source_free) struct source *tar = NULL;

		r = layer_open_tar(site->store, draft_layer(d, n), &tar, err);
		if (r == 0)
			r = unpack_tar(tar, root_fd, &options, err);
	}
	return r;
}

static int
make_layer(const struct site *site, enum identity identity, size_t keep,
	const struct draft *below, const struct draft *d, struct layer *ret,
	struct error *err)
{
	cleanup(rootfs_close) struct rootfs *root = NULL;
	struct userns userns;
	int r;

	r = userns_enter(identity, &userns, err);
	if (r < 0)
		return r;
	store_set_tree_kind(site->store,
		userns.identity == IDENTITY_SINGLE ? "single" : "");
	r = stack_open_draft_bare(site->store, below, &root, err);
	if (r == 0)
		r = apply(site, d, keep, rootfs_fd(root), err);
	return r < 0 ? r : step_take_layer(site, root, ret, err);
}

static void
fill_key(const struct site *site, const struct draft *d, size_t keep,
	struct key *k)
{
	key_add(k, "step", "squash");
	for (size_t n = 0; n < draft_layer_count(d); n++)
		key_add_digest(k, n < keep ? "below" : "layer",
			&draft_layer(d, n)->diff_id);
	if (site->clamp_mtime != INT64_MAX)
		key_add_number(k, "clamp", site->clamp_mtime);
}

static char *
time_of(const struct site *site)
{
	char text[40];

	if (site->created)
		return mem_strdup(site->created);
	num_format_time(clock_wall_seconds(NULL), 0, text);
	return mem_strdup(text);
}

/* From the cache, or made and put there. */
static int
get_layer(const struct site *site, enum identity identity, size_t keep,
	const struct draft *below, const struct draft *d,
	struct cache_entry *ret, struct error *err)
{
	cleanup_value(key_release) struct key key = { 0 };
	progress_step shown;
	int r;

	fill_key(site, d, keep, &key);
	shown = progress_begin(site->progress, "squashing layers");
	r = site->no_cache ? 0 : cache_get(site->store, &key, ret, err);
	if (r > 0) {
		progress_end(site->progress, shown, PROGRESS_CACHED, NULL);
		return 0;
	}
	if (r == 0)
		r = make_layer(
			site, identity, keep, below, d, &ret->layer, err);
	if (r == 0) {
		ret->created = time_of(site);
		r = cache_put(site->store, &key, ret, CREATED_BY, err);
	}
	progress_end(site->progress, shown,
		r < 0 ? PROGRESS_FAILED : PROGRESS_DONE, NULL);
	return r;
}

/* Entries behind the first `keep` that made a layer made none. */
static void
empty_history(struct config *c, size_t keep)
{
	const struct json *history = config_history(c);
	size_t made = 0;

	for (size_t n = 0; n < json_count(history); n++) {
		struct json *entry = json_at(history, n);

		if (json_get_bool(entry, "empty_layer", false))
			continue;
		if (made++ >= keep)
			json_set_bool(entry, "empty_layer", true);
	}
}

int
squash_draft(const struct site *site, enum identity identity, size_t keep,
	struct draft **d, struct error *err)
{
	cleanup_value(cache_entry_release) struct cache_entry e = { 0 };
	cleanup(draft_free) struct draft *now = NULL;
	size_t count = draft_layer_count(*d);
	autofree char *comment = NULL;
	int r;

	if (count < keep + 2)
		return 0;
	r = cut(*d, keep, &now, err);
	if (r == 0)
		r = get_layer(site, identity, keep, now, *d, &e, err);
	if (r < 0)
		return error_wrap(err, "squash");
	comment = mem_printf("%zu layers", count - keep);
	empty_history(draft_config(now), keep);
	config_add_history(draft_config(now),
		&(struct history){ .created = e.created,
			.created_by = CREATED_BY,
			.comment = comment });
	draft_add_layer(now, &e.layer);
	draft_free(*d);
	*d = take_ptr(&now);
	return 0;
}
