/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/origin.h"

static void
lines_and_words_are_found(void **state)
{
	struct origin *o = origin_new("f", "one\ntwo three\n\nlast", 19);
	int line = 1, column = 1;
	size_t len;

	(void)state;
	assert_int_equal(origin_find(o, "three", 4, &line, &column), 1);
	assert_int_equal(line, 2);
	assert_int_equal(column, 5);
	assert_int_equal(origin_find(o, "one", 4, &line, &column), 0);
	assert_int_equal(origin_find(o, "last", 9, &line, &column), 1);
	assert_int_equal(line, 4);
	assert_int_equal(origin_find(o, "", 4, &line, &column), 0);
	assert_memory_equal(origin_line(o, 2, &len), "two three", 9);
	assert_int_equal(len, 9);
	assert_null(origin_line(o, 5, &len));
	origin_free(o);
	origin_free(NULL);
}

static void
an_error_tells_the_way(void **state)
{
	struct origin *main_file = origin_new("D", "", 0);
	struct origin *part = origin_new("p", "", 0);
	autoerror err = { 0 };

	(void)state;
	part->from = main_file;
	part->line = 3;
	part->column = 1;
	assert_int_equal(origin_is_within(part, "D"), 1);
	assert_int_equal(origin_is_within(main_file, "p"), 0);
	(void)error_set(&err, EINVAL, "no");
	origin_explain(main_file, &err);
	assert_null(err.hint);
	origin_explain(part, &err);
	assert_string_equal(err.hint, "included at D:3:1");
	origin_explain(part, NULL);
	origin_free(part);
	origin_free(main_file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_and_words_are_found),
		cmocka_unit_test(an_error_tells_the_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
