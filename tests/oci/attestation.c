/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/attestation.h"
#include "oci/provenance.h"
#include "oci/purl.h"

#define HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void
test_purl(void **state)
{
	static const struct {
		const char *name, *purl;
	} cases[] = {
		{ "alpine:3.17",
			"pkg:docker/alpine@3.17?platform=linux%2Farm%2Fv7" },
		{ "me/app",
			"pkg:docker/me/app@latest?platform=linux%2Farm%2Fv7" },
		{ "reg.test:5000/a/b:c",
			"pkg:docker/reg.test:5000/a/b@c?platform=linux%2Farm%2Fv7" },
	};
	struct platform p;
	autoerror err = { 0 };

	(void)state;
	assert_ok(platform_parse("linux/arm/v7", &p, &err), &err);
	for (size_t n = 0; n < ARRAY_SIZE(cases); n++) {
		autoref ref = { 0 };
		autofree char *purl = NULL;

		assert_ok(ref_parse(cases[n].name, &ref, &err), &err);
		purl = purl_of_image(&ref, &p);
		assert_string_equal(purl, cases[n].purl);
	}
}

static void
test_provenance(void **state)
{
	struct provenance p = { .is_complete = true };
	cleanup(json_free) struct json *bare = provenance_format(&p);
	cleanup(json_free) struct json *timed = NULL;
	cleanup_value(buf_release) struct buf text = { .max = KiB(64) };
	const struct json *metadata;

	(void)state;
	json_format(bare, &text);
	assert_string_equal(buf_text(&text),
		"{\"buildDefinition\":{\"buildType\":\"" PROVENANCE_BUILD_TYPE
		"\",\"externalParameters\":{\"configSource\":{},\"request\":{}},"
		"\"resolvedDependencies\":[]},\"runDetails\":{\"builder\":"
		"{\"id\":\"" PROVENANCE_BUILDER "\"},\"metadata\":"
		"{\"slipway_completeness\":{\"resolvedDependencies\":true},"
		"\"slipway_reproducible\":false}}}");
	p.has_times = true;
	p.finished = 1;
	p.builder_id = "https://example.test/b";
	timed = provenance_format(&p);
	metadata = json_get(json_get(timed, "runDetails"), "metadata");
	assert_string_equal(json_get_text(metadata, "startedOn"),
		"1970-01-01T00:00:00Z");
	assert_string_equal(json_get_text(metadata, "finishedOn"),
		"1970-01-01T00:00:01Z");
}

static void
test_statement(void **state)
{
	cleanup(json_free) struct json *predicate = json_new_object();
	cleanup_value(descriptor_release) struct descriptor image = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup_value(strv_release) struct strv names = { 0 };
	const struct attestation a = { &image, &names, "t", predicate };
	autoerror err = { 0 };
	struct digest d;

	(void)state;
	digest_of("abc", 3, &d);
	descriptor_init(&image, MEDIA_OCI_MANIFEST, &d, 3);
	assert_ok(attestation_format(&a, &text, &err), &err);
	assert_string_equal(buf_text(&text),
		"{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":"
		"[{\"name\":\"_\",\"digest\":{\"sha256\":\"" HEX "\"}}],"
		"\"predicateType\":\"t\",\"predicate\":{}}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_purl),
		cmocka_unit_test(test_provenance),
		cmocka_unit_test(test_statement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
