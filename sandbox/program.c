/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/program.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/caps.h"
#include "sandbox/emulate.h"
#include "sandbox/executable.h"
#include "sandbox/report.h"
#include "sandbox/seccomp.h"
#include "util/scope.h"

/* Nothing blocked, nothing ignored, whatever our caller did. */
static void
reset_signals(void)
{
	sigset_t none;
	int n;

	for (n = 1; n < NSIG; n++)
		(void)signal(n, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A session of its own: no terminal of the caller to type into. */
static int
make_session(const struct sandbox_spec *spec, struct error *err)
{
	(void)setsid();
	if (spec->terminal && ioctl(STDIN_FILENO, TIOCSCTTY, 0) < 0)
		return error_errno(err, "cannot have the terminal");
	return 0;
}

/* First all out of the way of 0, 1, 2, then each to its place. */
static int
set_descriptors(const struct sandbox_spec *spec, struct error *err)
{
	int fds[3] = { spec->in_fd, spec->out_fd, spec->error_fd };
	int i;

	for (i = 0; i < 3; i++) {
		if (fds[i] < 0)
			fds[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
		fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
		if (fds[i] < 0)
			return error_errno(err, "cannot pass descriptors");
	}
	for (i = 0; i < 3; i++)
		if (dup2(fds[i], i) < 0)
			return error_errno(err, "cannot pass descriptors");
	return 0;
}

/* /dev/stdout and friends are opened anew by name: a pipe has to belong to the
 * user for that. Files stay whose they are. */
static void
own_pipes(const struct account *user)
{
	struct stat st;
	int fd;

	for (fd = 0; user && user->uid && fd < 3; fd++)
		if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
			(void)!fchown(fd, user->uid, (gid_t)-1);
}

/* With a single id the kernel does not let groups go, and they mean nothing
 * inside. */
static int
set_groups(const struct account *user, struct error *err)
{
	size_t count = user ? user->group_count : 0;

	if (setgroups(count, user ? user->groups : NULL) < 0 &&
		errno != EPERM)
		return error_errno(err, "cannot set supplementary groups");
	return 0;
}

static int
set_user(const struct account *user, struct error *err)
{
	gid_t gid = user ? user->gid : 0;
	uid_t uid = user ? user->uid : 0;

	if (setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0)
		return 0;
	if (errno == EINVAL) {
		(void)error_set(err, ENOTSUP, "there is no user %u:%u here, "
			"only ids of this namespace", uid, gid);
		(void)error_hint(err, "a range of subordinate ids is needed: "
			"slipway doctor");
		return error_kind(err, ERROR_HOST);
	}
	return error_errno(err, "cannot become user %u:%u", uid, gid);
}

/*
 * The filter goes first, while we may still install one without no_new_privs:
 * then one order serves both kinds. It lets through what comes after it.
 */
static int
give_up_rights(const struct sandbox_spec *spec, enum seccomp_exec exec,
	struct error *err)
{
	uint64_t mask = spec->cap_mask ? spec->cap_mask : CAPS_DEFAULT;
	int r;

	r = set_groups(spec->user, err);
	if (r == 0)
		r = caps_bound(mask, err);
	/* A tracer works by the filter. */
	if (r == 0 && (!spec->privileged || exec != SECCOMP_EXEC_FREE))
		r = seccomp_install(exec, err);
	if (r == 0)
		r = set_user(spec->user, err);
	if (r == 0)
		r = caps_set(mask, err);
	if (r == 0 && !spec->new_privileges &&
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = error_errno(err, "cannot set no_new_privs");
	return r;
}

/*
 * With a supervisor every right is given up first: what comes after its filter
 * only it sees. no_new_privs is not a choice then; it makes programs somebody
 * else itself, as those called sudo ask for.
 */
static int
become_emulated(const struct setup *in, enum seccomp_exec exec,
	struct error *err)
{
	const struct sandbox_spec *spec = in->spec;
	uint64_t mask = spec->cap_mask ? spec->cap_mask : CAPS_DEFAULT;
	int r;

	r = caps_bound(mask, err);
	if (r == 0)
		r = caps_set(mask, err);
	if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = error_errno(err, "cannot set no_new_privs");
	if (r == 0)
		r = emulate_begin(in->emulate_fd, exec, err);
	if (r == 0)
		r = set_groups(spec->user, err);
	return r < 0 ? r : set_user(spec->user, err);
}

/* While we still have the right to raise them. */
static int
set_limits(const struct sandbox_spec *spec, struct error *err)
{
	for (size_t n = 0; n < spec->limit_count; n++) {
		const struct sandbox_limit *l = &spec->limits[n];
		const struct rlimit limit = { l->soft, l->hard };

		if (setrlimit((__rlimit_resource_t)l->resource, &limit) < 0)
			return error_errno(err, "cannot set a limit of %llu",
				(unsigned long long)l->hard);
	}
	return 0;
}

static int
prepare(const struct setup *in, struct error *err)
{
	const struct sandbox_spec *spec = in->spec;
	int r;

	reset_signals();
	r = set_descriptors(spec, err);
	if (r == 0)
		r = make_session(spec, err);
	if (r == 0)
		r = set_limits(spec, err);
	if (r == 0 && !in->cgroup && !resources_is_empty(spec->resources))
		r = resources_apply(spec->resources, err);
	if (r < 0)
		return r;
	own_pipes(spec->user);
	(void)umask(022);
	/* Ours are close-on-exec from birth; this is for what our caller left
	 * open. */
	(void)syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
	return 0;
}

static _Noreturn void
cannot_execute(const struct error *problem)
{
	(void)dprintf(STDERR_FILENO, "slipway: %s\n", problem->text);
	_exit(problem->status);
}

static _Noreturn void
execute(const struct sandbox_spec *spec, const char *path)
{
	autoerror problem = { 0 };

	(void)execve(path, strv_view(spec->argv), strv_view(spec->env));
	problem.status = errno == ENOENT ? 127 : 126;
	(void)error_errno(&problem, "exec '%s'", spec->argv->items[0]);
	cannot_execute(&problem);
}

void
program_run(const struct setup *in, enum seccomp_exec exec)
{
	const struct sandbox_spec *spec = in->spec;
	autoerror problem = { 0 };
	autofree char *path = NULL;
	int r;

	r = prepare(in, &problem);
	if (r == 0 && executable_find(spec->argv->items[0],
			      strv_env_get(spec->env, "PATH"), &path,
			      &problem) < 0)
		cannot_execute(&problem);
	if (r == 0)
		r = in->emulate_fd < 0 ?
			give_up_rights(spec, exec, &problem) :
			become_emulated(in, exec, &problem);
	if (r == 0)
		execute(spec, path);
	report_send(in->report_fd, &problem);
	_exit(125);
}
