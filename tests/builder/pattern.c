/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/pattern.h"

static struct pattern *
parsed(const char *text)
{
	struct pattern *p = NULL;
	autoerror err = { 0 };

	assert_ok(pattern_parse(text, '\\', &p, &err), &err);
	return p;
}

static const struct {
	const char *pattern, *value;
	enum pattern_side side;
	bool longest;
	const char *left;
} trims[] = {
	{ "*/", "a/b/c", PATTERN_PREFIX, false, "b/c" },
	{ "*/", "a/b/c", PATTERN_PREFIX, true, "c" },
	{ "/*", "a/b/c", PATTERN_SUFFIX, false, "a/b" },
	{ "/*", "a/b/c", PATTERN_SUFFIX, true, "a" },
	{ "?", "\xc3\xa4x", PATTERN_PREFIX, false, "x" },
	{ "x?", "ax", PATTERN_SUFFIX, false, "ax" },
	{ "*", "abc", PATTERN_PREFIX, false, "abc" },
	{ "*", "abc", PATTERN_PREFIX, true, "" },
	{ "*", "a\nb", PATTERN_PREFIX, true, "\nb" },
	{ "\\*", "*a", PATTERN_PREFIX, false, "a" },
	{ "\\\\", "\\a", PATTERN_PREFIX, false, "a" },
	{ "", "abc", PATTERN_SUFFIX, true, "abc" },
	{ "abc", "", PATTERN_PREFIX, true, "" },
};

static void
a_part_is_cut_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(trims); i++) {
		cleanup(pattern_free) struct pattern *p =
			parsed(trims[i].pattern);

		assert_text(pattern_trim(p, trims[i].value, trims[i].side,
				    trims[i].longest),
			trims[i].left);
	}
}

static const struct {
	const char *pattern, *value;
	bool every;
	const char *result;
} replacements[] = {
	{ "a", "banana", false, "b-nana" },
	{ "a", "banana", true, "b-n-n-" },
	{ "an", "banana", true, "b--a" },
	{ "a*", "banana", true, "b-" },
	{ "?", "\xc3\xa4x", true, "--" },
	{ "z", "banana", true, "banana" },
	{ "", "ab", true, "-a-b-" },
	{ "*", "", true, "-" },
	{ "a", "\xff" "a", true, "\xff-" },
};

static void
matches_are_replaced(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(replacements); i++) {
		cleanup(pattern_free) struct pattern *p =
			parsed(replacements[i].pattern);
		struct buf text = { 0 };

		buf_init(&text, KiB(1));
		pattern_replace(p, replacements[i].value, "-",
			replacements[i].every, &text);
		assert_text(buf_steal(&text), replacements[i].result);
	}
}

static void
bad_patterns(void **state)
{
	char text[1026];
	struct pattern *p = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_fails(pattern_parse("a\\b", '\\', &p, &err), &err, EINVAL,
		"invalid escape '\\b'");
	assert_fails(pattern_parse("a\\", '\\', &p, &err), &err, EINVAL,
		"invalid escape '\\'");
	memset(text, 'x', sizeof(text));
	text[1025] = '\0';
	assert_fails(pattern_parse(text, '\\', &p, &err), &err, E2BIG,
		"longer than 1024 characters");
	assert_null(p);
	text[1024] = '\0';
	assert_ok(pattern_parse(text, '\\', &p, &err), &err);
	assert_text(pattern_trim(p, text, PATTERN_PREFIX, true), "");
	assert_null(pattern_free(p));
	assert_null(pattern_free(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_part_is_cut_off),
		cmocka_unit_test(matches_are_replaced),
		cmocka_unit_test(bad_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
