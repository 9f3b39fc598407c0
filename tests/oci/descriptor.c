/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/descriptor.h"

#define HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define GOOD                                                                   \
	"{\"mediaType\":\"" MEDIA_OCI_LAYER                                    \
	"\",\"digest\":\"sha256:" HEX "\",\"size\":7"

static int
parse(const char *text, struct descriptor *ret, struct error *err)
{
	cleanup(json_free) struct json *j = NULL;

	assert_int_equal(json_parse(text, strlen(text), KiB(64), "test", &j,
			NULL), 0);
	return descriptor_parse(j, ret, err);
}

static void
test_round_trip(void **state)
{
	static const char text[] = GOOD
		",\"annotations\":{\"a\":\"b\"},\"platform\":{\"os\":\"linux\"}}";
	cleanup_value(descriptor_release) struct descriptor d = { 0 };
	cleanup_value(descriptor_release) struct descriptor copy = { 0 };
	cleanup_value(buf_release) struct buf b = { .max = KiB(64) };
	cleanup(json_free) struct json *j = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_ok(parse(text, &d, &err), &err);
	assert_int_equal(d.size, 7);
	descriptor_copy(&d, &copy);
	j = descriptor_format(&copy);
	json_format(j, &b);
	assert_string_equal(buf_text(&b), text);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "{}", "mediaType" },
		{ "[]", "mediaType" },
		{ "{\"mediaType\":\"\"}", "mediaType" },
		{ "{\"mediaType\":7}", "mediaType" },
		{ "{\"mediaType\":\"a\"}", "digest" },
		{ "{\"mediaType\":\"a\",\"digest\":\"x\"}", "digest 'x'" },
		{ "{\"mediaType\":\"a\",\"digest\":\"sha256:" HEX "\"}",
			"no size" },
		{ "{\"mediaType\":\"a\",\"digest\":\"sha256:" HEX
		  "\",\"size\":-1}", "no size" },
		{ "{\"mediaType\":\"a\",\"digest\":\"sha256:" HEX
		  "\",\"size\":1.5}", "no size" },
		{ GOOD ",\"annotations\":[]}", "'annotations'" },
		{ GOOD ",\"platform\":\"x\"}", "'platform'" },
	};
	struct descriptor d = { 0 };
	autoerror err = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_fails(parse(cases[i].text, &d, &err), &err, EBADMSG,
			cases[i].message);
	assert_null(d.media_type);
}

static void
test_kinds(void **state)
{
	static const struct {
		const char *type;
		bool index, manifest;
	} cases[] = {
		{ MEDIA_OCI_INDEX, true, false },
		{ MEDIA_DOCKER_LIST, true, false },
		{ MEDIA_OCI_MANIFEST, false, true },
		{ MEDIA_DOCKER_MANIFEST, false, true },
		{ MEDIA_OCI_CONFIG, false, false },
	};
	const struct digest digest = { { 1 } };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_value(descriptor_release) struct descriptor d = { 0 };

		descriptor_init(&d, cases[i].type, &digest, 9);
		assert_int_equal(d.size, 9);
		assert_int_equal(descriptor_is_index(&d), cases[i].index);
		assert_int_equal(descriptor_is_manifest(&d),
			cases[i].manifest);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
