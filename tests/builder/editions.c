/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/editions.h"

static const char *const names[] = { "one", "two", "three" };

static int
number_them(void *context, size_t number, struct progress *shown,
	struct edition *ret, struct error *err)
{
	(void)shown;
	if (context && number == *(size_t *)context) {
		(void)error_set(err, EBADMSG, "a story");
		(void)error_hint(err, "a remedy");
		return error_kind(err, ERROR_WORK);
	}
	ret->manifest.bytes[0] = (uint8_t)(number + 1);
	ret->worked = number == 1;
	return 0;
}

static int
die(void *context, size_t number, struct progress *shown, struct edition *ret,
	struct error *err)
{
	if (number == 2)
		_exit(3);
	return number_them(context, number, shown, ret, err);
}

static void
each_answers(void **state)
{
	struct edition made[3] = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(editions_build(number_them, NULL, names, 3, NULL, made, &err),
		&err);
	for (size_t n = 0; n < 3; n++) {
		assert_int_equal(made[n].manifest.bytes[0], n + 1);
		assert_int_equal(made[n].worked, n == 1);
	}
}

static void
a_failure_is_told(void **state)
{
	struct edition made[3] = { 0 };
	autoerror err = { 0 };
	size_t bad = 1;
	int r;

	(void)state;
	r = editions_build(number_them, &bad, names, 3, NULL, made, &err);
	assert_int_equal(err.kind, ERROR_WORK);
	assert_string_equal(err.hint, "a remedy");
	assert_fails(r, &err, EBADMSG, "two: a story");
}

static void
a_death_is_told(void **state)
{
	struct edition made[3] = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_fails(editions_build(die, NULL, names, 3, NULL, made, &err),
		&err, EIO, "three: its process died");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_answers),
		cmocka_unit_test(a_failure_is_told),
		cmocka_unit_test(a_death_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
