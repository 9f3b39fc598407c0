/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "util/path.h"

static void
clean_as_go_does(void **state)
{
	/* The table of Go's path_test.go. */
	static const char *const cases[][2] = {
		{ "", "." }, { "abc", "abc" }, { "abc/def", "abc/def" },
		{ "a/b/c", "a/b/c" }, { ".", "." }, { "..", ".." },
		{ "../..", "../.." }, { "../../abc", "../../abc" },
		{ "/abc", "/abc" }, { "/", "/" }, { "abc/", "abc" },
		{ "abc/def/", "abc/def" }, { "a/b/c/", "a/b/c" },
		{ "./", "." }, { "../", ".." }, { "../../", "../.." },
		{ "/abc/", "/abc" }, { "abc//def//ghi", "abc/def/ghi" },
		{ "//abc", "/abc" }, { "///abc", "/abc" },
		{ "//abc//", "/abc" }, { "abc//", "abc" },
		{ "abc/./def", "abc/def" }, { "/./abc/def", "/abc/def" },
		{ "abc/.", "abc" }, { "abc/def/ghi/../jkl", "abc/def/jkl" },
		{ "abc/def/../ghi/../jkl", "abc/jkl" },
		{ "abc/def/..", "abc" }, { "abc/def/../..", "." },
		{ "/abc/def/../..", "/" }, { "abc/def/../../..", ".." },
		{ "/abc/def/../../..", "/" },
		{ "abc/def/../../../ghi/jkl/../../../mno", "../../mno" },
		{ "abc/./../def", "def" }, { "abc//./../def", "def" },
		{ "abc/../../././../def", "../../def" }, { "...", "..." },
		{ "a/...", "a/..." }, { "/..a", "/..a" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_text(path_clean(cases[i][0]), cases[i][1]);
}

static void
join_and_resolve(void **state)
{
	(void)state;
	assert_text(path_join("a", "b"), "a/b");
	assert_text(path_join("a/", "b"), "a/b");
	assert_text(path_join("/", "b"), "/b");
	assert_text(path_join("", "b"), "b");
	assert_text(path_resolve("/a/b", "../c"), "/a/c");
	assert_text(path_resolve("/a", "/x/./y"), "/x/y");
	assert_text(path_resolve("/", "../../x"), "/x");
	assert_text(path_resolve("/a", ""), "/a");
	assert_text(path_resolve("", "x/"), "x");
}

static void
base_and_dir(void **state)
{
	static const char *const cases[][3] = {
		{ "a", "a", "." }, { "/a", "a", "/" }, { "a/b", "b", "a" },
		{ "a/b/", "", "a/b" }, { "a//b", "b", "a" }, { "/", "", "/" },
		{ "", "", "." }, { "//a", "a", "/" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_string_equal(path_base(cases[i][0]), cases[i][1]);
		assert_text(path_dir(cases[i][0]), cases[i][2]);
	}
}

static void
below(void **state)
{
	(void)state;
	assert_true(path_is_below("/a/b", "/a"));
	assert_true(path_is_below("/a", "/a"));
	assert_true(path_is_below("/a", "/"));
	assert_true(path_is_below("/", "/"));
	assert_false(path_is_below("/ab", "/a"));
	assert_false(path_is_below("/a", "/a/b"));
	assert_true(path_is_below("a/b", "."));
	assert_true(path_is_below("..a", "."));
	assert_false(path_is_below("..", "."));
	assert_false(path_is_below("../a", "."));
	assert_false(path_is_below("/a", "."));
}

static void
names(void **state)
{
	(void)state;
	assert_true(path_is_name("a"));
	assert_true(path_is_name("..."));
	assert_false(path_is_name(""));
	assert_false(path_is_name("."));
	assert_false(path_is_name(".."));
	assert_false(path_is_name("a/b"));
	assert_false(path_is_name("/"));
}

static void
goes_up(void **state)
{
	(void)state;
	assert_true(path_goes_up(".."));
	assert_true(path_goes_up("/.."));
	assert_true(path_goes_up("a/../b"));
	assert_true(path_goes_up("a/.."));
	assert_false(path_goes_up(""));
	assert_false(path_goes_up("a/b"));
	assert_false(path_goes_up("..a/b../..."));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clean_as_go_does),
		cmocka_unit_test(join_and_resolve),
		cmocka_unit_test(base_and_dir),
		cmocka_unit_test(below),
		cmocka_unit_test(names),
		cmocka_unit_test(goes_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
