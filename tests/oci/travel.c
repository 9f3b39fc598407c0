/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/blob.h"
#include "oci/draft.h"
#include "oci/travel.h"

static const struct platform linux_amd64 = { "linux", "amd64", "" };

static struct store *
opened(const struct unit_dir *dir)
{
	struct store *s = NULL;
	autoerror err = { 0 };

	assert_ok(store_open(dir->path, &s, &err), &err);
	return s;
}

/* An image of one layer, an empty tar. */
static void
make_image(struct store *s, const struct json *annotations, struct digest *ret)
{
	cleanup(draft_free) struct draft *d = draft_from_nothing(&linux_amd64);
	cleanup_value(layer_release) struct layer l = { 0 };
	static const char zeros[1024];
	struct digest digest;
	autoerror err = { 0 };

	assert_ok(
		store_write_blob(s, zeros, sizeof(zeros), &digest, &err), &err);
	assert_ok(layer_from_blob(s, &digest, sizeof(zeros), &l, &err), &err);
	draft_add_layer(d, &l);
	assert_ok(draft_commit(d, s, annotations, ret, &err), &err);
}

static void
load(struct store *s, const struct digest *d, struct manifest *ret)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autoerror err = { 0 };

	assert_ok(store_read_blob(s, d, &text, &err), &err);
	assert_ok(manifest_parse(buf_text(&text), text.len, ret, &err), &err);
}

static void
test_stays_as_it_is(void **state)
{
	const struct travel_options plain = { .packing = { CODEC_NONE } };
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	struct digest image, travels;
	autoerror err = { 0 };

	(void)state;
	make_image(s, NULL, &image);
	assert_ok(travel_make(s, &image, &plain, &travels, &err), &err);
	assert_true(digest_equal(&image, &travels));
	assert_int_equal(travel_needs_trees(s, &image, &err), 0);
}

static void
test_is_packed(void **state)
{
	const struct travel_options gzip = { .packing = { CODEC_GZIP } };
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(manifest_release) struct manifest m = { 0 };
	struct digest image, travels, again;
	autoerror err = { 0 };

	(void)state;
	make_image(s, NULL, &image);
	assert_ok(travel_make(s, &image, &gzip, &travels, &err), &err);
	load(s, &travels, &m);
	assert_string_equal(m.layers[0].media_type, MEDIA_OCI_LAYER_GZIP);
	assert_int_equal(store_has_blob(s, &m.layers[0].digest, &err), 1);
	assert_ok(travel_make(s, &travels, &gzip, &again, &err), &err);
	assert_true(digest_equal(&travels, &again));
}

static void
test_docker_types(void **state)
{
	struct travel_options docker = { .packing = { CODEC_GZIP },
		.family = MEDIA_DOCKER };
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(json_free) struct json *note = json_new_object();
	cleanup_value(manifest_release) struct manifest m = { 0 };
	struct digest image, travels;
	autoerror err = { 0 };

	(void)state;
	json_set_text(note, "a", "b");
	make_image(s, note, &image);
	assert_ok(travel_make(s, &image, &docker, &travels, &err), &err);
	load(s, &travels, &m);
	assert_string_equal(m.media_type, MEDIA_DOCKER_MANIFEST);
	assert_string_equal(m.config.media_type, MEDIA_DOCKER_CONFIG);
	assert_string_equal(m.layers[0].media_type, MEDIA_DOCKER_LAYER_GZIP);
	assert_null(m.annotations);
	docker.packing.codec = CODEC_ZSTD;
	assert_fails(travel_make(s, &image, &docker, &travels, &err), &err,
		ENOTSUP, "zstd");
}

/* An index of `image` and of another that is not here. */
static void
make_index(struct store *s, const struct digest *image, bool is_whole,
	struct digest *ret)
{
	struct descriptor entries[2] = { 0 };
	struct image_index i = { .media_type = (char *)MEDIA_OCI_INDEX,
		.manifests = entries,
		.count = is_whole ? 1 : 2 };
	static const struct digest nothing = { { 7 } };
	cleanup_value(buf_release) struct buf text = { 0 };
	autoerror err = { 0 };

	descriptor_init(&entries[0], MEDIA_OCI_MANIFEST, image, 100);
	descriptor_init(&entries[1], MEDIA_OCI_MANIFEST, &nothing, 100);
	buf_init(&text, MiB(1));
	image_index_format(&i, &text);
	assert_ok(store_write_blob(s, text.data, text.len, ret, &err), &err);
	descriptor_release(&entries[0]);
	descriptor_release(&entries[1]);
}

static void
test_indexes(void **state)
{
	const struct travel_options gzip = { .packing = { CODEC_GZIP } };
	cleanup_value(image_index_release) struct image_index i = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	struct digest image, alone, index, travels;
	autoerror err = { 0 };

	(void)state;
	make_image(s, NULL, &image);
	make_index(s, &image, true, &index);
	assert_ok(travel_make(s, &index, &gzip, &travels, &err), &err);
	assert_ok(travel_make(s, &image, &gzip, &alone, &err), &err);
	assert_ok(store_read_blob(s, &travels, &text, &err), &err);
	assert_ok(image_index_parse(buf_text(&text), text.len, &i, &err), &err);
	assert_true(digest_equal(&i.manifests[0].digest, &alone));
	make_index(s, &image, false, &index);
	assert_fails(travel_make(s, &index, &gzip, &travels, &err), &err,
		ENOENT, "manifest 'sha256:07");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stays_as_it_is),
		cmocka_unit_test(test_is_packed),
		cmocka_unit_test(test_docker_types),
		cmocka_unit_test(test_indexes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
