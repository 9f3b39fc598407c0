/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "sandbox/caps.h"
#include "sandbox/seccomp.h"
#include "util/proc.h"

/* Each answers with errno, or 0. They run in a child, under the filter. */
static int
of(long result)
{
	return result < 0 ? errno : 0;
}

static int
try_mount(void)
{
	return of(mount("x", "/", "tmpfs", 0, NULL));
}

static int
try_unshare(void)
{
	return of(unshare(CLONE_NEWUSER));
}

static int
try_clone_new(void)
{
	return of(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
}

static int
try_clone3(void)
{
	struct clone_args a = { .exit_signal = SIGCHLD };

	return of(syscall(SYS_clone3, &a, sizeof(a)));
}

static int
try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return of(pid);
}

static int
try_alg(void)
{
	return of(socket(AF_ALG, SOCK_SEQPACKET, 0));
}

/* The kernel looks at 32 bits, so must the filter. */
static int
try_alg_hidden(void)
{
	return of(syscall(SYS_socket, UINT64_C(0x100000000) | AF_ALG,
		SOCK_SEQPACKET, 0));
}

static int
try_vsock(void)
{
	return of(socket(AF_VSOCK, SOCK_STREAM, 0));
}

static int
try_unix(void)
{
	return of(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int
try_sti(void)
{
	return of(ioctl(0, TIOCSTI, "x"));
}

static int
try_sti_hidden(void)
{
	return of(syscall(SYS_ioctl, 0, UINT64_C(0xffffffff00005412), "x"));
}

static int
try_ioctl(void)
{
	int n;

	/* It reaches the kernel, which knows no such descriptor. */
	return of(ioctl(-1, FIONREAD, &n));
}

static int
try_keyctl(void)
{
	return of(syscall(SYS_keyctl, 0, 0, 0, 0, 0));
}

static int
try_uring(void)
{
	return of(syscall(SYS_io_uring_setup, 1, NULL));
}

static int
try_unknown(void)
{
	return of(syscall(1000));
}

static int
try_personality(void)
{
	return of(personality(PER_LINUX32));
}

static int
try_other_personality(void)
{
	return of(personality(ADDR_NO_RANDOMIZE));
}

static const struct trial {
	int (*try)(void);
	int expected;
} trials[] = {
	{ try_mount, EPERM }, { try_unshare, EPERM },
	{ try_clone_new, EPERM }, { try_clone3, ENOSYS }, { try_fork, 0 },
	{ try_alg, EAFNOSUPPORT }, { try_alg_hidden, EAFNOSUPPORT },
	{ try_vsock, EAFNOSUPPORT }, { try_unix, 0 }, { try_sti, EPERM },
	{ try_sti_hidden, EPERM },
	{ try_ioctl, EBADF }, { try_keyctl, EPERM }, { try_uring, ENOSYS },
	{ try_unknown, ENOSYS }, { try_personality, 0 },
	{ try_other_personality, ENOSYS },
};

static int
filtered(const struct trial *t)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		seccomp_install(SECCOMP_EXEC_FREE, NULL) < 0)
		return 200;
	return t->try();
}

static void
refuses_and_allows(void **state)
{
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(seccomp_is_supported(), 1);
	for (size_t i = 0; i < ARRAY_SIZE(trials); i++) {
		autoproc child = { .pid_fd = -1 };
		struct proc_end end;
		int r = proc_fork(&child, &err);

		if (r == 0)
			_exit(filtered(&trials[i]));
		assert_ok(r, &err);
		assert_ok(proc_wait(&child, 10000, &end, &err), &err);
		if (end.status != trials[i].expected)
			print_error("trial %zu\n", i);
		assert_int_equal(end.status, trials[i].expected);
	}
}

static int
give_up(void)
{
	if (caps_bound(1 << 0, NULL) < 0 || caps_set(1 << 0, NULL) < 0)
		return 1;
	if (!caps_has(0) || caps_has(1) || caps_has(21))
		return 2;
	return prctl(PR_CAPBSET_READ, 0) == 1 &&
		prctl(PR_CAPBSET_READ, 21) == 0 ? 0 : 3;
}

static void
gives_up_capabilities(void **state)
{
	autoproc child = { .pid_fd = -1 };
	autoerror err = { 0 };
	struct proc_end end;
	int r;

	(void)state;
	r = proc_fork(&child, &err);
	if (r == 0)
		_exit(unshare(CLONE_NEWUSER) < 0 ? 77 : give_up());
	assert_ok(r, &err);
	assert_ok(proc_wait(&child, 10000, &end, &err), &err);
	assert_int_equal(end.status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_and_allows),
		cmocka_unit_test(gives_up_capabilities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
