/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/transfer-options.h"

static const struct command_context context = { .progress = "plain" };

static void
nothing_given(void **state)
{
	const struct transfer_options o = { .quiet = true };
	struct transfer_settings t = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(transfer_options_apply(&o, &context, &t, &err), &err);
	assert_null(t.auth_file);
	assert_null(t.creds);
	assert_null(t.cert_dir);
	assert_int_equal(t.tls_verify, -1);
	assert_int_equal(t.retries, 5);
	assert_int_equal(t.retry_delay_ms, 500);
	progress_free(t.progress);
}

static void
all_given(void **state)
{
	const struct transfer_options o = { .auth_file = "a", .creds = "u:p",
		.tls_verify = "false", .cert_dir = "d", .retry = "0",
		.retry_delay = "2s", .quiet = true };
	struct transfer_settings t = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(transfer_options_apply(&o, &context, &t, &err), &err);
	assert_string_equal(t.auth_file, "a");
	assert_string_equal(t.creds, "u:p");
	assert_string_equal(t.cert_dir, "d");
	assert_int_equal(t.tls_verify, 0);
	assert_int_equal(t.retries, 0);
	assert_int_equal(t.retry_delay_ms, 2000);
	progress_free(t.progress);
}

static void
verify_may_stand_alone(void **state)
{
	static const char *const yes[] = { "", "true" };
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
		const struct transfer_options o = { .tls_verify = yes[i],
			.quiet = true };
		struct transfer_settings t = { 0 };

		assert_ok(transfer_options_apply(&o, &context, &t, &err),
			&err);
		assert_int_equal(t.tls_verify, 1);
		progress_free(t.progress);
	}
}

static void
refusals(void **state)
{
	static const struct {
		struct transfer_options options;
		const char *story;
	} cases[] = {
		{ { .tls_verify = "maybe" }, "--tls-verify" },
		{ { .retry = "-1" }, "--retry" },
		{ { .retry = "1001" }, "--retry" },
		{ { .retry = "many" }, "--retry" },
		{ { .retry_delay = "soon" }, "--retry-delay" },
		{ { .retry_delay = "10000h" }, "--retry-delay" },
		{ { .retry_delay = "-1s" }, "--retry-delay" },
	};
	struct transfer_settings t = { .retries = 77 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autoerror err = { 0 };

		assert_true(transfer_options_apply(&cases[i].options, &context,
			&t, &err) < 0);
		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_non_null(strstr(err.text, cases[i].story));
		assert_int_equal(t.retries, 77);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_given),
		cmocka_unit_test(all_given),
		cmocka_unit_test(verify_may_stand_alone),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
