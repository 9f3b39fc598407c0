/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "util/json-error.h"

static void
there_and_back(void **state)
{
	autoerror one = { 0 }, two = { 0 };
	cleanup(json_free) struct json *j = NULL;

	(void)state;
	(void)error_set(&one, ENOENT, "a story");
	(void)error_kind(&one, ERROR_LOCAL);
	(void)error_hint(&one, "a remedy");
	one.status = 7;
	j = json_from_error(&one);
	assert_int_equal(json_to_error(j, &two), -ENOENT);
	assert_string_equal(two.text, "a story");
	assert_string_equal(two.hint, "a remedy");
	assert_int_equal(two.kind, ERROR_LOCAL);
	assert_int_equal(two.status, 7);
}

static void
never_no_error(void **state)
{
	cleanup(json_free) struct json *j = json_new_object();
	autoerror err = { 0 };

	(void)state;
	assert_fails(json_to_error(j, &err), &err, EIO, "without a word");
	json_set_number(j, "code", 0);
	assert_fails(json_to_error(j, &err), &err, EIO, "without a word");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(never_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
