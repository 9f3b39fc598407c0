/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/resource.h>

#include "sandbox/limit.h"

static void
reads(void **state)
{
	struct sandbox_limit l;
	autoerror err = { 0 };

	(void)state;
	assert_ok(limit_parse("nofile=10:20", &l, &err), &err);
	assert_int_equal(l.resource, RLIMIT_NOFILE);
	assert_int_equal(l.soft, 10);
	assert_int_equal(l.hard, 20);
	assert_ok(limit_parse("core=0", &l, &err), &err);
	assert_int_equal(l.hard, 0);
	assert_ok(limit_parse("stack=-1:unlimited", &l, &err), &err);
	assert_true(l.soft == UINT64_MAX && l.hard == UINT64_MAX);
}

static void
refuses(void **state)
{
	struct sandbox_limit l;
	autoerror err = { 0 };

	(void)state;
	assert_fails(limit_parse("files=1", &l, &err), &err, EINVAL,
		"no limit of that name");
	assert_fails(limit_parse("nofile", &l, &err), &err, EINVAL,
		"not NAME=SOFT");
	assert_fails(limit_parse("nofile=1:x", &l, &err), &err, EINVAL,
		"not NAME=SOFT");
	assert_fails(limit_parse("nofile=2:1", &l, &err), &err, EINVAL,
		"over the hard");
	assert_fails(limit_parse("nofile=-1:1", &l, &err), &err, EINVAL,
		"over the hard");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
