/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/blame.h"

static struct dockerfile *
parsed(void)
{
	static const char text[] = "FROM x\n  RUN make\n";
	struct dockerfile *d = NULL;
	autoerror err = { 0 };

	assert_ok(dockerfile_parse("D", text, strlen(text), NULL, &d, &err),
		&err);
	return d;
}

static void
place_and_line_are_added(void **state)
{
	cleanup(dockerfile_free) struct dockerfile *d = parsed();
	autoerror err = { 0 };
	int r;

	(void)state;
	(void)error_set(&err, EACCES, "no");
	r = blame_instr(d, &d->stages[0].instrs[0], &err);
	assert_string_equal(err.hint, "  RUN make\n  ^");
	assert_fails(r, &err, EACCES, "D:2:3: no");
}

static void
advice_stays_below_the_line(void **state)
{
	cleanup(dockerfile_free) struct dockerfile *d = parsed();
	autoerror err = { 0 };
	int r;

	(void)state;
	(void)error_set(&err, EACCES, "no");
	(void)error_hint(&err, "ask");
	r = blame_instr(d, &d->stages[0].instrs[0], &err);
	assert_string_equal(err.hint, "  RUN make\n  ^\nask");
	assert_fails(r, &err, EACCES, "D:2:3: no");
}

static void
a_place_is_told_once(void **state)
{
	cleanup(dockerfile_free) struct dockerfile *d = parsed();
	autoerror err = { 0 };
	int r;

	(void)state;
	(void)error_set(&err, EINVAL, "D:1:1: no");
	(void)error_hint(&err, "ask");
	r = blame_instr(d, &d->stages[0].instrs[0], &err);
	assert_string_equal(err.text, "D:1:1: no");
	assert_string_equal(err.hint, "ask");
	assert_fails(r, &err, EINVAL, "D:1:1: no");
}

static void
nobody_may_listen(void **state)
{
	cleanup(dockerfile_free) struct dockerfile *d = parsed();

	(void)state;
	assert_int_equal(
		blame_instr(d, &d->stages[0].instrs[0], NULL), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(place_and_line_are_added),
		cmocka_unit_test(advice_stays_below_the_line),
		cmocka_unit_test(a_place_is_told_once),
		cmocka_unit_test(nobody_may_listen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
