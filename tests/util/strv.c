/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "util/strv.h"

#define autostrv cleanup_value(strv_release) struct strv

static void
grows_and_ends_in_null(void **state)
{
	autostrv v = { 0 };

	(void)state;
	assert_null(strv_view(&v)[0]);
	for (int i = 0; i < 100; i++)
		strv_addf(&v, "%d", i);
	assert_int_equal(v.count, 100);
	assert_string_equal(v.items[99], "99");
	assert_null(v.items[100]);
	assert_ptr_equal(strv_view(&v), v.items);
}

static void
copy_replaces(void **state)
{
	autostrv a = { 0 }, b = { 0 };

	(void)state;
	strv_split(&a, "x,y", ',');
	strv_add(&b, "old");
	strv_copy(&b, &a);
	assert_true(strv_equal(&a, &b));
	strv_add_all(&b, &b);
	assert_text(strv_join(&b, " "), "x y x y");
	strv_copy(&b, &b);
	assert_int_equal(b.count, 4);
	assert_false(strv_equal(&a, &b));
	strv_remove(&b, 0);
	strv_remove(&b, 2);
	assert_text(strv_join(&b, ""), "yx");
	assert_false(strv_equal(&a, &b));
	assert_null(b.items[2]);
}

static void
split_keeps_empty_parts(void **state)
{
	autostrv v = { 0 };

	(void)state;
	strv_split(&v, ":a::b:", ':');
	assert_int_equal(v.count, 5);
	assert_text(strv_join(&v, "|"), "|a||b|");
	strv_release(&v);
	strv_split(&v, "", ':');
	assert_int_equal(v.count, 1);
	strv_release(&v);
	assert_text(strv_join(&v, ","), "");
}

static void
sort_is_by_bytes(void **state)
{
	autostrv v = { 0 };

	(void)state;
	strv_sort(&v);
	strv_split(&v, "b,\xc3\xa4,B,a,", ',');
	strv_sort(&v);
	assert_text(strv_join(&v, ","), ",B,a,b,\xc3\xa4");
	assert_true(strv_has(&v, "B"));
	assert_true(strv_has(&v, ""));
	assert_false(strv_has(&v, "c"));
}

static void
environment_keeps_places(void **state)
{
	autostrv v = { 0 };

	(void)state;
	assert_null(strv_env_get(&v, "A"));
	strv_split(&v, "A=1,AB=2,C=", ',');
	strv_env_set(&v, "A", "x=y");
	strv_env_set(&v, "D", "");
	assert_text(strv_join(&v, ","), "A=x=y,AB=2,C=,D=");
	assert_string_equal(strv_env_get(&v, "A"), "x=y");
	assert_string_equal(strv_env_get(&v, "C"), "");
	assert_null(strv_env_get(&v, "B"));
	strv_add(&v, "A=again");
	strv_env_unset(&v, "A");
	strv_env_unset(&v, "none");
	assert_text(strv_join(&v, ","), "AB=2,C=,D=");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_and_ends_in_null),
		cmocka_unit_test(copy_replaces),
		cmocka_unit_test(split_keeps_empty_parts),
		cmocka_unit_test(sort_is_by_bytes),
		cmocka_unit_test(environment_keeps_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
