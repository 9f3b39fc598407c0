/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include "sandbox/resources.h"

static void
parses_processors(void **state)
{
	static const char *const bad[] = {
		"", "a", "1-", "-1", "3-1", "1,,2", "1024", "0-4096", "1 2",
	};
	autoerror err = { 0 };
	cpu_set_t set;

	(void)state;
	assert_ok(resources_parse_cpus("0-2,5", &set, &err), &err);
	assert_int_equal(CPU_COUNT(&set), 4);
	assert_true(CPU_ISSET(5, &set));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_fails(resources_parse_cpus(bad[i], &set, &err), &err,
			EINVAL, "not a list of processors");
}

static void
knows_nothing_when_empty(void **state)
{
	struct resources r = { 0 };

	(void)state;
	assert_true(resources_is_empty(NULL));
	assert_true(resources_is_empty(&r));
	r.cpu_period_us = 100000;
	assert_true(resources_is_empty(&r));
	r.pids = 1;
	assert_false(resources_is_empty(&r));
}

/* In a child: what the kernel says of it afterwards. */
static int
is_applied(void)
{
	struct resources r = {
		.memory_bytes = MiB(100), .pids = 4000, .cpu_quota_us = 50000,
		.cpu_period_us = 100000, .cpu_shares = 512,
	};
	struct rlimit limit;
	cpu_set_t set;

	if (resources_apply(&r, NULL) < 0 ||
		getrlimit(RLIMIT_DATA, &limit) < 0 ||
		limit.rlim_cur != MiB(100) ||
		getrlimit(RLIMIT_NPROC, &limit) < 0 || limit.rlim_cur > 4000)
		return 1;
	if (sched_getaffinity(0, sizeof(set), &set) < 0 ||
		CPU_COUNT(&set) != 1)
		return 2;
	return getpriority(PRIO_PROCESS, 0) < 3 ? 3 : 0;
}

static void
comes_near_without_a_cgroup(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(is_applied());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_processors),
		cmocka_unit_test(knows_nothing_when_empty),
		cmocka_unit_test(comes_near_without_a_cgroup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
