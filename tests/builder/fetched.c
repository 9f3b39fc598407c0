/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/fetched.h"

/* Fetching itself needs slipway-net: tests/cmd/build-add.bats. */
static void
urls_are_told_from_repositories(void **state)
{
	(void)state;
	assert_true(fetched_is_url("https://example.test/a"));
	assert_true(fetched_is_url("http://example.test"));
	assert_true(fetched_is_url("http://example.test/a?x=.git"));
	assert_false(fetched_is_url("https://example.test/a.git"));
	assert_false(fetched_is_url("https://example.test/a.git#branch:dir"));
	assert_false(fetched_is_url("ftp://example.test/a"));
	assert_false(fetched_is_url("a/file"));
}

static void
the_name_is_the_last_of_the_path(void **state)
{
	static const struct {
		const char *url, *name;
	} rows[] = {
		{ "https://example.test/a/b.txt", "b.txt" },
		{ "https://example.test/a/b.txt?q=/x#/y", "b.txt" },
		{ "https://example.test/a%20b%2", "a b%2" },
		{ "https://example.test/%zz%", "%zz%" },
		{ "https://example.test/a/", "__unnamed__" },
		{ "https://example.test", "__unnamed__" },
		{ "https://example.test?x", "__unnamed__" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		cleanup_value(fetched_release) struct fetched f = { .fd = -1 };
		autoerror err = { 0 };

		assert_ok(fetched_init(rows[n].url, &f, &err), &err);
		assert_string_equal(f.name, rows[n].name);
		assert_string_equal(f.url, rows[n].url);
		assert_false(f.is_here);
	}
}

static void
names_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const urls[] = { "http://example.test/a/..",
		"http://example.test/%2e%2e", "http://example.test/a%2fb",
		"http://example.test/." };

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(urls); n++) {
		struct fetched f = { .fd = -1 };
		autoerror err = { 0 };
		int r = fetched_init(urls[n], &f, &err);

		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_fails(r, &err, EINVAL, "names no file");
		assert_null(f.url);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls_are_told_from_repositories),
		cmocka_unit_test(the_name_is_the_last_of_the_path),
		cmocka_unit_test(names_that_lead_elsewhere_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
