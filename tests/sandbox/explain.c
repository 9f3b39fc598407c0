/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "sandbox/explain.h"

/* Whatever the host, whatever was refused: a cause, a remedy, one kind. */
static void
always_has_an_answer(void **state)
{
	static const enum explain_act acts[] = {
		EXPLAIN_UNSHARE, EXPLAIN_MAP, EXPLAIN_MAP_ROOT,
		EXPLAIN_MOUNT,
	};
	static const int codes[] = {
		EPERM, ENOSPC, EINVAL, ENOSYS, EACCES, EUSERS, EIO,
	};

	(void)state;
	for (size_t a = 0; a < ARRAY_SIZE(acts); a++)
		for (size_t c = 0; c < ARRAY_SIZE(codes); c++) {
			autoerror err = { 0 };

			assert_int_equal(explain_refusal(acts[a], codes[c],
				&err), -ENOTSUP);
			assert_int_equal(err.kind, ERROR_HOST);
			assert_non_null(err.hint);
			assert_non_null(strstr(err.text, strerror(codes[c])));
		}
}

static void
names_what_is_used_up(void **state)
{
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(explain_refusal(EXPLAIN_UNSHARE, ENOSPC, &err),
		-ENOTSUP);
	assert_non_null(strstr(err.hint, "max_user_namespaces"));
	error_release(&err);
	assert_int_equal(explain_refusal(EXPLAIN_MAP, EPERM, NULL), -ENOTSUP);
	assert_int_equal(explain_refusal(EXPLAIN_MAP_ROOT, EPERM, &err),
		-ENOTSUP);
	assert_non_null(strstr(err.text, "CAP_SETFCAP"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(always_has_an_answer),
		cmocka_unit_test(names_what_is_used_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
