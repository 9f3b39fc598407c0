/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/builder/layers.h"

#include "builder/cache-image.h"
#include "builder/cache.h"

#define KEY                                \
	"0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef"

/* A step of that key made a layer with the file a. */
static void
do_step(struct store *s, struct draft *d)
{
	cleanup_value(cache_entry_release) struct cache_entry e = { 0 };
	autoerror err = { 0 };

	layers_add(s, d, "a", "text");
	layer_copy(draft_layer(d, 0), &e.layer);
	e.created = mem_strdup("2026-01-01T00:00:00Z");
	assert_ok(cache_write(s, KEY, &e, "RUN x", &err), &err);
}

static struct store *
opened(const struct unit_dir *dir, const char *name)
{
	autofree char *path = path_join(dir->path, name);
	struct store *s = NULL;
	autoerror err = { 0 };

	assert_ok(store_open(path, &s, &err), &err);
	return s;
}

static void
there_and_back(void **state)
{
	static const struct transfer_settings settings;
	unit_dir_auto dir = unit_dir_make();
	char *place = path_join(dir.path, "cache");
	cleanup_value(cache_spec_release) struct cache_spec spec = {
		.kind = CACHE_LOCAL,
		.place = place,
		.packing = { CODEC_GZIP },
	};
	cleanup(draft_free) struct draft *d =
		draft_from_nothing(&layers_platform);
	cleanup_value(cache_entry_release) struct cache_entry e = { 0 };
	cleanup(store_free) struct store *from = layers_open_store(&dir);
	cleanup(store_free) struct store *to = opened(&dir, "other");
	cleanup_value(strv_release) struct strv steps = { 0 };
	autofree char *created_by = NULL;
	autoerror err = { 0 };

	(void)state;
	do_step(from, d);
	strv_add(&steps, KEY);
	assert_ok(cache_image_export(
			  from, &spec, &steps, IDENTITY_AUTO, &settings, &err),
		&err);
	assert_ok(cache_image_import(to, &spec, &settings, &err), &err);
	assert_int_equal(cache_read(to, KEY, &e, &created_by, &err), 1);
	assert_string_equal(created_by, "RUN x");
	assert_string_equal(e.created, "2026-01-01T00:00:00Z");
	assert_true(
		digest_equal(&e.layer.diff_id, &draft_layer(d, 0)->diff_id));
}

static void
embedded(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(draft_free) struct draft *d =
		draft_from_nothing(&layers_platform);
	cleanup(store_free) struct store *s = layers_open_store(&dir);
	cleanup_value(strv_release) struct strv steps = { 0 };
	const struct json *list;
	autoerror err = { 0 };

	(void)state;
	do_step(s, d);
	strv_add(&steps, KEY);
	strv_add(&steps, "nobody knows it");
	assert_ok(cache_image_embed(s, d, &steps, &err), &err);
	list = json_get(config_json(draft_config(d)), CACHE_IMAGE_MEMBER);
	assert_int_equal(json_count(list), 1);
	assert_string_equal(json_get_text(json_at(list, 0), "key"), KEY);
	assert_int_equal(json_get_number(json_at(list, 0), "layer", -1), 0);
}

/* What another's image says is looked at twice. */
static void
rubbish(void **state)
{
	static const char *const steps[] = {
		"{\"slipway.cache.v0\":[{\"key\":\"../x\"}]}",
		"{\"slipway.cache.v0\":7}",
		"{\"slipway.cache.v0\":[{\"key\":\"" KEY
		"\",\"layer\":5,\"size\":1,\"created\":\"now\"}]}",
	};
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(steps); n++) {
		unit_dir_auto dir = unit_dir_make();
		cleanup(draft_free) struct draft *d =
			draft_from_nothing(&layers_platform);
		cleanup(store_free) struct store *s = layers_open_store(&dir);
		cleanup_value(cache_entry_release) struct cache_entry e = { 0 };
		cleanup(json_free) struct json *j = NULL;
		struct digest digest;
		autoerror err = { 0 };

		assert_ok(json_parse(steps[n], strlen(steps[n]), KiB(4), "x",
				  &j, &err),
			&err);
		json_set(config_json(draft_config(d)), CACHE_IMAGE_MEMBER,
			json_copy(json_get(j, CACHE_IMAGE_MEMBER)));
		assert_ok(draft_commit(d, s, NULL, &digest, &err), &err);
		assert_ok(cache_image_take(s, &digest, &err), &err);
		assert_int_equal(cache_read(s, KEY, &e, NULL, &err), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(embedded),
		cmocka_unit_test(rubbish),
	};

	return cmocka_run_group_tests(tests, layers_enter, NULL);
}
