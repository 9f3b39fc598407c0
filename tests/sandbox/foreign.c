/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sandbox/inside.h"

#include "sandbox/binfmt.h"
#include "sandbox/foreign.h"

static void
parses_ways(void **state)
{
	enum foreign_way way = FOREIGN_EXEC;
	autoerror err = { 0 };

	(void)state;
	assert_ok(foreign_parse(NULL, &way, &err), &err);
	assert_int_equal(way, FOREIGN_AUTO);
	assert_ok(foreign_parse("host", &way, &err), &err);
	assert_int_equal(way, FOREIGN_HOST);
	assert_string_equal(foreign_name(FOREIGN_BINFMT), "binfmt");
	assert_fails(foreign_parse("native", &way, &err), &err, EINVAL,
		"unknown emulation 'native'");
	assert_int_equal(way, FOREIGN_HOST);
}

static void
needs_nothing_at_home(void **state)
{
	const struct machine *host = machine_host();
	cleanup_value(foreign_release) struct foreign f;
	autoerror err = { 0 };

	(void)state;
	foreign_init(&f);
	assert_ok(foreign_open(NULL, FOREIGN_AUTO, &f, &err), &err);
	assert_int_equal(f.way, FOREIGN_NATIVE);
	if (host)
		assert_ok(foreign_open(host->name, FOREIGN_EXEC, &f, &err),
			&err);
	assert_int_equal(f.way, FOREIGN_NATIVE);
	assert_fails(foreign_open("pdp7", FOREIGN_AUTO, &f, &err), &err,
		ENOTSUP, "nothing is known");
}

/* A path that would be taken for more than one field. */
static void
registers_no_odd_names(void **state)
{
	autoerror err = { 0 };
	int fd = -1;

	(void)state;
	assert_fails(binfmt_register(machine_find("arm64"), "/q|FPC", &fd,
		&err), &err, EINVAL, "cannot be registered");
	assert_int_equal(fd, -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_ways),
		cmocka_unit_test(needs_nothing_at_home),
		cmocka_unit_test(registers_no_odd_names),
	};

	return cmocka_run_group_tests(tests, inside_enter, NULL);
}
