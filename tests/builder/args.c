/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/args.h"

static struct dockerfile *
parse(const char *text)
{
	struct dockerfile *d = NULL;
	autoerror err = { 0 };

	assert_ok(dockerfile_parse(
			  "Dockerfile", text, strlen(text), NULL, &d, &err),
		&err);
	return d;
}

static void
given_values_have_names(void **state)
{
	cleanup_value(args_release) struct args a = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(args_give(&a, "A=1", &err), &err);
	assert_ok(args_give(&a, "A=2=3", &err), &err);
	assert_ok(args_give(&a, "B=", &err), &err);
	assert_string_equal(args_given(&a, "A"), "2=3");
	assert_string_equal(args_given(&a, "B"), "");
	assert_null(args_given(&a, "C"));
	assert_fails(args_give(&a, "=x", &err), &err, EINVAL,
		"is not NAME=VALUE");
	assert_fails(args_give(&a, "x", &err), &err, EINVAL,
		"is not NAME=VALUE");
}

static void
globals_see_those_before(void **state)
{
	cleanup(dockerfile_free) struct dockerfile *d = parse(
		"ARG A=1\nARG B=$A-2 C\nARG A=x$A\nARG G=default\nFROM scratch\n");
	cleanup_value(args_release) struct args a = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(args_give(&a, "G=given", &err), &err);
	assert_ok(args_read_globals(&a, d, &err), &err);
	assert_string_equal(args_global(&a, "A"), "x1");
	assert_string_equal(args_global(&a, "B"), "1-2");
	assert_null(args_global(&a, "C"));
	assert_string_equal(args_global(&a, "G"), "given");
}

static void
a_bad_default_is_an_error_with_its_place(void **state)
{
	cleanup(dockerfile_free) struct dockerfile *d =
		parse("ARG A=${\nFROM scratch\n");
	cleanup_value(args_release) struct args a = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_fails(args_read_globals(&a, d, &err), &err, EINVAL,
		"Dockerfile:1:");
	/* It does not matter when it is not used. */
	assert_ok(args_give(&a, "A=1", &err), &err);
	assert_ok(args_read_globals(&a, d, &err), &err);
}

static void
platforms_are_words(void **state)
{
	const struct platform target = { "linux", "arm", "v7" };
	const struct platform build = { "linux", "amd64", "" };
	cleanup_value(args_release) struct args a = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(args_give(&a, "TARGETOS=plan9", &err), &err);
	args_set_platforms(&a, &target, &build, NULL);
	assert_string_equal(args_global(&a, "TARGETPLATFORM"), "linux/arm/v7");
	assert_string_equal(args_global(&a, "TARGETARCH"), "arm");
	assert_string_equal(args_global(&a, "TARGETVARIANT"), "v7");
	assert_string_equal(args_global(&a, "TARGETOS"), "plan9");
	assert_string_equal(args_global(&a, "BUILDARCH"), "amd64");
	assert_string_equal(args_global(&a, "BUILDVARIANT"), "");
	assert_string_equal(args_global(&a, "TARGETSTAGE"), "default");
}

static void
unused_ones_are_named(void **state)
{
	cleanup(dockerfile_free) struct dockerfile *d = parse(
		"ARG G\nFROM scratch\nARG USED=1 ALSO\nONBUILD ARG LATER\n");
	cleanup_value(args_release) struct args a = { 0 };
	cleanup_value(strv_release) struct strv unused = { 0 };
	static const char *const given[] = { "USED=1", "ALSO=1", "G=1",
		"LATER=1", "https_proxy=x", "BUILDKIT_INLINE_CACHE=1",
		"SOURCE_DATE_EPOCH=0", "USE=1", "TYPO=1" };
	autoerror err = { 0 };

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(given); n++)
		assert_ok(args_give(&a, given[n], &err), &err);
	assert_ok(args_read_globals(&a, d, &err), &err);
	args_unused(&a, d, &unused);
	assert_text(strv_join(&unused, " "), "USE TYPO");
}

static void
proxies_are_known_in_any_case(void **state)
{
	(void)state;
	assert_true(args_is_proxy("HTTP_PROXY"));
	assert_true(args_is_proxy("no_proxy"));
	assert_false(args_is_proxy("PROXY"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_values_have_names),
		cmocka_unit_test(globals_see_those_before),
		cmocka_unit_test(a_bad_default_is_an_error_with_its_place),
		cmocka_unit_test(platforms_are_words),
		cmocka_unit_test(unused_ones_are_named),
		cmocka_unit_test(proxies_are_known_in_any_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
