/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/attest.h"

static void
test_provenance(void **state)
{
	static const struct {
		const char *text;
		bool wanted, is_max;
	} cases[] = {
		{ NULL, false, false },
		{ "", true, false },
		{ "true", true, false },
		{ "false", false, false },
		{ "mode=min", true, false },
		{ "mode=max,version=v1", true, true },
		{ "mode=max,disabled=true", false, true },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(cases); n++) {
		cleanup_value(attest_release) struct attest a = { 0 };
		autoerror err = { 0 };

		assert_ok(attest_read_provenance(&a, cases[n].text, &err),
			&err);
		assert_int_equal(a.provenance, cases[n].wanted);
		assert_int_equal(a.is_max, cases[n].is_max);
	}
}

static void
test_attest(void **state)
{
	cleanup_value(attest_release) struct attest a = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(attest_read(&a, "type=provenance,builder-id=https://x.test",
			  &err),
		&err);
	assert_true(a.provenance);
	assert_string_equal(a.builder_id, "https://x.test");
}

static void
test_refused(void **state)
{
	static const char *const texts[] = { "mode=max", "type=sbom",
		"type=provenance,mode=most", "type=provenance,version=v0.2",
		"type=provenance,what=1", "type=provenance,disabled=perhaps" };

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(texts); n++) {
		cleanup_value(attest_release) struct attest a = { 0 };
		autoerror err = { 0 };

		assert_true(attest_read(&a, texts[n], &err) < 0);
		assert_int_equal(err.kind, ERROR_REQUEST);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_provenance),
		cmocka_unit_test(test_attest),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
