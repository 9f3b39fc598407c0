/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/caps.h"
#include "sandbox/network.h"
#include "sandbox/program.h"
#include "sandbox/report.h"
#include "sandbox/rewrite.h"
#include "sandbox/tree.h"
#include "util/buf.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

#define DEFAULT_HOSTNAME "slipway"

/* When our parent dies we are killed, and all with us. If it did before we
 * asked for that, nobody holds the other end of our pipe any more. */
static int
die_with_parent(const struct setup *in, struct error *err)
{
	struct pollfd p = { .fd = in->report_fd };

	(void)close(in->peer_fd);
	/* Keys of the caller's terminal are for the caller, who passes on what
	 * the program is to get. */
	(void)setsid();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return error_errno(err, "cannot tie to our parent");
	if (poll(&p, 1, 0) > 0 && p.revents & POLLERR)
		_exit(125);
	return 0;
}

/* Blocked, not ignored: so pid 1 gets them, and sigwaitinfo(2) sees them. */
static void
block_signals(sigset_t *ret)
{
	(void)sigfillset(ret);
	(void)sigprocmask(SIG_SETMASK, ret, NULL);
}

/* Some hosts refuse it; a name is not worth failing (CAP_SYS_ADMIN may be
 * missing in an outer container's bounding set). */
static void
set_hostname(const char *name)
{
	if (!name)
		name = DEFAULT_HOSTNAME;
	(void)!sethostname(name, strlen(name));
}

/*
 * We are a copy of slipway, and anybody may read /proc/1/cmdline: its words
 * (credentials among them, perhaps) are not for the sandbox. Where they lie is
 * in fields 48 and 49 of proc(5)'s stat, counted from the state after the name.
 */
static int
hide_command_line(struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	unsigned long start = 0, end = 0;
	const char *fields;
	int r;

	r = fs_read_file(AT_FDCWD, "/proc/self/stat", KiB(4), &text, err);
	if (r < 0)
		return r;
	fields = strrchr(buf_text(&text), ')');
	for (int n = 2; fields && n < 48; n++)
		fields = strchr(fields + 1, ' ');
	if (!fields || sscanf(fields, "%lu %lu", &start, &end) != 2 ||
		start > end)
		return error_set(err, ENOTSUP,
			"cannot find our own command line");
	memset((void *)start, 0, end - start);
	return 0;
}

static int
set_network(const struct sandbox_spec *spec, struct error *err)
{
	if (spec->network == NETWORK_NONE)
		return network_raise_loopback(err);
	if (spec->network == NETWORK_PRIVATE &&
		setns(egress_fd(spec->egress), CLONE_NEWNET) < 0)
		return error_errno(err, "cannot enter the private network");
	return 0;
}

static int
set_up(const struct setup *in, struct error *err)
{
	int r;

	r = die_with_parent(in, err);
	if (r == 0 && in->cgroup)
		r = cgroup_enter(in->cgroup, err);
	/* It begins where we are now. */
	if (r == 0 && unshare(CLONE_NEWCGROUP) < 0)
		r = error_errno(err, "cannot make a cgroup namespace");
	if (r == 0)
		r = hide_command_line(err);
	if (r < 0)
		return r;
	/* Keys of the caller's session are not for the sandbox. */
	(void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	set_hostname(in->spec->hostname);
	r = set_network(in->spec, err);
	return r < 0 ? r : tree_enter(in, err);
}

/* vfork: the child borrows our memory until it has become the program, which
 * spares copying it. */
static int
start_free(const struct setup *in, pid_t *ret, struct error *err)
{
	pid_t pid = vfork();

	if (pid == 0)
		program_run(in, SECCOMP_EXEC_FREE);
	if (pid < 0)
		return error_errno(err, "cannot fork");
	*ret = pid;
	return 0;
}

static bool
is_traced(const struct setup *in)
{
	return in->foreign->way == FOREIGN_EXEC;
}

/* It waits until it is traced; with vfork we would wait for it. */
static int
start_traced(const struct setup *in, pid_t *ret, struct error *err)
{
	autoclose int from = -1, to = -1;
	int fds[2], r;
	pid_t pid;
	char byte;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	from = fds[0];
	to = fds[1];
	pid = fork();
	if (pid == 0) {
		(void)close(to);
		(void)TEMP_FAILURE_RETRY(read(from, &byte, 1));
		program_run(in, SECCOMP_EXEC_TRACED);
	}
	if (pid < 0)
		return error_errno(err, "cannot fork");
	r = rewrite_attach(pid, err);
	/* Untraced it would get far enough to be confused. */
	if (r < 0)
		(void)kill(pid, SIGKILL);
	*ret = pid;
	return r;
}

static int
start(const struct setup *in, pid_t *ret, struct error *err)
{
	if (is_traced(in))
		return start_traced(in, ret, err);
	return start_free(in, ret, err);
}

/* Nothing in the sandbox gets at the host through us: no descriptor is left
 * open, /proc/1 is closed to all, and the one right kept is to pass on signals
 * to a program of another user. */
static void
become_harmless(const struct setup *in)
{
	uint64_t rights = UINT64_C(1) << CAP_KILL;
	int keep = dup2(in->status_fd, 0);

	/* To look into programs of another user when it traces them. */
	if (is_traced(in))
		rights |= UINT64_C(1) << CAP_SYS_PTRACE;

	(void)syscall(SYS_close_range, keep + 1, ~0U, 0);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)caps_set(rights, NULL);
}

/* What pid 1 waits for. */
struct watch {
	const struct setup *in;
	pid_t program;
	bool has_begun;		/* it runs, and we are harmless */
	bool over;
	int status;		/* how it ended */
};

/* Before it has become the program, a supervisor may have to find us. */
static void
begin(struct watch *w)
{
	if (!w->has_begun)
		become_harmless(w->in);
	w->has_begun = true;
}

static void
reap(struct watch *w)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0) {
		if (WIFSTOPPED(status)) {
			if (rewrite_handle(w->in->foreign->machine, pid,
				    status))
				begin(w);
			continue;
		}
		if (pid != w->program)
			continue;
		w->status = status;
		w->over = true;
	}
}

static void
watch(struct watch *w, const sigset_t *signals)
{
	int number;

	for (reap(w); !w->over; reap(w)) {
		number = TEMP_FAILURE_RETRY(sigwaitinfo(signals, NULL));
		if (number > 0 && number != SIGCHLD)
			(void)kill(w->program, number);
	}
}

void
init_run(const struct setup *in)
{
	autoerror problem = { 0 };
	sigset_t signals;
	struct watch w = { .in = in };
	int r;

	block_signals(&signals);
	r = set_up(in, &problem);
	if (r == 0)
		r = start(in, &w.program, &problem);
	if (r < 0) {
		report_send(in->report_fd, &problem);
		_exit(125);
	}
	if (!is_traced(in))
		begin(&w);
	watch(&w, &signals);
	begin(&w);
	/* Our parent may be gone; then we are, too. */
	(void)!write(0, &w.status, sizeof(w.status));
	_exit(WIFEXITED(w.status) ? WEXITSTATUS(w.status) :
		128 + WTERMSIG(w.status));
}
