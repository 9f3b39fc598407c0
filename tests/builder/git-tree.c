/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/git-tree.h"

#define ID "0123456789012345678901234567890123456789"
#define FILE_LINE(path) "100644 blob " ID "\t" path "\0"
#define MODULE_LINE(path) "160000 commit " ID "\t" path "\0"

static void
a_listing(void **state)
{
	static const char text[] = FILE_LINE(".gitmodules")
		FILE_LINE("a/.gitattributes") FILE_LINE("b\n") MODULE_LINE("m/n");
	static const char config[] =
		"submodule.a.b.path\nm/n\0submodule.a.b.url\n../x\0"
		"submodule.other.url\nhttps://wrong\0core.path\nm/n\0"
		"submodule.path\n\0submodule.a.b.update\n!evil";
	cleanup_value(git_tree_release) struct git_tree t = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(git_tree_parse(text, sizeof(text) - 1, &t, &err), &err);
	assert_true(t.has_attributes);
	assert_true(t.has_modules_file);
	assert_int_equal(t.module_count, 1);
	assert_string_equal(t.modules[0].path, "m/n");
	assert_string_equal(t.modules[0].commit, ID);
	assert_null(t.modules[0].url);
	git_tree_parse_modules(&t, config, sizeof(config));
	assert_string_equal(t.modules[0].url, "../x");
}

static void
what_no_tree_may_hold(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} rows[] = {
#define ROW(text) { text, sizeof(text) - 1 }
		ROW(FILE_LINE(".git")),
		ROW(FILE_LINE("a/.Git/hooks/x")),
		ROW(FILE_LINE("a/../b")),
		ROW(FILE_LINE("./b")),
		ROW(FILE_LINE("a//b")),
		ROW(FILE_LINE("/b")),
		ROW("120000 blob " ID "\t.git\0"),
		ROW("100644 blob " ID "\tcut"),
		ROW("100644 blob\0"),
		ROW("160000 commit short\tm\0"),
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		cleanup_value(git_tree_release) struct git_tree t = { 0 };
		autoerror err = { 0 };

		assert_int_equal(git_tree_parse(rows[n].text, rows[n].len, &t,
			&err), -EBADMSG);
	}
}

static void
a_link_is_no_modules_file(void **state)
{
	static const char text[] = "120000 blob " ID "\t.gitmodules\0";
	cleanup_value(git_tree_release) struct git_tree t = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(git_tree_parse(text, sizeof(text) - 1, &t, &err), &err);
	assert_false(t.has_modules_file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listing),
		cmocka_unit_test(what_no_tree_may_hold),
		cmocka_unit_test(a_link_is_no_modules_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
