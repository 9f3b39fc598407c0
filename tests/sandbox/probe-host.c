/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "sandbox/probe-host.h"

static const struct probe_check *
check_named(const struct probe *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->checks[i].name, name) == 0)
			return &p->checks[i];
	return NULL;
}

static void
looks_at_everything(void **state)
{
	static const char *const names[] = {
		"kernel", "no_new_privs", "seccomp", "cgroup",
		"foreign programs", "namespaces", "overlay", "proc", "filter",
		"network",
	};
	cleanup_value(probe_release) struct probe p = { 0 };
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	assert_ok(probe_host(IDENTITY_AUTO, d.path, &p, &err), &err);
	assert_true(probe_is_good(&p));
	assert_int_not_equal(p.identity, IDENTITY_AUTO);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_non_null(check_named(&p, names[i]));
	assert_int_equal(check_named(&p, "overlay")->status, PROBE_OK);
	assert_int_equal(check_named(&p, "filter")->status, PROBE_OK);
}

static void
tells_a_failure(void **state)
{
	cleanup_value(probe_release) struct probe p = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(probe_host(IDENTITY_AUTO, "/proc/self", &p, &err), &err);
	assert_false(probe_is_good(&p));
	assert_int_equal(check_named(&p, "overlay")->status, PROBE_FAIL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_at_everything),
		cmocka_unit_test(tells_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
