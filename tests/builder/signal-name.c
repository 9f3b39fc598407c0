/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/signal-name.h"

static void
known_signals_pass(void **state)
{
	static const char *const good[] = { "SIGTERM", "term", "Kill", "9",
		"64", "SIGRTMIN+3", "RTMAX-2", "rtmin", "RTMIN+30" };
	autoerror err = { 0 };

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(good); n++)
		assert_ok(signal_name_check(good[n], &err), &err);
}

static void
others_are_refused(void **state)
{
	static const char *const bad[] = { "", "FOO", "0", "65", "-9", "SIG",
		"RTMIN+31", "RTMIN-1", "RTMAX+1", "TERM " };
	autoerror err = { 0 };

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++)
		assert_fails(signal_name_check(bad[n], &err), &err, EINVAL,
			"invalid signal");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_signals_pass),
		cmocka_unit_test(others_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
