/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/words.h"

static void
check_list(const struct strv *words, const char *joined)
{
	assert_text(strv_join(words, "|"), joined);
}

static void
blanks_cut(void **state)
{
	static const char *const table[][2] = {
		{ "", "" },
		{ " \t ", "" },
		{ " a\tb  'c d' ", "a|b|'c|d'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		cleanup_value(strv_release) struct strv v = { 0 };

		words_split(table[i][0], &v);
		check_list(&v, table[i][1]);
	}
}

static void
quotes_hold_together(void **state)
{
	static const char *const table[][2] = {
		{ "a 'b c' \"d e\"f", "a|'b c'|\"d e\"f" },
		{ "a\\ b c", "a\\ b|c" },
		{ "'a\\' b", "'a\\'|b" },
		{ "\"a\\\" b\" c", "\"a\\\" b\"|c" },
		{ "'a b", "'a b" },
		{ "a\\", "a\\" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		cleanup_value(strv_release) struct strv v = { 0 };

		words_split_quoted(table[i][0], '\\', &v);
		check_list(&v, table[i][1]);
	}
}

static void
lists(void **state)
{
	static const struct {
		const char *text;
		int r;
		const char *joined;
	} table[] = {
		{ " [\"a\", \"b c\"] ", 1, "a|b c" },
		{ "[]", 1, "" },
		{ "['a']", 0, "" },
		{ "[\"a\"", 0, "" },
		{ "[ -f x ]", 0, "" },
		{ "a", 0, "" },
		{ "", 0, "" },
	};
	struct strv none = { 0 };
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		cleanup_value(strv_release) struct strv v = { 0 };

		assert_int_equal(words_split_json(table[i].text, &v, &err),
			table[i].r);
		check_list(&v, table[i].joined);
	}
	assert_fails(words_split_json("[\"a\", 1]", &none, &err), &err, EINVAL,
		"arrays must be comprised of strings only");
	assert_int_equal(none.count, 0);
}

static void
pairs(void **state)
{
	static const struct {
		const char *text, *joined;
		bool is_legacy;
	} table[] = {
		{ "a=b c='d e' f=", "a|b|c|'d e'|f|", false },
		{ "a=b=c", "a|b=c", false },
		{ "a  b  c=d ", "a|b  c=d ", true },
		{ "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		cleanup_value(strv_release) struct strv v = { 0 };
		autoerror err = { 0 };
		bool is_legacy;

		assert_ok(words_split_pairs("ENV", table[i].text, '\\', &v,
				  &is_legacy, &err),
			&err);
		check_list(&v, table[i].joined);
		assert_int_equal(is_legacy, table[i].is_legacy);
	}
}

static void
bad_pairs(void **state)
{
	static const char *const table[][2] = {
		{ "a", "ENV must have two arguments" },
		{ "a=b c", "can't find = in \"c\"" },
		{ "a=b =c", "ENV names can not be blank" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		cleanup_value(strv_release) struct strv v = { 0 };
		autoerror err = { 0 };
		bool is_legacy;

		assert_fails(words_split_pairs("ENV", table[i][0], '\\', &v,
				     &is_legacy, &err),
			&err, EINVAL, table[i][1]);
	}
}

static void
flags_come_off_the_front(void **state)
{
	const char *text = " --a=b  --c='d e'\\ f -- --g";

	(void)state;
	assert_text(words_take_flag(&text, '\\'), "--a=b");
	assert_text(words_take_flag(&text, '\\'), "--c=d e f");
	assert_null(words_take_flag(&text, '\\'));
	assert_string_equal(text, "--g");
	text = "-x --a";
	assert_null(words_take_flag(&text, '\\'));
	assert_string_equal(text, "-x --a");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks_cut),
		cmocka_unit_test(quotes_hold_together),
		cmocka_unit_test(lists),
		cmocka_unit_test(pairs),
		cmocka_unit_test(bad_pairs),
		cmocka_unit_test(flags_come_off_the_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
