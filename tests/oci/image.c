/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/image.h"

#define HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define OTHER "ca7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static const struct platform linux_amd64 = { "linux", "amd64", "" };

static struct store *
opened(const struct unit_dir *dir)
{
	struct store *s = NULL;
	autoerror err = { 0 };

	assert_ok(store_open(dir->path, &s, &err), &err);
	return s;
}

static struct digest
write_text(struct store *s, const char *text)
{
	autoerror err = { 0 };
	struct digest d;

	assert_ok(store_write_blob(s, text, strlen(text), &d, &err), &err);
	return d;
}

/* A manifest with these layers over a config with these diff ids. */
static struct digest
write_image(struct store *s, const char *config_type, const char *diff_ids,
	const char *layers)
{
	autofree char *config = mem_printf(
		"{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{"
		"\"diff_ids\":[%s]},\"history\":[{}]}", diff_ids);
	struct digest d = write_text(s, config);
	autofree char *manifest = NULL;
	char text[DIGEST_TEXT_SIZE];

	manifest = mem_printf("{\"schemaVersion\":2,\"config\":{\"mediaType\":"
		"\"%s\",\"digest\":\"%s\",\"size\":%zu},\"layers\":[%s]}",
		config_type, digest_format(&d, text), strlen(config), layers);
	return write_text(s, manifest);
}

#define LAYER(type, hex, size)                                                 \
	"{\"mediaType\":\"" type "\",\"digest\":\"sha256:" hex                 \
	"\",\"size\":" size "}"

static void
test_load(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(image_free) struct image *i = NULL;
	struct digest d = write_image(s, MEDIA_DOCKER_CONFIG,
		"\"sha256:" HEX "\",\"sha256:" HEX "\"",
		LAYER(MEDIA_OCI_LAYER, HEX, "5") ","
		LAYER(MEDIA_OCI_LAYER_GZIP, OTHER, "6"));
	autoerror err = { 0 };

	(void)state;
	assert_ok(image_load(s, &d, NULL, &i, &err), &err);
	assert_true(digest_equal(image_digest(i), &d));
	assert_int_equal(image_layer_count(i), 2);
	assert_int_equal(image_size(i), 11);
	assert_int_equal(image_manifest(i)->layer_count, 2);
	assert_false(digest_is_none(image_config_digest(i)));
	assert_string_equal(config_get_top(image_config(i), "os"), "linux");
	assert_string_equal(image_layer(i, 1)->blob.media_type,
		MEDIA_OCI_LAYER_GZIP);
	assert_null(image_free(NULL));
}

static int
load(struct store *s, struct digest d, struct error *err)
{
	cleanup(image_free) struct image *i = NULL;

	return image_load(s, &d, &linux_amd64, &i, err);
}

static void
test_refused(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	const struct digest nothing = { { 1 } };
	autoerror err = { 0 };

	(void)state;
	assert_fails(load(s, nothing, &err), &err, ENOENT, "no blob");
	assert_fails(load(s, write_text(s, "{}"), &err), &err, EBADMSG,
		"schemaVersion");
	assert_fails(load(s, write_image(s, "a/b", "", ""), &err), &err,
		EBADMSG, "an artifact of type 'a/b'");
	assert_fails(load(s, write_image(s, MEDIA_OCI_CONFIG, "",
			LAYER(MEDIA_OCI_LAYER, HEX, "1")), &err), &err,
		EBADMSG, "manifest has 1 layers, config 0");
	assert_fails(load(s, write_image(s, MEDIA_OCI_CONFIG,
			"\"sha256:" OTHER "\"",
			LAYER(MEDIA_OCI_LAYER, HEX, "1")), &err), &err,
		EBADMSG, "has another diff id");
	assert_fails(load(s, write_text(s, "{\"schemaVersion\":2,\"config\":"
			LAYER(MEDIA_OCI_CONFIG, HEX, "1")
			",\"layers\":[]}"), &err), &err, ENOENT,
		"image config");
}

static struct digest
write_index(struct store *s, const struct digest *entry, const char *type)
{
	autofree char *text = NULL;
	char digest[DIGEST_TEXT_SIZE];

	text = mem_printf("{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":"
		"\"%s\",\"digest\":\"%s\",\"size\":1,\"platform\":{\"os\":"
		"\"linux\",\"architecture\":\"amd64\"}}]}", type,
		digest_format(entry, digest));
	return write_text(s, text);
}

static void
test_indexes(void **state)
{
	static const struct platform s390x = { "linux", "s390x", "" };
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	struct digest image = write_image(s, MEDIA_OCI_CONFIG, "", "");
	struct digest d = write_index(s, &image, MEDIA_OCI_MANIFEST);
	struct image *i = NULL;
	autoerror err = { 0 };
	int depth;

	(void)state;
	assert_ok(image_load(s, &d, &linux_amd64, &i, &err), &err);
	assert_true(digest_equal(image_digest(i), &image));
	i = image_free(i);
	assert_fails(image_load(s, &d, &s390x, &i, &err), &err, ENOENT,
		"only for linux/amd64");
	for (depth = 2; depth <= 4; depth++) {
		d = write_index(s, &d, MEDIA_OCI_INDEX);
		assert_ok(load(s, d, &err), &err);
	}
	assert_fails(load(s, write_index(s, &d, MEDIA_OCI_INDEX), &err), &err,
		EBADMSG, "nested more than 4");
}

static void
test_size_overflow(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup(image_free) struct image *i = NULL;
#define HUGE_LAYER LAYER(MEDIA_OCI_LAYER, HEX, "9223372036854775807")
	struct digest d = write_image(s, MEDIA_OCI_CONFIG,
		"\"sha256:" HEX "\",\"sha256:" HEX "\",\"sha256:" HEX "\"",
		HUGE_LAYER "," HUGE_LAYER "," HUGE_LAYER);
	autoerror err = { 0 };

	(void)state;
	assert_ok(image_load(s, &d, &linux_amd64, &i, &err), &err);
	assert_true(image_size(i) == UINT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_indexes),
		cmocka_unit_test(test_size_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
