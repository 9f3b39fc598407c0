/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <poll.h>
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
#include "sandbox/tree.h"
#include "util/buf.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

#define DEFAULT_HOSTNAME "slipway"

/* When our parent dies we are killed, and all with us. If it did before we
 * asked for that, nobody holds the other end of our pipe any more. */
static int
die_with_parent(const struct init *in, struct error *err)
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
set_up(const struct init *in, struct error *err)
{
	int r;

	r = die_with_parent(in, err);
	if (r == 0)
		r = hide_command_line(err);
	if (r < 0)
		return r;
	/* Keys of the caller's session are not for the sandbox. */
	(void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	set_hostname(in->spec->hostname);
	if (in->spec->network == NETWORK_NONE)
		r = network_raise_loopback(err);
	return r < 0 ? r : tree_enter(in->spec, in->hosts, err);
}

/* vfork: the child borrows our memory until it has become the program, which
 * spares copying it. */
static pid_t
start_program(const struct init *in)
{
	pid_t pid = vfork();

	if (pid == 0)
		program_run(in->spec, in->report_fd, in->emulate_fd);
	return pid;
}

/* Nothing in the sandbox gets at the host through us: no descriptor is left
 * open, /proc/1 is closed to all, and the one right kept is to pass on signals
 * to a program of another user. */
static void
become_harmless(const struct init *in)
{
	int keep = dup2(in->status_fd, 0);

	(void)syscall(SYS_close_range, keep + 1, ~0U, 0);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)caps_set(UINT64_C(1) << CAP_KILL, NULL);
}

/* Returns true, and its status, when the program was among the dead. */
static bool
reap(pid_t program, int *ret_status)
{
	bool over = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != program)
			continue;
		*ret_status = status;
		over = true;
	}
	return over;
}

static int
watch(pid_t program, const sigset_t *signals)
{
	int number, status = 0;

	while (!reap(program, &status)) {
		number = TEMP_FAILURE_RETRY(sigwaitinfo(signals, NULL));
		if (number > 0 && number != SIGCHLD)
			(void)kill(program, number);
	}
	return status;
}

void
init_run(const struct init *in)
{
	autoerror problem = { 0 };
	sigset_t signals;
	pid_t program = -1;
	int r, status;

	block_signals(&signals);
	r = set_up(in, &problem);
	if (r == 0) {
		program = start_program(in);
		if (program < 0)
			r = error_errno(&problem, "cannot fork");
	}
	if (r < 0) {
		report_send(in->report_fd, &problem);
		_exit(125);
	}
	become_harmless(in);
	status = watch(program, &signals);
	/* Our parent may be gone; then we are, too. */
	(void)!write(0, &status, sizeof(status));
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) :
		128 + WTERMSIG(status));
}
