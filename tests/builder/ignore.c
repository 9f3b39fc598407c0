/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/ignore-pattern.h"
#include "builder/ignore.h"

static struct ignore *
parse(const char *text)
{
	autoerror err = { 0 };
	struct ignore *i = NULL;

	assert_ok(ignore_parse(".dockerignore", text, strlen(text), &i, &err),
		&err);
	return i;
}

static void
check(const char *text, const char *path, bool ignored)
{
	cleanup(ignore_free) struct ignore *i = parse(text);

	if (ignore_matches(i, path) != ignored)
		print_error("'%s' and '%s'\n", text, path);
	assert_int_equal(ignore_matches(i, path), ignored);
}

static void
patterns_match_as_they_should(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool matches;
	} table[] = {
		{ "a", "a", true },
		{ "a", "b/a", false },
		{ "*", "a", true },
		{ "*", "a/b", false },
		{ "*.c", "x.c", true },
		{ "*.c", ".c", true },
		{ "*.c", "x.cc", false },
		{ "a?c", "abc", true },
		{ "a?c", "a/c", false },
		{ "a?c", "a\xc3\xa4"
			 "c", true },
		{ "[a-c]x", "bx", true },
		{ "[^a-c]x", "bx", false },
		{ "[^a-c]x", "dx", true },
		{ "a[^b]c", "a/c", true },
		{ "[\\]]", "]", true },
		{ "]", "]", true },
		{ "a\\*b", "a*b", true },
		{ "a\\*b", "axb", false },
		{ "a.b", "axb", false },
		{ "a+(b)|{c}$^", "a+(b)|{c}$^", true },
		{ "**", "a/b/c", true },
		{ "**/a", "a", true },
		{ "**/a", "x/y/a", true },
		{ "**/a", "x/ya", false },
		{ "**a", "xa", true },
		{ "**a", "x/ya", true },
		{ "**a*", "xa", false },
		{ "**a*", "x/ab", true },
		{ "a/**", "a/b/c", true },
		{ "a/**", "a", false },
		{ "a**", "abc/d", true },
		{ "a/**/b", "a/b", true },
		{ "a/**/b", "a/x/y/b", true },
		{ "a/**/b", "a/xb", false },
		{ "a**b", "ax/b", true },
		{ "a**b", "axb", false },
		{ "**/*.c", "x.c", true },
		{ "**/*.c", "d/e/x.c", true },
		{ "**/x/**/y", "x/y", true },
		{ "**/x/**/y", "a/x/b/c/y", true },
		{ "**/**/x", "x", true },
		{ "***/x", "a/x", true },
		{ "a/*/c", "a/b/c", true },
		{ "a/*/c", "a/b/b/c", false },
		{ "*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaa", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		cleanup(ignore_pattern_free) struct ignore_pattern *p = NULL;
		autoerror err = { 0 };

		assert_ok(ignore_pattern_parse(table[i].pattern, &p, &err),
			&err);
		if (ignore_pattern_matches(p, table[i].path) !=
			table[i].matches)
			print_error("'%s' '%s'\n", table[i].pattern,
				table[i].path);
		assert_int_equal(ignore_pattern_matches(p, table[i].path),
			table[i].matches);
	}
}

static void
bad_patterns_are_refused(void **state)
{
	static const char *const table[] = { "[", "[a", "[]", "[]a]", "[a-",
		"[a-]", "[^]", "a\\", "[\\" };
	autoerror err = { 0 };
	struct ignore_pattern *p = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_fails(ignore_pattern_parse(table[i], &p, &err), &err,
			EINVAL, "syntax error in pattern");
}

static void
lines_are_read(void **state)
{
	(void)state;
	check("#a\n", "#a", false);
	check(" #a\n", "#a", true);
	check("  a  \r\n", "a", true);
	check("\xef\xbb\xbf"
	      "a",
		"a", true);
	check("/a", "a", true);
	check("./a//b/", "a/b", true);
	check("a/../b", "b", true);
	check("\n\n", "a", false);
	check("!a", "a", false);
	check("a\n! a", "a", false);
	check("/", "a", false);
	check(".", "a", false);
}

static void
the_last_word_counts(void **state)
{
	(void)state;
	check("d", "d/x/y", true);
	check("d\n!d/keep", "d/keep", false);
	check("d\n!d/keep", "d/keep/below", false);
	check("d\n!d/keep", "d/other", true);
	check("!d/keep\nd", "d/keep", true);
	check("*\n!*.md\nREADME*.md\n!README-x.md", "a.md", false);
	check("*\n!*.md\nREADME*.md\n!README-x.md", "README-a.md", true);
	check("*\n!*.md\nREADME*.md\n!README-x.md", "README-x.md", false);
	check("d\n!**/x", "d/e/x", false);
	check("*", ".", false);
	check("**", "", false);
	assert_false(ignore_matches(NULL, "a"));
}

static void
check_entered(const char *text, const char *dir, bool entered)
{
	cleanup(ignore_free) struct ignore *i = parse(text);

	if (ignore_may_reinclude(i, dir) != entered)
		print_error("'%s' and '%s'\n", text, dir);
	assert_int_equal(ignore_may_reinclude(i, dir), entered);
}

static void
exceptions_open_directories(void **state)
{
	(void)state;
	check_entered("d", "d", false);
	check_entered("d\n!d/keep", "d", true);
	check_entered("d\n!d/keep", "d/other", false);
	check_entered("d\n!d/a/b", "d/a", true);
	check_entered("*\n!d/*.c", "d", true);
	check_entered("*\n!d/*.c", "e", false);
	check_entered("*\n!**/x", "e/f", true);
	check_entered("*\n!e**", "e/f", true);
	check_entered("*\n!abc", "ab", false);
	/* A later pattern leaves all of it out again. */
	check_entered("*\n!d/x\nd", "d", false);
	check_entered("*\n!**/x\nnode_modules\n!README", "node_modules",
		false);
	assert_false(ignore_may_reinclude(NULL, "d"));
}

static void
walks_and_paths_agree(void **state)
{
	cleanup(ignore_free) struct ignore *i =
		parse("*\n!src\nsrc/**/*.o\n!src/keep.o\n**/tmp\n");
	static const char *const dirs[] = { "src", "src/a", "src/tmp",
		"other" };
	static const char *const names[] = { "x.c", "x.o", "tmp", "keep.o" };
	bool above[8], hits[8];

	(void)state;
	assert_int_equal(ignore_count(i), 5);
	assert_int_equal(ignore_count(NULL), 0);
	for (size_t d = 0; d < ARRAY_SIZE(dirs); d++) {
		assert_int_equal(ignore_matches_start(i, dirs[d], above),
			ignore_matches(i, dirs[d]));
		for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
			autofree char *path =
				mem_printf("%s/%s", dirs[d], names[n]);

			assert_int_equal(ignore_matches_below(i, above, path,
						 NULL),
				ignore_matches(i, path));
			assert_int_equal(ignore_matches_below(i, above, path,
						 hits),
				ignore_matches(i, path));
		}
	}
}

static void
mistakes_are_placed(void **state)
{
	autofree char *big = mem_alloc(MiB(1) + 2);
	cleanup_value(strv_release) struct strv words = { 0 };
	struct ignore *i = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_fails(ignore_parse("x.dockerignore", "a\n#\n[b\n", 7, &i, &err),
		&err, EINVAL, "x.dockerignore:3: syntax error in pattern '[b'");
	assert_fails(ignore_parse("f", "!\n", 2, &i, &err), &err, EINVAL,
		"f:1: illegal exclusion pattern: \"!\"");
	assert_int_equal(ignore_parse("f", "!\n", 2, &i, &err), -EINVAL);
	assert_int_equal(err.kind, ERROR_REQUEST);
	error_release(&err);

	memset(big, 'a', MiB(1) + 1);
	assert_fails(ignore_parse("f", big, MiB(1) + 1, &i, &err), &err, EFBIG,
		"larger than 1 MiB");
	assert_fails(ignore_parse("f", big, 5000, &i, &err), &err, EINVAL,
		"longer than 4096 bytes");
	for (size_t n = 0; n < 20002; n++)
		big[n] = n % 2 ? '\n' : 'a';
	assert_fails(ignore_parse("f", big, 20002, &i, &err), &err, EINVAL,
		"f:10001: more than 10000 patterns");

	strv_add(&words, "ok");
	strv_add(&words, "[");
	assert_fails(ignore_from_words(&words, &i, &err), &err, EINVAL,
		"syntax error in pattern '['");
}

static void
words_make_patterns(void **state)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	cleanup(ignore_free) struct ignore *i = NULL;
	autoerror err = { 0 };

	(void)state;
	strv_add(&words, "*.txt");
	strv_add(&words, "!keep.txt");
	strv_add(&words, "#not-a-comment");
	assert_ok(ignore_from_words(&words, &i, &err), &err);
	assert_true(ignore_matches(i, "a.txt"));
	assert_false(ignore_matches(i, "keep.txt"));
	assert_true(ignore_matches(i, "#not-a-comment"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_as_they_should),
		cmocka_unit_test(bad_patterns_are_refused),
		cmocka_unit_test(lines_are_read),
		cmocka_unit_test(the_last_word_counts),
		cmocka_unit_test(exceptions_open_directories),
		cmocka_unit_test(walks_and_paths_agree),
		cmocka_unit_test(mistakes_are_placed),
		cmocka_unit_test(words_make_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
