/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "sandbox/report.h"

static void
carries_all_of_an_error(void **state)
{
	autoerror sent = { 0 };
	struct error got = { 0 };
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	(void)error_set(&sent, EACCES, "no way to '%s'", "x");
	(void)error_kind(&sent, ERROR_HOST);
	(void)error_hint(&sent, "ask");
	sent.status = 126;
	report_send(fds[1], &sent);
	(void)close(fds[1]);
	assert_int_equal(report_receive(fds[0], &got), -EACCES);
	assert_int_equal(got.kind, ERROR_HOST);
	assert_int_equal(got.status, 126);
	assert_string_equal(got.text, "no way to 'x'");
	assert_string_equal(got.hint, "ask");
	error_release(&got);
	(void)close(fds[0]);
}

static void
cuts_long_texts(void **state)
{
	autofree char *text = mem_alloc(KiB(100));
	autoerror sent = { 0 };
	struct error got = { 0 };
	int fds[2];

	(void)state;
	memset(text, 'a', KiB(100));
	text[KiB(100) - 1] = '\0';
	assert_int_equal(pipe(fds), 0);
	(void)error_set(&sent, EIO, "%s", text);
	report_send(fds[1], &sent);
	(void)close(fds[1]);
	assert_int_equal(report_receive(fds[0], &got), -EIO);
	assert_true(strlen(got.text) < 4096);
	error_release(&got);
	(void)close(fds[0]);
}

static void
silence_is_success(void **state)
{
	autoerror err = { 0 };
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	(void)close(fds[1]);
	assert_ok(report_receive(fds[0], &err), &err);
	(void)close(fds[0]);
}

static void
half_a_report_is_one_too(void **state)
{
	autoerror err = { 0 };
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "abc", 3), 3);
	(void)close(fds[1]);
	assert_fails(report_receive(fds[0], &err), &err, EPROTO,
		"half a report");
	(void)close(fds[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(carries_all_of_an_error),
		cmocka_unit_test(cuts_long_texts),
		cmocka_unit_test(silence_is_success),
		cmocka_unit_test(half_a_report_is_one_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
