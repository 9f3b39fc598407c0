/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/cache-image.h"

#include <errno.h>
#include <string.h>

#include "builder/cache.h"
#include "oci/archive.h"
#include "oci/image.h"
#include "oci/travel.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"

#define STEPS_MAX 100000

/* Where in the image the step's layer is; -1: nowhere. */
static int64_t
find_layer(const struct draft *d, const struct digest *diff_id)
{
	for (size_t n = 0; n < draft_layer_count(d); n++) {
		if (digest_equal(&draft_layer(d, n)->diff_id, diff_id))
			return (int64_t)n;
	}
	return -1;
}

static struct json *
format_step(const char *key, const struct cache_entry *e,
	const char *created_by, int64_t layer)
{
	struct json *j = json_new_object();

	json_set_text(j, "key", key);
	json_set_number(j, "layer", layer);
	json_set_number(j, "size", (int64_t)e->layer.blob.size);
	json_set_text(j, "created", e->created);
	json_set_text(j, "created_by", created_by);
	return j;
}

/* One step, whose layer is added if `adds` and it is not there. */
static int
add_step(struct store *s, struct draft *d, const char *key, bool adds,
	struct json *list, struct error *err)
{
	cleanup_value(cache_entry_release) struct cache_entry e = { 0 };
	autofree char *created_by = NULL;
	int64_t layer;
	int r;

	r = cache_read(s, key, &e, &created_by, err);
	if (r <= 0)
		return r;
	layer = find_layer(d, &e.layer.diff_id);
	if (layer < 0 && adds) {
		draft_add_layer(d, &e.layer);
		layer = (int64_t)draft_layer_count(d) - 1;
	}
	if (layer >= 0)
		json_append(list, format_step(key, &e, created_by, layer));
	return 0;
}

static int
add_steps(struct store *s, struct draft *d, const struct strv *steps, bool adds,
	struct error *err)
{
	struct json *list = json_new_array();
	int r = 0;

	for (size_t n = 0; r == 0 && n < steps->count; n++)
		r = add_step(s, d, steps->items[n], adds, list, err);
	json_set(config_json(draft_config(d)), CACHE_IMAGE_MEMBER, list);
	return r;
}

int
cache_image_embed(struct store *s, struct draft *d, const struct strv *steps,
	struct error *err)
{
	return add_steps(s, d, steps, false, err);
}

/* Out. */

static int
push(struct store *s, const struct cache_spec *spec, const struct digest *image,
	const struct transfer_settings *settings, struct error *err)
{
	struct transfer_settings how = *settings;
	cleanup(transfer_free) struct transfer *t = NULL;
	struct digest pushed;
	autoref ref = { 0 };
	int r;

	how.force_compression = spec->packing.force;
	r = ref_parse(spec->place, &ref, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	r = transfer_open(s, &how, &t, err);
	return r < 0 ? r
		     : transfer_push(t, image, &ref, 1, spec->packing.codec,
			       spec->packing.level, &pushed, err);
}

static int
write_layout(struct store *s, const struct cache_spec *spec,
	const struct digest *image, const struct transfer_settings *settings,
	struct error *err)
{
	const struct travel_options travel = { .packing = spec->packing,
		.progress = settings->progress };
	cleanup_value(archive_image_release) struct archive_image i = { 0 };
	int r;

	r = travel_make(s, image, &travel, &i.what, err);
	if (r < 0)
		return r;
	strv_add(&i.names, spec->tag ? spec->tag : "latest");
	return archive_write_dir(s, ARCHIVE_OCI, &i, 1, spec->place, err);
}

static int
reach_trees(struct store *s, const struct digest *image, enum identity identity,
	struct error *err)
{
	struct userns userns;
	int r;

	r = travel_needs_trees(s, image, err);
	if (r <= 0)
		return r;
	r = userns_enter(identity, &userns, err);
	if (r == 0)
		store_set_tree_kind(
			s, userns.identity == IDENTITY_SINGLE ? "single" : "");
	return r;
}

static int export(struct store *s, const struct cache_spec *spec,
	const struct strv *steps, enum identity identity,
	const struct transfer_settings *settings, struct error *err)
{
	cleanup(draft_free) struct draft *d = NULL;
	struct platform host;
	struct digest image;
	int r;

	platform_host(&host);
	d = draft_from_nothing(&host);
	r = add_steps(s, d, steps, true, err);
	if (r == 0)
		r = draft_commit(d, s, NULL, &image, err);
	if (r == 0)
		r = reach_trees(s, &image, identity, err);
	if (r < 0)
		return r;
	return spec->kind == CACHE_REGISTRY
		? push(s, spec, &image, settings, err)
		: write_layout(s, spec, &image, settings, err);
}

int
cache_image_export(struct store *s, const struct cache_spec *spec,
	const struct strv *steps, enum identity identity,
	const struct transfer_settings *settings, struct error *err)
{
	autoerror why = { 0 };

	if (spec->kind == CACHE_INLINE || steps->count == 0)
		return 0;
	if (export(s, spec, steps, identity, settings, &why) == 0)
		return 0;
	(void)error_wrap(&why, "cache '%s'", spec->place);
	if (!spec->ignores_errors)
		return error_move(err, &why);
	log_warning("%s", why.text);
	return 0;
}

/* In. */

static int
pull(struct store *s, const struct cache_spec *spec,
	const struct transfer_settings *settings, struct digest *ret,
	struct error *err)
{
	cleanup(transfer_free) struct transfer *t = NULL;
	autoref ref = { 0 };
	int r;

	r = ref_parse(spec->place, &ref, err);
	if (r == 0)
		r = transfer_open(s, settings, &t, err);
	return r < 0 ? r : transfer_pull(t, &ref, NULL, false, ret, err);
}

/* The one of that tag, or the only one. */
static int
read_layout(struct store *s, const struct cache_spec *spec, struct digest *ret,
	struct error *err)
{
	cleanup_value(archive_content_release) struct archive_content c = { 0 };
	const char *tag = spec->tag ? spec->tag : "latest";
	autofree char *name = NULL;
	autoref ref = { 0 };
	int r;

	r = ref_parse(tag, &ref, err);
	if (r == 0)
		r = archive_read_dir(s, spec->place, &c, err);
	if (r < 0)
		return r;
	/* As it is read from there. */
	name = ref_format(&ref);
	for (size_t n = 0; n < c.count; n++) {
		const struct strv *names = &c.images[n].names;

		*ret = c.images[n].what;
		if (c.count == 1 || strv_has(names, name))
			return 0;
	}
	return error_set(err, ENOENT, "no tag '%s' in it", tag);
}

/* Foreign words: what makes no sense is passed over. */
static int
take_step(struct store *s, const struct image *i, const struct json *j,
	struct error *err)
{
	int64_t n = json_get_number(j, "layer", -1);
	int64_t size = json_get_number(j, "size", -1);
	const char *key = json_get_text(j, "key");
	const char *created = json_get_text(j, "created");
	const char *created_by = json_get_text(j, "created_by");
	cleanup_value(cache_entry_release) struct cache_entry e = { 0 };
	struct digest digest;
	int r;

	if (!key || digest_parse_hex(key, &digest, NULL) < 0 || !created ||
		size < 0 || n < 0 || (size_t)n >= image_layer_count(i))
		return 0;
	r = layer_adopt(s, image_layer(i, (size_t)n), err);
	if (r < 0)
		return r;
	layer_init(
		&e.layer, &image_layer(i, (size_t)n)->diff_id, (uint64_t)size);
	e.created = mem_strdup(created);
	return cache_write(s, key, &e, created_by ? created_by : "", err);
}

int
cache_image_take(struct store *s, const struct digest *what, struct error *err)
{
	cleanup(image_free) struct image *i = NULL;
	const struct json *list;
	int r;

	r = image_load(s, what, NULL, &i, err);
	if (r < 0)
		return r;
	/* Only looked at. */
	list = json_get(config_json((struct config *)image_config(i)),
		CACHE_IMAGE_MEMBER);
	for (size_t n = 0; r == 0 && n < json_count(list) && n < STEPS_MAX; n++)
		r = take_step(s, i, json_at(list, n), err);
	return r;
}

int
cache_image_import(struct store *s, const struct cache_spec *spec,
	const struct transfer_settings *settings, struct error *err)
{
	autoerror why = { 0 };
	struct digest what;
	int r;

	r = spec->kind == CACHE_REGISTRY ? pull(s, spec, settings, &what, &why)
					 : read_layout(s, spec, &what, &why);
	if (r == 0)
		r = cache_image_take(s, &what, &why);
	if (r == -ECANCELED)
		return error_move(err, &why);
	/* The first build of all has no cache. */
	if (r < 0)
		log_warning("cache '%s': %s", spec->place, why.text);
	return 0;
}
