/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/manifest.h"

#define HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define DESCRIPTOR(type)                                                       \
	"{\"mediaType\":\"" type "\",\"digest\":\"sha256:" HEX                 \
	"\",\"size\":7}"
#define HEAD(type) "{\"schemaVersion\":2,\"mediaType\":\"" type "\","
#define CONFIG "\"config\":" DESCRIPTOR(MEDIA_OCI_CONFIG)
#define LAYERS "\"layers\":[" DESCRIPTOR(MEDIA_OCI_LAYER_GZIP) "]"
#define IMAGE HEAD(MEDIA_OCI_MANIFEST) CONFIG "," LAYERS
#define INDEX                                                                  \
	HEAD(MEDIA_OCI_INDEX)                                                  \
	"\"manifests\":[" DESCRIPTOR(MEDIA_OCI_MANIFEST) "]"

static void
test_image_round_trip(void **state)
{
	static const char text[] = IMAGE ",\"annotations\":{\"a\":\"b\"}}";
	cleanup_value(manifest_release) struct manifest m = { 0 };
	cleanup_value(buf_release) struct buf b = { .max = MiB(1) };
	autoerror err = { 0 };

	(void)state;
	assert_ok(manifest_parse(text, strlen(text), &m, &err), &err);
	assert_int_equal(m.layer_count, 1);
	assert_string_equal(m.config.media_type, MEDIA_OCI_CONFIG);
	manifest_format(&m, &b);
	assert_string_equal(buf_text(&b), text);
}

static void
test_index_round_trip(void **state)
{
	static const char text[] = INDEX ",\"annotations\":{\"a\":\"b\"}}";
	cleanup_value(image_index_release) struct image_index i = { 0 };
	cleanup_value(buf_release) struct buf b = { .max = MiB(1) };
	autoerror err = { 0 };

	(void)state;
	assert_ok(image_index_parse(text, strlen(text), &i, &err), &err);
	assert_int_equal(i.count, 1);
	image_index_format(&i, &b);
	assert_string_equal(buf_text(&b), text);
}

static void
test_detect(void **state)
{
	static const struct {
		const char *text, *content_type;
		enum manifest_kind kind;
	} cases[] = {
		{ IMAGE "}", NULL, MANIFEST_IMAGE },
		{ IMAGE "}", MEDIA_OCI_MANIFEST "; charset=utf-8",
			MANIFEST_IMAGE },
		{ INDEX "}", MEDIA_OCI_INDEX, MANIFEST_INDEX },
		{ "{\"schemaVersion\":2," CONFIG "," LAYERS "}", NULL,
			MANIFEST_IMAGE },
		{ "{\"schemaVersion\":2," CONFIG "," LAYERS "}",
			MEDIA_DOCKER_MANIFEST, MANIFEST_IMAGE },
		{ "{\"schemaVersion\":2,\"manifests\":[]}", NULL,
			MANIFEST_INDEX },
		{ HEAD(MEDIA_DOCKER_LIST) "\"manifests\":[]}", NULL,
			MANIFEST_INDEX },
	};
	autoerror err = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		enum manifest_kind kind;

		assert_ok(manifest_detect(cases[i].text,
				strlen(cases[i].text), cases[i].content_type,
				&kind, &err), &err);
		assert_int_equal(kind, cases[i].kind);
	}
}

static void
test_detect_refuses(void **state)
{
	static const struct {
		const char *text, *content_type, *message;
	} cases[] = {
		{ "", NULL, "JSON" },
		{ "{}", NULL, "schemaVersion" },
		{ "{\"schemaVersion\":1,\"fsLayers\":[]}", NULL, "schema 1" },
		{ "{\"schemaVersion\":3}", NULL, "schemaVersion" },
		{ "{\"schemaVersion\":2}", NULL, "neither" },
		{ IMAGE ",\"manifests\":[]}", NULL, "both" },
		{ INDEX ",\"layers\":[]}", NULL, "both" },
		{ HEAD(MEDIA_OCI_INDEX) CONFIG "," LAYERS "}", NULL,
			"members of another" },
		{ IMAGE "}", MEDIA_OCI_INDEX, "members of another" },
		{ IMAGE "}", MEDIA_DOCKER_MANIFEST, "but says it is" },
		{ IMAGE "}", "text/html", "'text/html' is not a media type" },
		{ HEAD("a/b") CONFIG "}", NULL, "'a/b' is not a media type" },
	};
	enum manifest_kind kind;
	autoerror err = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_fails(manifest_detect(cases[i].text,
				strlen(cases[i].text), cases[i].content_type,
				&kind, &err), &err, EBADMSG,
			cases[i].message);
}

static void
test_parse_refuses(void **state)
{
	static const struct {
		const char *text, *message;
	} images[] = {
		{ INDEX "}", "an index" },
		{ HEAD(MEDIA_OCI_MANIFEST) "\"config\":{}}", "config: " },
		{ HEAD(MEDIA_OCI_MANIFEST) CONFIG ",\"layers\":{}}",
			"'layers' is no array" },
		{ HEAD(MEDIA_OCI_MANIFEST) CONFIG ",\"layers\":["
		  DESCRIPTOR(MEDIA_OCI_LAYER) ",{}]}", "layers 2: " },
		{ IMAGE ",\"annotations\":[]}", "'annotations'" },
	};
	struct manifest m = { 0 };
	struct image_index index = { 0 };
	autoerror err = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(images); i++)
		assert_fails(manifest_parse(images[i].text,
				strlen(images[i].text), &m, &err), &err,
			EBADMSG, images[i].message);
	assert_null(m.media_type);
	assert_fails(image_index_parse(IMAGE "}", strlen(IMAGE "}"), &index,
			&err), &err, EBADMSG, "no index");
	assert_fails(image_index_parse(INDEX ",\"annotations\":1}",
			strlen(INDEX ",\"annotations\":1}"), &index, &err),
		&err, EBADMSG, "'annotations'");
}

static void
test_too_large(void **state)
{
	autofree char *text = mem_alloc(MiB(4) + 1);
	enum manifest_kind kind;
	autoerror err = { 0 };

	(void)state;
	memset(text, ' ', MiB(4) + 1);
	assert_fails(manifest_detect(text, MiB(4) + 1, NULL, &kind, &err),
		&err, EBADMSG, "larger than");
}

static void
test_too_many_layers(void **state)
{
	cleanup_value(buf_release) struct buf b = { .max = MiB(4) };
	struct manifest m = { 0 };
	autoerror err = { 0 };
	size_t i;

	(void)state;
	buf_adds(&b, "{\"schemaVersion\":2," CONFIG ",\"layers\":[{}");
	for (i = 0; i < 10000; i++)
		buf_adds(&b, ",{}");
	buf_adds(&b, "]}");
	assert_fails(manifest_parse(buf_text(&b), b.len, &m, &err), &err,
		EBADMSG, "10001 'layers'");
}

#define ENTRY(type, rest)                                                      \
	"{\"mediaType\":\"" type "\",\"digest\":\"sha256:" HEX                 \
	"\",\"size\":7" rest "}"
#define FOR(os, arch, more)                                                    \
	",\"platform\":{\"os\":\"" os "\",\"architecture\":\"" arch "\"" more  \
	"}"

/* Which entry of "manifests" `want` gets. */
static int
choose(const char *entries, const char *want, size_t *ret, struct error *err)
{
	autofree char *text = mem_printf(
		"{\"schemaVersion\":2,\"manifests\":[%s]}", entries);
	cleanup_value(image_index_release) struct image_index i = { 0 };
	struct platform p;

	assert_ok(platform_parse(want, &p, err), err);
	assert_ok(image_index_parse(text, strlen(text), &i, err), err);
	return image_index_choose(&i, &p, ret, err);
}

static void
test_choose(void **state)
{
	static const char entries[] =
		ENTRY("a/b", FOR("linux", "amd64", ""))
		"," ENTRY(MEDIA_OCI_MANIFEST, FOR("unknown", "unknown", ""))
		"," ENTRY(MEDIA_OCI_MANIFEST, FOR("linux", "amd64", "")
		",\"annotations\":{\"vnd.docker.reference.type\":"
		"\"attestation-manifest\"}")
		"," ENTRY(MEDIA_OCI_MANIFEST, FOR("linux", "arm64",
			",\"variant\":\"v8\""))
		"," ENTRY(MEDIA_OCI_MANIFEST, FOR("linux", "386", ""))
		"," ENTRY(MEDIA_OCI_MANIFEST, FOR("linux", "amd64", ""))
		"," ENTRY(MEDIA_OCI_MANIFEST, FOR("linux", "amd64", ""))
		"," ENTRY(MEDIA_OCI_MANIFEST, FOR("linux", "amd64",
			",\"variant\":\"v2\""));
	autoerror err = { 0 };
	size_t n;

	(void)state;
	assert_ok(choose(entries, "linux/amd64", &n, &err), &err);
	assert_int_equal(n, 5);
	assert_ok(choose(entries, "linux/amd64/v3", &n, &err), &err);
	assert_int_equal(n, 7);
	assert_ok(choose(entries, "linux/arm64", &n, &err), &err);
	assert_int_equal(n, 3);
	assert_fails(choose(entries, "linux/s390x", &n, &err), &err, ENOENT,
		"'linux/s390x', only for linux/arm64, linux/386");
	assert_fails(choose("", "linux/s390x", &n, &err), &err, ENOENT,
		"nothing at all");
}

/* One that does not say what it is for comes after all that do. */
static void
test_choose_without_platform(void **state)
{
	static const char entries[] =
		ENTRY(MEDIA_OCI_MANIFEST, "")
		"," ENTRY(MEDIA_OCI_MANIFEST, FOR("linux", "386", ""));
	autoerror err = { 0 };
	size_t n;

	(void)state;
	assert_ok(choose(entries, "linux/amd64", &n, &err), &err);
	assert_int_equal(n, 1);
	assert_ok(choose(entries, "linux/arm64", &n, &err), &err);
	assert_int_equal(n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_image_round_trip),
		cmocka_unit_test(test_index_round_trip),
		cmocka_unit_test(test_detect),
		cmocka_unit_test(test_detect_refuses),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_too_many_layers),
		cmocka_unit_test(test_choose),
		cmocka_unit_test(test_choose_without_platform),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
