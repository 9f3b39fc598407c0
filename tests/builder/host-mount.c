/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/host-mount.h"

#define mounts_auto cleanup_value(host_mounts_release) struct host_mounts

static void
volumes(void **state)
{
	static const struct {
		const char *text, *target;
		bool writable;
	} table[] = {
		{ "/etc:/a/../b", "/b", true },
		{ "/etc:/a:ro", "/a", false },
		{ "/etc:/a:z,ro", "/a", false },
		{ "/etc:/a:rw,Z", "/a", true },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		mounts_auto m = { 0 };
		autoerror err = { 0 };

		assert_ok(
			host_mounts_add_volume(&m, table[n].text, &err), &err);
		assert_string_equal(m.items[0].source, "/etc");
		assert_string_equal(m.items[0].target, table[n].target);
		assert_int_equal(m.items[0].writable, table[n].writable);
		assert_false(m.items[0].is_file);
	}
}

static void
devices(void **state)
{
	static const struct {
		const char *text, *target;
		bool writable;
	} table[] = {
		{ "/dev/null", "/dev/null", true },
		{ "/dev/null:r", "/dev/null", false },
		{ "/dev/null:/dev/x", "/dev/x", true },
		{ "/dev/null:/dev/x:rm", "/dev/x", false },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		mounts_auto m = { 0 };
		autoerror err = { 0 };

		assert_ok(
			host_mounts_add_device(&m, table[n].text, &err), &err);
		assert_string_equal(m.items[0].target, table[n].target);
		assert_int_equal(m.items[0].writable, table[n].writable);
		assert_true(m.items[0].is_file);
	}
}

static void
mistakes(void **state)
{
	mounts_auto m = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_fails(host_mounts_add_volume(&m, "/etc", &err), &err, EINVAL,
		"not SOURCE:TARGET");
	assert_fails(host_mounts_add_volume(&m, "/etc:a", &err), &err, EINVAL,
		"not absolute");
	assert_fails(host_mounts_add_volume(&m, "/no/such:/a", &err), &err,
		ENOENT, "/no/such");
	assert_fails(host_mounts_add_device(&m, "vendor.com/x=y", &err), &err,
		EINVAL, "no path");
	assert_int_equal(m.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(volumes),
		cmocka_unit_test(devices),
		cmocka_unit_test(mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
