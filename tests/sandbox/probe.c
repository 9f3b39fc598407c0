/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "sandbox/probe.h"

static void
a_failure_outweighs_all(void **state)
{
	cleanup_value(probe_release) struct probe p = { 0 };

	(void)state;
	assert_false(probe_is_good(&p));
	p.identity = IDENTITY_SINGLE;
	probe_add(&p, "a", PROBE_WARN, NULL, "%d", 7);
	assert_true(probe_is_good(&p));
	assert_string_equal(p.checks[0].detail, "7");
	assert_string_equal(p.checks[0].remedy, "");
	probe_add(&p, "b", PROBE_FAIL, "do", "x");
	assert_false(probe_is_good(&p));
}

/* They cross a pipe: what is too long is cut, not refused. */
static void
long_texts_are_cut(void **state)
{
	cleanup_value(probe_release) struct probe p = { 0 };
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	probe_add(&p, text, PROBE_OK, text, "%s", text);
	assert_int_equal(strlen(p.checks[0].name), 31);
	assert_int_equal(strlen(p.checks[0].remedy), 399);
	assert_int_equal(strlen(p.checks[0].detail), 399);
}

static void
statuses_have_names(void **state)
{
	(void)state;
	assert_string_equal(probe_status_name(PROBE_OK), "ok");
	assert_string_equal(probe_status_name(PROBE_INFO), "info");
	assert_string_equal(probe_status_name(PROBE_WARN), "warn");
	assert_string_equal(probe_status_name(PROBE_FAIL), "fail");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_outweighs_all),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(statuses_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
