/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/media.h"

static const struct digest one = { { 1 } };

static void
test_both_ways(void **state)
{
	static const char *const pairs[][2] = {
		{ MEDIA_DOCKER_MANIFEST, MEDIA_OCI_MANIFEST },
		{ MEDIA_DOCKER_LIST, MEDIA_OCI_INDEX },
		{ MEDIA_DOCKER_CONFIG, MEDIA_OCI_CONFIG },
		{ MEDIA_DOCKER_LAYER, MEDIA_OCI_LAYER },
		{ MEDIA_DOCKER_LAYER_GZIP, MEDIA_OCI_LAYER_GZIP },
		{ MEDIA_DOCKER_LAYER_ZSTD, MEDIA_OCI_LAYER_ZSTD },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		const char *docker = pairs[i][0], *oci = pairs[i][1];

		assert_string_equal(media_in(MEDIA_OCI, docker), oci);
		assert_string_equal(media_in(MEDIA_OCI, oci), oci);
		assert_string_equal(media_in(MEDIA_DOCKER, oci), docker);
		assert_string_equal(media_in(MEDIA_DOCKER, docker), docker);
	}
}

static void
test_others_stay(void **state)
{
	static const char sbom[] = "application/spdx+json";

	(void)state;
	assert_ptr_equal(media_in(MEDIA_OCI, sbom), sbom);
	assert_ptr_equal(media_in(MEDIA_DOCKER, sbom), sbom);
}

static void
test_descriptors(void **state)
{
	cleanup_value(descriptor_release) struct descriptor d = { 0 };

	(void)state;
	descriptor_init(&d, MEDIA_DOCKER_LAYER_GZIP, &one, 7);
	media_convert(&d, MEDIA_OCI);
	assert_string_equal(d.media_type, MEDIA_OCI_LAYER_GZIP);
	assert_true(digest_equal(&d.digest, &one));
	media_convert(&d, MEDIA_OCI);
	assert_string_equal(d.media_type, MEDIA_OCI_LAYER_GZIP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_others_stay),
		cmocka_unit_test(test_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
