/* SPDX-License-Identifier: Apache-2.0 */
/* Against the real slipway-net where that is what matters, else against
 * programs that are not what they should be. */
#include "tests/lib/unit.h"

#include <sys/stat.h>

#include "oci/courier.h"
#include "tests/lib/web.h"

static int
start(struct courier **ret, struct error *err)
{
	struct strv readable = { 0 };

	return courier_start(&readable, ret, err);
}

static int
ask(struct courier *c, const char *text, struct errand *e, struct error *err)
{
	cleanup(json_free) struct json *packet = NULL;

	assert_ok(json_parse(text, strlen(text), KiB(4), "x", &packet, err),
		err);
	return courier_send(c, packet, -1, e, err);
}

static void
not_installed(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	struct courier *c = NULL;
	autoerror err = { 0 };

	(void)state;
	(void)setenv("SLIPWAY_LIBEXEC", dir.path, 1);
	assert_int_equal(start(&c, &err), -ENOENT);
	assert_int_equal(err.kind, ERROR_HOST);
	assert_non_null(strstr(err.text, "slipway-net"));
	error_release(&err);
}

static void
ends_too_early(void **state)
{
	cleanup(courier_free) struct courier *c = NULL;
	unit_dir_auto dir = unit_dir_make();
	struct errand one = { 0 }, two = { 0 };
	autoerror err = { 0 };

	(void)state;
	unit_write(dir.fd, "slipway-net",
		"#!/bin/sh\nhead -c 1 <&3 >/dev/null\n");
	assert_int_equal(fchmodat(dir.fd, "slipway-net", 0755, 0), 0);
	(void)setenv("SLIPWAY_LIBEXEC", dir.path, 1);
	assert_ok(start(&c, &err), &err);
	/* It may be gone before it was asked, or after. */
	if (ask(c, "{\"op\": \"blob\"}", &one, &err) >= 0 &&
		ask(c, "{\"op\": \"blob\"}", &two, &err) >= 0) {
		assert_fails(courier_wait(c, &one, &err), &err, EPIPE,
			"unexpectedly");
		assert_true(two.done);
		assert_int_equal(two.error.code, EPIPE);
	}
	courier_forget(c, &one);
	courier_errand_release(&one);
	courier_errand_release(&two);
	error_release(&err);
}

/* From here on the program that was built. */
static void
use_the_real_one(void)
{
	assert_int_equal(setenv("SLIPWAY_LIBEXEC", getenv("NET_DIR"), 1), 0);
}

static void
answers_malformed_requests(void **state)
{
	cleanup(courier_free) struct courier *c = NULL;
	struct errand e = { 0 };
	autoerror err = { 0 };

	(void)state;
	use_the_real_one();
	assert_ok(start(&c, &err), &err);
	assert_ok(ask(c, "{\"op\": \"dance\"}", &e, &err), &err);
	assert_fails(courier_wait(c, &e, &err), &err, EBADMSG, "repository");
	courier_errand_release(&e);
}

static void
a_bad_certificate_directory_ends_it(void **state)
{
	cleanup(courier_free) struct courier *c = NULL;
	cleanup(json_free) struct json *packet = json_new_object();
	cleanup_value(strv_release) struct strv dirs = { 0 };
	unit_dir_auto dir = unit_dir_make();
	struct errand e = { 0 };
	autoerror err = { 0 };
	int r;

	(void)state;
	use_the_real_one();
	unit_write(dir.fd, "x.cert", "x");
	strv_add(&dirs, dir.path);
	assert_ok(courier_start(&dirs, &c, &err), &err);
	json_set_text(packet, "op", "repository");
	json_set_text(packet, "host", "h");
	json_set_text(packet, "path", "p");
	json_set(packet, "cert_dirs", json_new_list(&dirs));
	assert_ok(courier_tell(c, packet, &err), &err);
	/* Told when it is asked, or when it should answer. */
	r = ask(c, "{\"op\": \"blob\"}", &e, &err);
	if (r >= 0)
		r = courier_wait(c, &e, &err);
	assert_fails(r, &err, EINVAL, "x.key");
	courier_errand_release(&e);
}

static void
a_forgotten_errand_may_go(void **state)
{
	struct web_row rows[] = { { 0 } };
	cleanup(courier_free) struct courier *c = NULL;
	cleanup(json_free) struct json *packet = json_new_object();
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	struct errand gone = { 0 }, e = { 0 };
	autofree char *host = mem_printf("127.0.0.1:%d", w.port);
	autoerror err = { 0 };

	(void)state;
	use_the_real_one();
	assert_ok(start(&c, &err), &err);
	json_set_text(packet, "op", "repository");
	json_set_text(packet, "host", host);
	json_set_text(packet, "path", "p");
	json_set_number(packet, "id", 0);
	json_set_number(packet, "retries", 0);
	assert_ok(courier_tell(c, packet, &err), &err);
	assert_ok(ask(c, "{\"op\": \"manifest\", \"repository\": 0,"
		"\"reference\": \"1\", \"head\": true}", &gone, &err), &err);
	courier_forget(c, &gone);
	assert_ok(ask(c, "{\"op\": \"manifest\", \"repository\": 0,"
		"\"reference\": \"2\", \"head\": true}", &e, &err), &err);
	assert_true(courier_wait(c, &e, &err) < 0);
	assert_false(gone.done);
	error_release(&err);
	courier_errand_release(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(not_installed),
		cmocka_unit_test(ends_too_early),
		cmocka_unit_test(answers_malformed_requests),
		cmocka_unit_test(a_bad_certificate_directory_ends_it),
		cmocka_unit_test(a_forgotten_errand_may_go),
	};

	/* `make check` runs in the directory where slipway-net was built. */
	(void)setenv("NET_DIR", getenv("SLIPWAY_LIBEXEC") ?
		getenv("SLIPWAY_LIBEXEC") : ".", 1);
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
