/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "util/glob.h"

struct glob_case {
	const char *pattern, *text;
	int result;
};

/* The table of Go's path/filepath/match_test.go, and some of ours. */
static const struct glob_case cases[] = {
	{ "abc", "abc", 1 },
	{ "*", "abc", 1 },
	{ "*c", "abc", 1 },
	{ "a*", "a", 1 },
	{ "a*", "abc", 1 },
	{ "a*", "ab/c", 0 },
	{ "a*/b", "abc/b", 1 },
	{ "a*/b", "a/c/b", 0 },
	{ "a*b*c*d*e*/f", "axbxcxdxe/f", 1 },
	{ "a*b*c*d*e*/f", "axbxcxdxexxx/f", 1 },
	{ "a*b*c*d*e*/f", "axbxcxdxe/xxx/f", 0 },
	{ "a*b*c*d*e*/f", "axbxcxdxexxx/fff", 0 },
	{ "a*b?c*x", "abxbbxdbxebxczzx", 1 },
	{ "a*b?c*x", "abxbbxdbxebxczzy", 0 },
	{ "ab[c]", "abc", 1 },
	{ "ab[b-d]", "abc", 1 },
	{ "ab[e-g]", "abc", 0 },
	{ "ab[^c]", "abc", 0 },
	{ "ab[^b-d]", "abc", 0 },
	{ "ab[^e-g]", "abc", 1 },
	{ "a\\*b", "a*b", 1 },
	{ "a\\*b", "ab", 0 },
	{ "a?b", "a\xe2\x98\xba" "b", 1 },
	{ "a[^a]b", "a\xe2\x98\xba" "b", 1 },
	{ "a???b", "a\xe2\x98\xba" "b", 0 },
	{ "a[^a][^a][^a]b", "a\xe2\x98\xba" "b", 0 },
	{ "[a-\xce\xb6]*", "\xce\xb1", 1 },
	{ "*[a-\xce\xb6]", "A", 0 },
	{ "a?b", "a/b", 0 },
	{ "a*b", "a/b", 0 },
	{ "[\\]a]", "]", 1 },
	{ "[\\-]", "-", 1 },
	{ "[x\\-]", "x", 1 },
	{ "[x\\-]", "-", 1 },
	{ "[x\\-]", "z", 0 },
	{ "[\\-x]", "x", 1 },
	{ "[\\-x]", "-", 1 },
	{ "[\\-x]", "a", 0 },
	{ "[]a]", "]", -EINVAL },
	{ "[-]", "-", -EINVAL },
	{ "[x-]", "x", -EINVAL },
	{ "[x-]", "z", -EINVAL },
	{ "[-x]", "x", -EINVAL },
	{ "\\", "a", -EINVAL },
	{ "[a-b-c]", "a", -EINVAL },
	{ "[", "a", -EINVAL },
	{ "[^", "a", -EINVAL },
	{ "[^bc", "a", -EINVAL },
	{ "a[", "a", -EINVAL },
	{ "a[", "ab", -EINVAL },
	{ "a[", "x", -EINVAL },
	{ "a/b[", "x", -EINVAL },
	{ "*x", "xxx", 1 },
	{ "", "", 1 },
	{ "", "a", 0 },
	{ "*", "", 1 },
	{ "?", "", 0 },
	{ "[a]", "", 0 },
	{ "**", "ab", 1 },
	{ "**", "a/b", 0 },
	{ "**/*.txt", "a/g.txt", 1 },
	{ "**/*.txt", "a/b/g.txt", 0 },
	{ ".*", ".profile", 1 },
	{ "*", ".profile", 1 },
	{ "[!a]", "!", 1 },
	/* A class may match a slash, a byte that is not UTF-8 is one rune. */
	{ "a[^b]c", "a/c", 1 },
	{ "?", "\xff", 1 },
	{ "?", "\xc3", 1 },
	{ "??", "\xed\xa0", 1 },
	{ "?", "\xc0\x80", 0 },
	{ "[\xff]", "\xff", -EINVAL },
	{ "[\\", "a", -EINVAL },
	{ "[a-", "a", -EINVAL },
	{ "a\\", "ab", -EINVAL },
	{ "[b-a]", "a", 0 },
};

static void
matches_as_go_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int r = glob_match(cases[i].pattern, cases[i].text);

		if (r != cases[i].result)
			print_error("'%s' '%s'\n", cases[i].pattern,
				cases[i].text);
		assert_int_equal(r, cases[i].result);
	}
}

static void
evil_patterns_are_not_slow(void **state)
{
	char pattern[2001], text[10001];

	(void)state;
	for (size_t i = 0; i < 2000; i += 2)
		memcpy(pattern + i, "*a", 2);
	pattern[1999] = 'b';
	pattern[2000] = '\0';
	memset(text, 'a', 10000);
	text[10000] = '\0';
	assert_int_equal(glob_match(pattern, text), 0);
}

static void
wildcards_are_seen(void **state)
{
	(void)state;
	assert_true(glob_has_wildcard("a*"));
	assert_true(glob_has_wildcard("?"));
	assert_true(glob_has_wildcard("a[b]"));
	assert_true(glob_has_wildcard("a\\*"));
	assert_false(glob_has_wildcard("a]b"));
	assert_false(glob_has_wildcard(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_as_go_does),
		cmocka_unit_test(evil_patterns_are_not_slow),
		cmocka_unit_test(wildcards_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
