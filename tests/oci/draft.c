/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/draft.h"

static const struct platform linux_amd64 = { "linux", "amd64", "" };
static const struct digest one = { { 1 } }, two = { { 2 } };

static struct store *
opened(const struct unit_dir *dir)
{
	struct store *s = NULL;
	autoerror err = { 0 };

	assert_ok(store_open(dir->path, &s, &err), &err);
	return s;
}

static void
add(struct draft *d, const struct digest *diff_id, const char *media_type)
{
	cleanup_value(layer_release) struct layer l = { .diff_id = *diff_id };

	descriptor_init(&l.blob, media_type,
		strcmp(media_type, MEDIA_OCI_LAYER) == 0 ? diff_id : &two, 7);
	draft_add_layer(d, &l);
}

static void
test_grows(void **state)
{
	cleanup(draft_free) struct draft *d = draft_from_nothing(&linux_amd64);
	cleanup(draft_free) struct draft *copy = NULL;
	struct digest chain;

	(void)state;
	assert_int_equal(draft_layer_count(d), 0);
	assert_true(digest_is_none(draft_chain_id(d)));
	add(d, &one, MEDIA_OCI_LAYER);
	assert_true(digest_equal(draft_chain_id(d), &one));
	copy = draft_copy(d);
	add(d, &two, MEDIA_OCI_LAYER);
	layer_chain_id(&one, &two, &chain);
	assert_true(digest_equal(draft_chain_id(d), &chain));
	assert_int_equal(draft_layer_count(d), 2);
	assert_true(digest_equal(&draft_layer(d, 1)->diff_id, &two));
	/* The copy did not grow. */
	assert_int_equal(draft_layer_count(copy), 1);
	assert_true(digest_equal(draft_chain_id(copy), &one));
	assert_null(draft_free(NULL));
}

static void
test_commit_and_load(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(draft_free) struct draft *d = draft_from_nothing(&linux_amd64);
	cleanup(draft_free) struct draft *next = NULL;
	cleanup(image_free) struct image *i = NULL;
	cleanup(json_free) struct json *annotations = json_new_object();
	struct digest manifest, again;
	autoerror err = { 0 };

	(void)state;
	json_set_text(annotations, "a", "b");
	add(d, &one, MEDIA_OCI_LAYER);
	config_set_text(draft_config(d), "User", "me");
	assert_ok(draft_commit(d, s, annotations, &manifest, &err), &err);
	assert_ok(image_load(s, &manifest, &linux_amd64, &i, &err), &err);
	assert_string_equal(config_get_text(image_config(i), "User"), "me");
	assert_int_equal(image_size(i), 7);
	assert_string_equal(json_get_text(image_manifest(i)->annotations, "a"),
		"b");
	/* The same draft gives the same image. */
	next = draft_from_image(i);
	assert_true(digest_equal(draft_chain_id(next), &one));
	assert_ok(draft_commit(next, s, annotations, &again, &err), &err);
	assert_true(digest_equal(&manifest, &again));
}

/* A Docker base's layers get OCI's names for the same bytes. */
static void
test_docker_types(void **state)
{
	static const struct {
		const char *docker, *oci;
	} types[] = {
		{ MEDIA_DOCKER_LAYER_GZIP, MEDIA_OCI_LAYER_GZIP },
		{ "application/vnd.docker.image.rootfs.diff.tar.zstd",
			MEDIA_OCI_LAYER_ZSTD },
		{ "x/y", "x/y" },
	};
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(draft_free) struct draft *d = draft_from_nothing(&linux_amd64);
	cleanup(image_free) struct image *i = NULL;
	struct digest manifest;
	autoerror err = { 0 };
	size_t n;

	(void)state;
	for (n = 0; n < ARRAY_SIZE(types); n++)
		add(d, &one, types[n].docker);
	assert_ok(draft_commit(d, s, NULL, &manifest, &err), &err);
	assert_ok(image_load(s, &manifest, &linux_amd64, &i, &err), &err);
	assert_string_equal(image_manifest(i)->media_type, MEDIA_OCI_MANIFEST);
	for (n = 0; n < ARRAY_SIZE(types); n++)
		assert_string_equal(image_layer(i, n)->blob.media_type,
			types[n].oci);
}

static void
test_as_text(void **state)
{
	cleanup(draft_free) struct draft *d = draft_from_nothing(&linux_amd64);
	cleanup(draft_free) struct draft *back = NULL;
	cleanup(json_free) struct json *j = NULL;
	cleanup(json_free) struct json *j_back = NULL;
	autoerror err = { 0 };

	(void)state;
	add(d, &one, MEDIA_OCI_LAYER);
	add(d, &two, MEDIA_DOCKER_LAYER_GZIP);
	j = draft_format(d);
	assert_ok(draft_parse(j, &back, &err), &err);
	j_back = draft_format(back);
	assert_true(json_equal(j, j_back));
	assert_true(digest_equal(draft_chain_id(d), draft_chain_id(back)));
}

static void
test_parse_refuses(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "{}", "no config" },
		{ "{\"config\":{}}", "'os'" },
		{ "{\"config\":{\"os\":\"a\",\"architecture\":\"b\"},"
		  "\"layers\":[{}]}", "damaged layer" },
	};
	struct draft *d = NULL;
	autoerror err = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup(json_free) struct json *j = NULL;

		assert_ok(json_parse(cases[i].text, strlen(cases[i].text),
				KiB(4), "test", &j, &err), &err);
		assert_fails(draft_parse(j, &d, &err), &err, EBADMSG,
			cases[i].message);
	}
	assert_null(d);
}

static void
test_too_large(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(draft_free) struct draft *d = draft_from_nothing(&linux_amd64);
	autofree char *text = mem_zalloc(MiB(8) + 1);
	struct digest manifest;
	autoerror err = { 0 };

	(void)state;
	memset(text, 'x', MiB(8));
	config_set_top(draft_config(d), "author", text);
	assert_fails(draft_commit(d, s, NULL, &manifest, &err), &err, EFBIG,
		"image config");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_commit_and_load),
		cmocka_unit_test(test_docker_types),
		cmocka_unit_test(test_as_text),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
