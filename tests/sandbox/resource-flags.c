/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "sandbox/resource-flags.h"

static void
reads_what_docker_reads(void **state)
{
	const struct resource_flags f = {
		.memory = "64m", .memory_swap = "96m", .cpus = "1.5",
		.cpu_shares = "512", .cpuset = "0", .pids = "20",
	};
	struct resources r;
	autoerror err = { 0 };

	(void)state;
	assert_ok(resource_flags_read(&f, &r, &err), &err);
	assert_int_equal(r.memory_bytes, MiB(64));
	assert_int_equal(r.swap_bytes, MiB(32));
	assert_int_equal(r.cpu_quota_us, 150000);
	assert_int_equal(r.cpu_period_us, 100000);
	assert_int_equal(r.cpu_shares, 512);
	assert_int_equal(r.pids, 20);
	assert_string_equal(r.cpus, "0");
}

static void
knows_the_usual(void **state)
{
	const struct resource_flags twice = { .memory = "1g" };
	const struct resource_flags any = {
		.memory = "1g", .memory_swap = "-1", .pids = "-1",
		.cpu_quota = "20000", .cpu_period = "50000",
	};
	struct resources r;
	autoerror err = { 0 };

	(void)state;
	assert_ok(resource_flags_read(&twice, &r, &err), &err);
	assert_int_equal(r.swap_bytes, GiB(1));
	assert_ok(resource_flags_read(&any, &r, &err), &err);
	assert_true(r.swap_bytes == UINT64_MAX);
	assert_int_equal(r.pids, 0);
	assert_int_equal(r.cpu_quota_us, 20000);
	assert_int_equal(r.cpu_period_us, 50000);
}

static void
refuses_the_rest(void **state)
{
	static const struct resource_flags bad[] = {
		{ .memory = "1k" }, { .memory = "much" },
		{ .memory_swap = "1g" },
		{ .memory = "1g", .memory_swap = "10m" },
		{ .cpus = "0" }, { .cpus = "1.2345" }, { .cpus = "." },
		{ .cpus = "-1" }, { .cpus = "1", .cpu_quota = "5000" },
		{ .cpu_quota = "10" }, { .cpu_period = "10" },
		{ .cpu_shares = "1" }, { .pids = "0" }, { .pids = "x" },
		{ .cpuset = "x" },
	};
	struct resources r = { 0 };
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(resource_flags_read(&bad[i], &r, &err),
			-EINVAL);
		assert_int_equal(err.kind, ERROR_REQUEST);
		error_release(&err);
	}
	assert_true(resources_is_empty(&r));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_docker_reads),
		cmocka_unit_test(knows_the_usual),
		cmocka_unit_test(refuses_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
