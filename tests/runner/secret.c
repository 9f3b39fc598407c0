/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/secret.h"
#include "util/mem.h"

static void
assert_read(const char *from, const char *wanted)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	autoerror err = { 0 };

	if (secret_read(from, true, &b, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(buf_text(&b), wanted);
}

static void
assert_refused(const char *from, bool allow, int code, enum error_kind kind,
	const char *text)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	autoerror err = { 0 };

	assert_int_equal(secret_read(from, allow, &b, &err), -code);
	assert_int_equal(err.kind, kind);
	assert_non_null(strstr(err.text, text));
}

static void
sources(void **state)
{
	int fds[2];
	autofree char *from = NULL;

	(void)state;
	assert_int_equal(setenv("A_SECRET", "x\ny", 1), 0);
	assert_read("env:A_SECRET", "x\ny");
	assert_read("cmd:printf 'a b'", "a b");
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "z", 1), 1);
	(void)close(fds[1]);
	from = mem_printf("fd:%d", fds[0]);
	assert_read(from, "z");
	(void)close(fds[0]);
}

static void
what_is_not_there(void **state)
{
	(void)state;
	(void)unsetenv("CREDENTIALS_DIRECTORY");
	assert_refused("env:NO_SUCH_ONE", true, ENOENT, ERROR_LOCAL,
		"'NO_SUCH_ONE'");
	assert_refused("file:/no/such", true, ENOENT, ERROR_LOCAL, "/no/such");
	assert_refused("file:/etc/passwd", true, EPERM, ERROR_LOCAL,
		"not ours alone");
	assert_refused("file:/", true, EINVAL, ERROR_LOCAL, "no file");
	assert_refused("fd:x", true, EINVAL, ERROR_LOCAL, "x");
	assert_refused("systemd:x", true, ENOENT, ERROR_LOCAL, "credentials");
	assert_refused("cmd:false", true, EIO, ERROR_LOCAL, "status 1");
	assert_refused("cmd: ", true, EINVAL, ERROR_LOCAL, "no command");
	assert_refused("cmd:true", false, EPERM, ERROR_REQUEST, "not allowed");
	assert_refused("keyvault:x", true, EINVAL, ERROR_REQUEST,
		"'keyvault' is no source");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources),
		cmocka_unit_test(what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
