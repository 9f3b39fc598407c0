/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/platform.h"

static struct platform
parsed(const char *text)
{
	struct platform p;
	autoerror err = { 0 };

	assert_ok(platform_parse(text, &p, &err), &err);
	return p;
}

static void
test_normal_forms(void **state)
{
	static const struct {
		const char *text, *normal;
	} cases[] = {
		{ "linux/amd64", "linux/amd64" },
		{ "linux/x86_64", "linux/amd64" },
		{ "Linux/X86-64", "linux/amd64" },
		{ "linux/amd64/v1", "linux/amd64" },
		{ "linux/amd64/v3", "linux/amd64/v3" },
		{ "linux/aarch64", "linux/arm64" },
		{ "linux/arm64/v8", "linux/arm64" },
		{ "linux/arm64/8", "linux/arm64" },
		{ "linux/arm64/v8.0", "linux/arm64" },
		{ "linux/arm64/v9.0", "linux/arm64/v9" },
		{ "linux/arm", "linux/arm/v7" },
		{ "linux/armhf", "linux/arm/v7" },
		{ "linux/armel", "linux/arm/v6" },
		{ "linux/arm/6", "linux/arm/v6" },
		{ "linux/i386", "linux/386" },
		{ "linux/s390x", "linux/s390x" },
		{ "macos/arm64", "darwin/arm64" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct platform p = parsed(cases[i].text);

		assert_text(platform_format(&p), cases[i].normal);
	}
}

static void
test_single_words(void **state)
{
	struct platform host, p;

	(void)state;
	platform_host(&host);
	p = parsed("linux");
	assert_true(platform_equal(&p, &host));
	p = parsed("arm64");
	assert_text(platform_format(&p), "linux/arm64");
}

static void
test_refused(void **state)
{
	static const char *const bad[] = {
		"", "/", "linux/", "/amd64", "linux//v1", "a/b/c/d",
		"linux/amd 64", "linux/\xc3\xa4",
		"linux/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"linux/arm/aaaaaaaaaaaaaaaaa",
	};
	autoerror err = { 0 };
	struct platform p;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		int r = platform_parse(bad[i], &p, &err);

		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_fails(r, &err, EINVAL, "platform");
	}
}

static int
match(const char *want, const char *have)
{
	struct platform w = parsed(want), h = parsed(have);

	return platform_match(&w, &h);
}

static void
test_match(void **state)
{
	(void)state;
	assert_true(match("linux/amd64", "linux/amd64") > 0);
	assert_int_equal(match("linux/amd64", "linux/arm64"), 0);
	assert_int_equal(match("linux/amd64", "windows/amd64"), 0);
	assert_int_equal(match("linux/amd64", "linux/amd64/v2"), 0);
	assert_true(match("linux/amd64/v3", "linux/amd64/v3") >
		match("linux/amd64/v3", "linux/amd64/v2"));
	assert_true(match("linux/amd64/v3", "linux/amd64/v2") >
		match("linux/amd64/v3", "linux/amd64"));
	assert_true(match("linux/amd64", "linux/386") > 0);
	assert_true(match("linux/amd64/v3", "linux/amd64") >
		match("linux/amd64/v3", "linux/386"));
	assert_true(match("linux/arm/v7", "linux/arm/v6") >
		match("linux/arm/v7", "linux/arm/v5"));
	assert_int_equal(match("linux/arm/v6", "linux/arm/v7"), 0);
	assert_int_equal(match("linux/arm64", "linux/arm/v7"), 0);
	assert_true(match("linux/arm64/v9", "linux/arm64/v8.5") > 0);
	assert_int_equal(match("linux/arm64/v9", "linux/arm64/v8.6"), 0);
	assert_true(match("linux/arm64/v9.1", "linux/arm64/v9") >
		match("linux/arm64/v9.1", "linux/arm64/v8.6"));
	assert_int_equal(match("linux/arm64", "linux/arm64/v9"), 0);
	assert_int_equal(match("linux/arm64", "linux/arm64/x"), 0);
	assert_int_equal(match("linux/s390x/a", "linux/s390x/b"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normal_forms),
		cmocka_unit_test(test_single_words),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
