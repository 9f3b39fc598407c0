/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/age.h"

static void
test_parse(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01T00:00:01.999999999Z", 1 },
		{ "2026-11-23T05:42:36Z", 1795412556 },
		{ "2026-11-23T07:42:36+02:00", 1795412556 },
		{ "2026-11-22T23:12:36-06:30", 1795412556 },
		{ "0001-01-01T00:00:00Z", INT64_C(-62135596800) },
	};
	autoerror err = { 0 };
	int64_t seconds;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_ok(age_parse(cases[i].text, &seconds, &err), &err);
		assert_int_equal(seconds, cases[i].seconds);
	}
}

static void
test_parse_refuses(void **state)
{
	static const char *const bad[] = {
		"", "now", "1970-01-01", "1970-01-01T00:00:00",
		"1970-01-01T00:00:00Zx", "1970-13-01T00:00:00Z",
		"1970-01-01T00:00:00+99:00", "1970-01-01T00:00:00+01:00x",
	};
	autoerror err = { 0 };
	int64_t seconds;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_fails(age_parse(bad[i], &seconds, &err), &err, EINVAL,
			"RFC 3339");
}

static void
test_format(void **state)
{
	static const struct {
		int64_t age;
		const char *text;
	} cases[] = {
		{ -5, "Less than a second ago" },
		{ 0, "Less than a second ago" },
		{ 1, "1 second ago" },
		{ 59, "59 seconds ago" },
		{ 60, "About a minute ago" },
		{ 120, "2 minutes ago" },
		{ 3600, "About an hour ago" },
		{ 7200, "2 hours ago" },
		{ 47 * 3600, "47 hours ago" },
		{ 48 * 3600, "2 days ago" },
		{ 14 * 86400, "2 weeks ago" },
		{ 60 * 86400, "2 months ago" },
		{ 730 * 86400, "2 years ago" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_text(age_format("1970-01-01T00:00:00Z", cases[i].age),
			cases[i].text);
	assert_text(age_format(NULL, 5), "N/A");
	assert_text(age_format("x", 5), "N/A");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
