/* SPDX-License-Identifier: Apache-2.0 */
#include "util/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/mem.h"
#include "util/scope.h"

#define CHILD_STACK KiB(64)
#define PASS_MAX 16

/* Shared with the child until it has called exec (CLONE_VM | CLONE_VFORK). */
struct start {
	const struct proc_spec *spec;
	const char *program;
	pid_t parent;
	const char *failed_at; /* what the child could not do, or NULL */
	int error;
};

static int
find_in(const char *dir, size_t len, const char *name, char **ret)
{
	autofree char *base = mem_strndup(len ? dir : ".", len ? len : 1);
	autofree char *path = mem_printf("%s/%s", base, name);

	if (access(path, X_OK) < 0)
		return -errno;
	*ret = take_ptr(&path);
	return 0;
}

/* As execvp(3): a name without a slash is looked for in PATH. */
int
proc_find(const char *name, char **ret)
{
	const char *path = getenv("PATH");
	const char *end;
	int r = -ENOENT;

	if (strchr(name, '/')) {
		*ret = mem_strdup(name);
		return 0;
	}
	for (path = path ? path : "/usr/bin:/bin";; path = end + 1) {
		end = strchrnul(path, ':');
		switch (find_in(path, (size_t)(end - path), name, ret)) {
		case 0:
			return 0;
		case -EACCES:
			r = -EACCES;
		}
		if (!*end)
			return r;
	}
}

/*
 * Between here and exec the child only makes system calls. It leaves its frames
 * without returning from them, which AddressSanitizer would hold against the
 * next user of that memory.
 */
#define LEFT_BY_EXEC __attribute__((no_sanitize_address))

static int
child_failed(struct start *s, const char *what)
{
	s->failed_at = what;
	s->error = errno;
	return 127;
}

static int
child_source(int fd, int above)
{
	if (fd < 0)
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return fcntl(fd, F_DUPFD_CLOEXEC, above);
}

/* First all out of the way, then each to its place: no order can go wrong. */
LEFT_BY_EXEC static int
child_descriptors(const struct proc_spec *spec)
{
	int count = 3 + (int)spec->pass_count;
	int sources[3 + PASS_MAX] = { spec->in_fd, spec->out_fd,
		spec->error_fd };
	int i;

	for (i = 3; i < count; i++)
		sources[i] = spec->pass_fds[i - 3];
	for (i = 0; i < count; i++) {
		sources[i] = child_source(sources[i], count);
		if (sources[i] < 0)
			return -1;
	}
	for (i = 0; i < count; i++)
		if (dup2(sources[i], i) < 0)
			return -1;
	/* Ours are close-on-exec from birth; this is for those that whoever
	 * started us left open. Linux before 5.9 cannot, and may go without. */
	(void)syscall(SYS_close_range, count, ~0U, 0);
	return 0;
}

/* The parent may have died before the request was made. A parent in an outer
 * pid namespace has the number 0. */
static int
die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -1;
	if (getppid() == parent || getppid() == 0)
		return 0;
	errno = ECANCELED;
	return -1;
}

/* Whoever we are, the program starts with nothing blocked and SIGPIPE deadly,
 * as programs expect. */
LEFT_BY_EXEC static void
child_signals(void)
{
	sigset_t none;

	(void)signal(SIGPIPE, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static int
child_directory(const struct proc_spec *spec)
{
	if (spec->cwd_fd)
		return fchdir(*spec->cwd_fd);
	return spec->cwd ? chdir(spec->cwd) : 0;
}

LEFT_BY_EXEC static int
child_main(void *argument)
{
	struct start *s = argument;
	const struct proc_spec *spec = s->spec;

	if (spec->own_group && setpgid(0, 0) < 0)
		return child_failed(s, "make a process group for");
	if (spec->die_with_parent && die_with(s->parent) < 0)
		return child_failed(s, "tie to its parent");
	if (child_directory(spec) < 0)
		return child_failed(s, "change directory for");
	if (child_descriptors(spec) < 0)
		return child_failed(s, "pass descriptors to");
	child_signals();
	(void)execve(s->program, strv_view(spec->argv),
		spec->env ? strv_view(spec->env) : environ);
	return child_failed(s, "start");
}

/* The child borrows our memory until exec: nothing is copied, however large we
 * are. No signal may run a handler in it meanwhile. */
static pid_t
spawn(struct start *s, char *stack, int *ret_pid_fd)
{
	const int flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
	sigset_t all, before;
	pid_t pid;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = clone(child_main, stack + CHILD_STACK, flags | CLONE_PIDFD, s,
		ret_pid_fd);
	if (pid < 0 && errno == EINVAL) {
		*ret_pid_fd = -1;
		pid = clone(child_main, stack + CHILD_STACK, flags, s);
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

static int
start_error(const struct start *s, struct error *err)
{
	const char *what = s->failed_at;
	const char *name = s->spec->program;

	errno = s->error;
	return error_errno(err, "cannot %s '%s'", what, name);
}

static void
reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int
proc_start(const struct proc_spec *spec, struct proc *ret, struct error *err)
{
	struct start s = { .spec = spec, .parent = getpid() };
	autofree char *program = NULL;
	autoclose int pid_fd = -1;
	char *stack;
	pid_t pid;
	int r;

	if (spec->pass_count > PASS_MAX)
		return error_set(err, EINVAL, "too many descriptors for '%s'",
			spec->program);
	r = proc_find(spec->program, &program);
	if (r < 0) {
		errno = -r;
		return error_errno(err, "cannot start '%s'", spec->program);
	}
	s.program = program;
	stack = mmap(NULL, CHILD_STACK, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return error_errno(err, "cannot start '%s'", spec->program);
	pid = spawn(&s, stack, &pid_fd);
	if (pid < 0)
		r = error_errno(err, "cannot start '%s'", spec->program);
	(void)munmap(stack, CHILD_STACK);
	if (pid < 0)
		return r;
	if (s.failed_at) {
		reap(pid);
		return start_error(&s, err);
	}
	*ret = (struct proc){ pid, take_fd(&pid_fd), spec->own_group };
	return 0;
}

int
proc_fork(struct proc *ret, struct error *err)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		return error_errno(err, "cannot start a child process");
	if (pid == 0) {
		if (die_with(parent) < 0)
			_exit(125);
		return 0;
	}
	ret->pid = pid;
	ret->pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
	ret->leads_group = false;
	return 1;
}

/* Where there is no pidfd: SIGCHLD, blocked, so that none is missed between
 * looking and sleeping. */
static void
sleep_for_child(int timeout_ms)
{
	struct timespec t = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };
	sigset_t child;

	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigtimedwait(&child, NULL, timeout_ms < 0 ? NULL : &t);
}

static void
sleep_for(const struct proc *p, int timeout_ms)
{
	struct pollfd fd = { p->pid_fd, POLLIN, 0 };

	if (p->pid_fd >= 0)
		(void)poll(&fd, 1, timeout_ms);
	else
		sleep_for_child(timeout_ms);
}

/* 1 when it has ended, 0 while it runs. */
static int
look(const struct proc *p, int *ret_status, struct error *err)
{
	pid_t pid = waitpid(p->pid, ret_status, WNOHANG);

	if (pid < 0)
		return error_errno(
			err, "cannot wait for process %d", (int)p->pid);
	return pid > 0;
}

static int
wait_until(const struct proc *p, int64_t deadline, int *ret_status,
	struct error *err)
{
	int r, timeout_ms;

	for (;;) {
		timeout_ms = clock_left_ms(deadline);
		r = look(p, ret_status, err);
		if (r != 0)
			return r < 0 ? r : 0;
		if (timeout_ms == 0)
			return error_set(err, ETIMEDOUT,
				"process %d is still running", (int)p->pid);
		sleep_for(p, timeout_ms);
	}
}

static void
forget(struct proc *p)
{
	if (p->pid > 0 && p->pid_fd >= 0)
		(void)close(p->pid_fd);
	*p = (struct proc){ 0 };
}

int
proc_wait(
	struct proc *p, int timeout_ms, struct proc_end *ret, struct error *err)
{
	int64_t deadline = clock_deadline_ms(timeout_ms);
	sigset_t child, before;
	int status = 0;
	int r;

	if (p->pid <= 0)
		return error_set(err, ECHILD, "no process to wait for");
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child, &before);
	r = wait_until(p, deadline, &status, err);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	if (r < 0)
		return r;
	ret->status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	ret->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	forget(p);
	return 0;
}

/* Its number cannot be somebody else's: it is ours until we have waited. */
void
proc_kill(struct proc *p, int signal)
{
	if (p->pid > 0)
		(void)kill(p->leads_group ? -p->pid : p->pid, signal);
}

void
proc_release(struct proc *p)
{
	if (p->pid <= 0)
		return;
	proc_kill(p, SIGKILL);
	reap(p->pid);
	forget(p);
}

int
proc_end_status(const struct proc_end *end)
{
	return end->signal ? 128 + end->signal : end->status;
}
