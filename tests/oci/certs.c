/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/certs.h"

#define autotrust cleanup_value(certs_release) struct http_trust

static int
load(const char *path, struct http_trust *trust, struct error *err)
{
	cleanup_value(strv_release) struct strv dirs = { 0 };

	strv_add(&dirs, "/nonexistent/certs.d");
	strv_add(&dirs, path);
	return certs_load(&dirs, trust, err);
}

static void
reads_authorities_and_a_client(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autoerror err = { 0 };
	autotrust t = { 0 };

	(void)state;
	unit_write(dir.fd, "a.crt", "one\n");
	unit_write(dir.fd, "b.crt", "two");
	unit_write(dir.fd, "me.cert", "cert");
	unit_write(dir.fd, "me.key", "key");
	unit_write(dir.fd, "other.cert", "x");
	unit_write(dir.fd, "other.key", "y");
	unit_write(dir.fd, "README", "no");
	assert_ok(load(dir.path, &t, &err), &err);
	assert_string_equal(t.ca_pem, "one\n\ntwo\n");
	assert_string_equal(t.cert_pem, "cert");
	assert_string_equal(t.key_pem, "key");
}

static void
nothing_there_is_nothing(void **state)
{
	autoerror err = { 0 };
	autotrust t = { 0 };

	(void)state;
	assert_ok(load("/nonexistent/too", &t, &err), &err);
	assert_null(t.ca_pem);
}

static void
a_certificate_needs_its_key(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autoerror err = { 0 };
	autotrust t = { 0 };

	(void)state;
	unit_write(dir.fd, "me.cert", "cert");
	assert_fails(load(dir.path, &t, &err), &err, EINVAL, "no key 'me.key'");
}

static void
huge_files_are_refused(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autoerror err = { 0 };
	autotrust t = { 0 };
	autoclose int fd = -1;

	(void)state;
	fd = openat(dir.fd, "a.crt", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(ftruncate(fd, MiB(2)), 0);
	assert_fails(load(dir.path, &t, &err), &err, EFBIG, "a.crt");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_authorities_and_a_client),
		cmocka_unit_test(nothing_there_is_nothing),
		cmocka_unit_test(a_certificate_needs_its_key),
		cmocka_unit_test(huge_files_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
