/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/enter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/program.h"
#include "sandbox/report.h"
#include "util/fs.h"
#include "util/mem.h"

#define ENVIRONMENT_MAX MiB(2)

static int
ended(struct error *err)
{
	(void)error_set(err, ESRCH, "its program has ended");
	return error_kind(err, ERROR_REQUEST);
}

/* Init itself cannot be looked into; its first child is the program. */
static int
find_program(pid_t init, pid_t *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	char path[64];
	int pid;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children",
		(int)init, (int)init);
	if (fs_read_file(AT_FDCWD, path, KiB(64), &text, NULL) < 0 ||
		sscanf(buf_text(&text), "%d", &pid) != 1)
		return ended(err);
	*ret = pid;
	return 0;
}

int
enter_read_env(pid_t init, struct strv *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	char path[64];
	const char *at;
	pid_t pid;
	int r;

	r = find_program(init, &pid, err);
	if (r < 0)
		return r;
	(void)snprintf(path, sizeof(path), "/proc/%d/environ", (int)pid);
	buf_init(&text, ENVIRONMENT_MAX);
	r = fs_read_file(AT_FDCWD, path, ENVIRONMENT_MAX, &text, err);
	if (r < 0)
		return error_wrap(err, "environment of the container");
	for (at = buf_text(&text); at < text.data + text.len;
		at += strlen(at) + 1)
		strv_add(ret, at);
	return 0;
}

static bool
is_our_user_namespace(pid_t pid)
{
	char path[64];
	struct stat own, its;

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	return stat("/proc/self/ns/user", &own) == 0 &&
		stat(path, &its) == 0 && own.st_dev == its.st_dev &&
		own.st_ino == its.st_ino;
}

static int
move_into(pid_t pid, struct error *err)
{
	autoclose int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	int flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
		CLONE_NEWNET | CLONE_NEWCGROUP;

	if (fd < 0)
		return ended(err);
	if (!is_our_user_namespace(pid))
		flags |= CLONE_NEWUSER;
	if (setns(fd, flags) < 0) {
		(void)error_errno(err, "cannot enter the container");
		return error_kind(err, ERROR_HOST);
	}
	return 0;
}

int
enter_owner(pid_t pid, struct error *err)
{
	autoclose int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return ended(err);
	if (is_our_user_namespace(pid) || setns(fd, CLONE_NEWUSER) == 0)
		return 0;
	(void)error_errno(err, "cannot enter the container");
	return error_kind(err, ERROR_HOST);
}

/* In the child that pid namespaces ask for. */
static _Noreturn void
run(const struct enter_wish *wish, int report_fd)
{
	struct account account = { 0 };
	const struct sandbox_spec spec = { .argv = wish->argv,
		.env = wish->env,
		.user = &account,
		.in_fd = STDIN_FILENO,
		.out_fd = STDOUT_FILENO,
		.error_fd = STDERR_FILENO };
	const struct setup setup = { .spec = &spec,
		.report_fd = report_fd,
		.status_fd = -1,
		.emulate_fd = -1,
		.peer_fd = -1 };
	autoerror problem = { 0 };
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r;

	r = account_find(root, wish->user, &account, &problem);
	if (r == 0 && chdir(wish->cwd ? wish->cwd : "/") < 0)
		r = error_errno(&problem, "directory '%s'", wish->cwd);
	if (r == 0)
		program_run(&setup, SECCOMP_EXEC_FREE);
	report_send(report_fd, &problem);
	_exit(125);
}

int
enter_run(pid_t init, const struct enter_wish *wish, struct proc_end *ret,
	struct error *err)
{
	autoclose int ours = -1;
	autoproc child = { 0 };
	int fds[2], r;
	pid_t pid = 0;

	r = find_program(init, &pid, err);
	if (r == 0)
		r = move_into(pid, err);
	if (r < 0)
		return r;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	ours = fds[0];
	r = proc_fork(&child, err);
	if (r == 0)
		run(wish, fds[1]);
	(void)close(fds[1]);
	if (r > 0)
		r = report_receive(ours, err);
	return r < 0 ? r : proc_wait(&child, -1, ret, err);
}
