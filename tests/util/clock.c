/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/clock.h"

static void
deadlines(void **state)
{
	int64_t now = clock_now_ms();

	(void)state;
	assert_int_equal(clock_left_ms(-1), -1);
	assert_int_equal(clock_left_ms(now - 1), 0);
	assert_true(clock_left_ms(now + 100000) > 0);
	assert_int_equal(clock_left_ms(INT64_MAX), INT_MAX);
	assert_int_equal(clock_deadline_ms(-5), -1);
	assert_true(clock_deadline_ms(1000) >= now + 1000);
}

static void
time_of_day(void **state)
{
	uint32_t nanoseconds = UINT32_MAX;

	(void)state;
	assert_true(clock_wall_seconds(&nanoseconds) > 1700000000);
	assert_true(nanoseconds < 1000000000);
	assert_true(clock_wall_seconds(NULL) > 1700000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deadlines),
		cmocka_unit_test(time_of_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
