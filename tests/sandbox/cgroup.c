/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/wait.h>

#include "sandbox/cgroup.h"

static void
expect_file(int dir_fd, const char *name, const char *text)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	autoerror err = { 0 };

	buf_init(&b, KiB(4));
	assert_ok(fs_read_file(dir_fd, name, KiB(4), &b, &err), &err);
	assert_string_equal(buf_text(&b), text);
}

static void
make_file(int dir_fd, const char *name)
{
	autoclose int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC,
		0600);

	assert_true(fd >= 0);
}

/* In a directory that has the files of a group and nothing behind them. */
static void
writes_what_the_kernel_reads(void **state)
{
	static const char *const files[] = {
		"memory.max", "memory.swap.max", "memory.oom.group", "cpu.max",
		"cpu.weight", "pids.max", "cpuset.cpus",
	};
	const struct resources limits = {
		.memory_bytes = MiB(64), .swap_bytes = UINT64_MAX,
		.cpu_quota_us = 150000, .cpu_period_us = 100000,
		.cpu_shares = 1024, .pids = 20, .cpus = "0-1",
	};
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		make_file(d.fd, files[i]);
	assert_ok(cgroup_write_limits(d.fd, &limits, &err), &err);
	expect_file(d.fd, "memory.max", "67108864");
	expect_file(d.fd, "memory.swap.max", "max");
	expect_file(d.fd, "cpu.max", "150000 100000");
	expect_file(d.fd, "cpu.weight", "39");
	expect_file(d.fd, "pids.max", "20");
	expect_file(d.fd, "cpuset.cpus", "0-1");
}

static void
misses_files(void **state)
{
	const struct resources limits = { .pids = 20 };
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	assert_fails(cgroup_write_limits(d.fd, &limits, &err), &err, ENOENT,
		"cannot write '20' to pids.max");
}

/* A real one, where ours may be divided: whoever is in it dies with it. */
static void
kills_who_is_left(void **state)
{
	const struct resources none = { 0 };
	cleanup(cgroup_free) struct cgroup *c = NULL;
	autoerror err = { 0 };
	autoclose int from = -1;
	int status, r, fds[2];
	char byte;
	pid_t pid;

	(void)state;
	r = cgroup_open(&none, &c, &err);
	if (r < 0) {
		assert_int_equal(r, -ENOTSUP);
		assert_non_null(strstr(err.text, "no cgroup of our own"));
		assert_non_null(err.hint);
		error_release(&err); /* skip() does not return */
		skip();		/* the host gives us none to divide */
	}
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	from = fds[0];
	pid = fork();
	if (pid == 0) {
		if (cgroup_enter(c, NULL) < 0 || write(fds[1], "x", 1) != 1)
			_exit(1);
		_exit(pause());
	}
	(void)close(fds[1]);
	assert_int_equal(read(from, &byte, 1), 1);
	assert_false(cgroup_ran_out(c));
	c = cgroup_free(c);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_what_the_kernel_reads),
		cmocka_unit_test(misses_files),
		cmocka_unit_test(kills_who_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
