/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/mem.h"
#include "util/proc.h"
#include "util/scope.h"

/* `script` is run by sh; NULL as argv[1] means no script. */
static void
make_argv(struct strv *argv, const char *script)
{
	strv_add(argv, "sh");
	strv_add(argv, "-c");
	strv_add(argv, script);
}

static int
capture(const char *script, const char *text, size_t max, int timeout_ms,
	char **ret, struct proc_end *end, struct error *err)
{
	cleanup_value(strv_release) struct strv argv = { 0 };
	cleanup_value(buf_release) struct buf input = { 0 };
	cleanup_value(buf_release) struct buf out = { 0 };
	struct proc_spec spec = { "sh", &argv, .in_fd = -1, .out_fd = -1,
		.error_fd = -1, .own_group = true };
	int r;

	make_argv(&argv, script);
	buf_init(&input, MiB(8));
	buf_adds(&input, text);
	buf_init(&out, max);
	r = proc_capture(&spec, &input, &out, NULL, timeout_ms, end, err);
	if (ret)
		*ret = buf_steal(&out);
	return r;
}

static void
capture_collects(void **state)
{
	struct proc_end end = { 0 };
	autofree char *text = NULL;

	(void)state;
	assert_int_equal(capture("tr a-z A-Z; exit 3", "hello", 100, -1, &text,
				 &end, NULL),
		0);
	assert_string_equal(text, "HELLO");
	assert_int_equal(proc_end_status(&end), 3);
}

static void
capture_exchanges_much(void **state)
{
	autofree char *big = mem_zalloc(MiB(2) + 1);
	autofree char *text = NULL;
	struct proc_end end = { 0 };

	(void)state;
	memset(big, 'x', MiB(2));
	assert_int_equal(
		capture("cat", big, MiB(4), 60000, &text, &end, NULL), 0);
	assert_int_equal(strlen(text), MiB(2));
	assert_int_equal(
		capture("exit 0", big, MiB(4), 60000, NULL, &end, NULL), 0);
	assert_int_equal(proc_end_status(&end), 0);
}

static void
capture_has_limits(void **state)
{
	struct proc_end end = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(
		capture("yes", "", 1000, 60000, NULL, &end, &err), -EFBIG);
	assert_int_equal(
		capture("exec sleep 600", "", 1000, 50, NULL, &end, &err),
		-ETIMEDOUT);
	assert_int_equal(err.kind, ERROR_TIMEOUT);
	/* Output closed, the program not ended. */
	assert_int_equal(capture("exec >&- 2>&-; exec sleep 600", "", 1000, 50,
				 NULL, &end, &err),
		-ETIMEDOUT);
}

static void
capture_separates_errors(void **state)
{
	cleanup_value(strv_release) struct strv argv = { 0 };
	cleanup_value(buf_release) struct buf out = { 0 };
	cleanup_value(buf_release) struct buf errors = { 0 };
	struct proc_spec spec = { "sh", &argv, .in_fd = -1, .out_fd = -1,
		.error_fd = -1 };
	struct proc_end end = { 0 };

	(void)state;
	make_argv(&argv, "echo one; echo two >&2; kill -9 $$");
	buf_init(&out, 100);
	buf_init(&errors, 100);
	assert_int_equal(
		proc_capture(&spec, NULL, &out, &errors, -1, &end, NULL), 0);
	assert_string_equal(buf_text(&out), "one\n");
	assert_string_equal(buf_text(&errors), "two\n");
	assert_int_equal(end.signal, 9);
	assert_int_equal(proc_end_status(&end), 137);
}

static int
start_failing(const char *program, const char *cwd, struct error *err)
{
	cleanup_value(strv_release) struct strv argv = { 0 };
	struct proc_spec spec = { program, &argv, .cwd = cwd, .in_fd = -1,
		.out_fd = -1, .error_fd = -1 };
	autoproc child = { 0 };

	strv_add(&argv, program);
	return proc_start(&spec, &child, err);
}

static void
failed_starts_are_told(void **state)
{
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(start_failing("no-such-program", NULL, &err), -ENOENT);
	assert_string_equal(err.text,
		"cannot start 'no-such-program': No such file or directory");
	assert_int_equal(
		start_failing("/no/such/program", NULL, &err), -ENOENT);
	assert_int_equal(start_failing("/", NULL, &err), -EACCES);
	assert_int_equal(start_failing("true", "/no/such/dir", &err), -ENOENT);
	assert_string_equal(err.text,
		"cannot change directory for 'true': "
		"No such file or directory");
}

static void
descriptors_arrive(void **state)
{
	cleanup_value(strv_release) struct strv argv = { 0 };
	cleanup_value(strv_release) struct strv env = { 0 };
	cleanup_value(buf_release) struct buf out = { 0 };
	struct proc_end end = { 0 };
	int pass[2][2];
	int order[2];
	struct proc_spec spec = { "sh", &argv, .env = &env, .cwd = "/",
		.in_fd = -1, .out_fd = -1, .error_fd = -1, .pass_fds = order,
		.pass_count = 2 };

	(void)state;
	assert_int_equal(pipe2(pass[0], O_CLOEXEC), 0);
	assert_int_equal(pipe2(pass[1], O_CLOEXEC), 0);
	order[0] = pass[1][0];
	order[1] = pass[0][0];
	assert_int_equal(write(pass[0][1], "zero\n", 5), 5);
	assert_int_equal(write(pass[1][1], "one\n", 4), 4);
	strv_env_set(&env, "PATH", "/usr/bin:/bin");
	strv_env_set(&env, "NAME", "value");
	make_argv(&argv,
		"read a <&3; read b <&4; "
		"echo $a $b $NAME $PWD \"$(ls /proc/self/fd | wc -l)\"");
	buf_init(&out, 1000);
	assert_int_equal(
		proc_capture(&spec, NULL, &out, NULL, -1, &end, NULL), 0);
	/* 0, 1, 2, 3, 4 and the one ls reads with. */
	assert_string_equal(buf_text(&out), "one zero value / 6\n");
	spec.pass_count = 17;
	assert_int_equal(
		proc_capture(&spec, NULL, &out, NULL, -1, &end, NULL), -EINVAL);
	(void)close(pass[0][0]);
	(void)close(pass[0][1]);
	(void)close(pass[1][0]);
	(void)close(pass[1][1]);
}

/* What whoever started us ignores, like the interrupts of a background job: it
 * is handed on. */
static unsigned long long ignored_before;

static void
note_ignored(void)
{
	for (int n = 1; n < 32; n++) {
		struct sigaction action;

		if (sigaction(n, NULL, &action) == 0 &&
			action.sa_handler == SIG_IGN)
			ignored_before |= 1ULL << (n - 1);
	}
}

static void
signals_are_clean(void **state)
{
	struct proc_end end = { 0 };
	autofree char *text = NULL;
	unsigned long long blocked, ignored;
	sigset_t usr1, before;

	(void)state;
	(void)sigemptyset(&usr1);
	(void)sigaddset(&usr1, SIGUSR1);
	(void)sigprocmask(SIG_BLOCK, &usr1, &before);
	assert_int_equal(capture("grep -E '^Sig(Blk|Ign)' /proc/self/status",
				 "", 1000, -1, &text, &end, NULL),
		0);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	assert_int_equal(
		sscanf(text, "SigBlk: %llx SigIgn: %llx", &blocked, &ignored),
		2);
	assert_int_equal(blocked, 0);
	/* glibc's posix_spawn, as make uses it, ignores the two of threads. */
	assert_int_equal(ignored & ~(3ULL << 31) & ~ignored_before, 0);
}

static void
start_sleeper(struct proc *child, bool group)
{
	cleanup_value(strv_release) struct strv argv = { 0 };
	struct proc_spec spec = { "sh", &argv, .in_fd = -1, .out_fd = -1,
		.error_fd = -1, .own_group = group, .die_with_parent = true };

	make_argv(&argv, "sleep 600 & wait");
	assert_int_equal(proc_start(&spec, child, NULL), 0);
}

static void
waits_have_a_time_out(void **state)
{
	struct proc_end end = { 0 };
	autoproc child = { 0 };

	(void)state;
	assert_int_equal(proc_wait(&child, 0, &end, NULL), -ECHILD);
	start_sleeper(&child, true);
	assert_int_equal(proc_wait(&child, 0, &end, NULL), -ETIMEDOUT);
	assert_int_equal(proc_wait(&child, 20, &end, NULL), -ETIMEDOUT);
	proc_kill(&child, SIGTERM);
	assert_int_equal(proc_wait(&child, -1, &end, NULL), 0);
	assert_int_equal(end.signal, SIGTERM);
	assert_int_equal(child.pid, 0);
	proc_kill(&child, SIGTERM);
}

static void
waits_without_pidfd(void **state)
{
	struct proc_end end = { 0 };
	autoproc child = { 0 };

	(void)state;
	start_sleeper(&child, true);
	if (child.pid_fd >= 0)
		(void)close(child.pid_fd);
	child.pid_fd = -1;
	assert_int_equal(proc_wait(&child, 20, &end, NULL), -ETIMEDOUT);
	proc_kill(&child, SIGKILL);
	assert_int_equal(proc_wait(&child, 60000, &end, NULL), 0);
	assert_int_equal(end.signal, SIGKILL);
}

static void
release_kills_the_group(void **state)
{
	struct proc child = { 0 };
	pid_t pid;

	(void)state;
	start_sleeper(&child, true);
	pid = child.pid;
	proc_release(&child);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
	proc_release(&child);
}

static void
forked_children_end(void **state)
{
	struct proc_end end = { 0 };
	autoproc child = { 0 };
	int r, signal = 0;

	(void)state;
	r = proc_fork(&child, NULL);
	if (r == 0) {
		(void)prctl(PR_GET_PDEATHSIG, &signal);
		_exit(signal == SIGKILL ? 42 : 1);
	}
	assert_int_equal(r, 1);
	assert_int_equal(proc_wait(&child, 60000, &end, NULL), 0);
	assert_int_equal(end.status, 42);
}

static void
interrupts_are_readable(void **state)
{
	autoerror err = { 0 };
	struct pollfd fd = { 0 };

	(void)state;
	assert_int_equal(proc_interrupted(), 0);
	fd.fd = proc_catch_interrupts(NULL);
	fd.events = POLLIN;
	assert_true(fd.fd >= 0);
	assert_int_equal(proc_catch_interrupts(NULL), fd.fd);
	assert_int_equal(proc_check_interrupt(&err), 0);
	assert_int_equal(raise(SIGTERM), 0);
	assert_int_equal(poll(&fd, 1, 60000), 1);
	assert_int_equal(proc_interrupted(), SIGTERM);
	assert_int_equal(proc_check_interrupt(&err), -ECANCELED);
	assert_int_equal(error_exit_status(&err), 128 + SIGTERM);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capture_collects),
		cmocka_unit_test(capture_exchanges_much),
		cmocka_unit_test(capture_has_limits),
		cmocka_unit_test(capture_separates_errors),
		cmocka_unit_test(failed_starts_are_told),
		cmocka_unit_test(descriptors_arrive),
		cmocka_unit_test(signals_are_clean),
		cmocka_unit_test(waits_have_a_time_out),
		cmocka_unit_test(waits_without_pidfd),
		cmocka_unit_test(release_kills_the_group),
		cmocka_unit_test(forked_children_end),
		cmocka_unit_test(interrupts_are_readable),
	};

	note_ignored();
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
