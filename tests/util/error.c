/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "util/error.h"

static void
set_replaces_and_returns_code(void **state)
{
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(error_set(&err, ENOENT, "no '%s'", "x"), -ENOENT);
	assert_int_equal(err.code, ENOENT);
	assert_string_equal(err.text, "no 'x'");
	/* The old text may be an argument of the new one. */
	assert_int_equal(error_set(&err, EINVAL, "again: %s", err.text),
		-EINVAL);
	assert_string_equal(err.text, "again: no 'x'");
}

static void
errno_is_appended(void **state)
{
	autoerror err = { 0 };

	(void)state;
	errno = EACCES;
	assert_int_equal(error_errno(&err, "cannot open '%s'", "/x"), -EACCES);
	assert_string_equal(err.text, "cannot open '/x': Permission denied");
	errno = 0;
	assert_int_equal(error_errno(&err, "strange"), -EIO);
}

static void
wrap_puts_before(void **state)
{
	autoerror err = { 0 };

	(void)state;
	(void)error_set(&err, EBADMSG, "bad digest");
	(void)error_kind(&err, ERROR_STORE);
	assert_int_equal(error_wrap(&err, "FROM %s", "a"), -EBADMSG);
	assert_string_equal(err.text, "FROM a: bad digest");
	assert_int_equal(err.kind, ERROR_STORE);
}

static void
first_kind_and_hint_stay(void **state)
{
	autoerror err = { 0 };

	(void)state;
	(void)error_set(&err, EPERM, "no");
	assert_int_equal(error_kind(&err, ERROR_REMOTE), -EPERM);
	(void)error_kind(&err, ERROR_HOST);
	assert_int_equal(err.kind, ERROR_REMOTE);
	assert_int_equal(error_hint(&err, "log %s", "in"), -EPERM);
	(void)error_hint(&err, "something else");
	assert_string_equal(err.hint, "log in");
}

static void
null_error_still_returns_code(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, EFBIG, "x"), -EFBIG);
	assert_int_equal(error_wrap(NULL, "y"), -EFBIG);
	assert_int_equal(error_kind(NULL, ERROR_HOST), -EFBIG);
	assert_int_equal(error_hint(NULL, "z"), -EFBIG);
	errno = EXDEV;
	assert_int_equal(error_errno(NULL, "x"), -EXDEV);
}

static void
move_empties_the_source(void **state)
{
	autoerror from = { 0 }, to = { 0 };

	(void)state;
	(void)error_set(&from, ENOSPC, "full");
	assert_int_equal(error_move(&to, &from), -ENOSPC);
	assert_string_equal(to.text, "full");
	assert_null(from.text);
	assert_int_equal(from.code, 0);
	assert_int_equal(error_move(NULL, &to), -ENOSPC);
	assert_null(to.text);
}

static void
exit_status_by_status_kind_code(void **state)
{
	static const struct {
		struct error err;
		int status;
	} cases[] = {
		{ { .code = EINVAL, .kind = ERROR_HOST, .status = 42 }, 42 },
		{ { .code = EINVAL, .kind = ERROR_POLICY }, 7 },
		{ { .code = EINVAL }, 2 },
		{ { .code = ENOENT }, 3 },
		{ { .code = EACCES }, 5 },
		{ { .code = EPERM }, 5 },
		{ { .code = EROFS }, 5 },
		{ { .code = ENOTSUP }, 5 },
		{ { .code = ENOSPC }, 5 },
		{ { .code = ENOMEM }, 5 },
		{ { .code = EMFILE }, 5 },
		{ { .code = EBADMSG }, 6 },
		{ { .code = ETIMEDOUT }, 124 },
		{ { .code = EIO }, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(error_exit_status(&cases[i].err),
			cases[i].status);
}

static void
release_twice_is_fine(void **state)
{
	autoerror err = { 0 };

	(void)state;
	(void)error_set(&err, EIO, "x");
	(void)error_hint(&err, "y");
	error_release(&err);
	error_release(&err);
	assert_null(err.text);
	assert_null(err.hint);
	assert_int_equal(err.code, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_replaces_and_returns_code),
		cmocka_unit_test(errno_is_appended),
		cmocka_unit_test(wrap_puts_before),
		cmocka_unit_test(first_kind_and_hint_stay),
		cmocka_unit_test(null_error_still_returns_code),
		cmocka_unit_test(move_empties_the_source),
		cmocka_unit_test(exit_status_by_status_kind_code),
		cmocka_unit_test(release_twice_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
