/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/emulate.h"
#include "sandbox/init.h"
#include "sandbox/names.h"
#include "sandbox/userns.h"
#include "sandbox/report.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"


struct sandbox {
	struct proc init;
	struct proc supervisor;	/* with one id only; pid 0: none */
	struct foreign foreign;	/* as long as it lives */
	struct cgroup *cgroup;	/* NULL: none */
	int status_fd;		/* how the program ended */
	bool over;
	struct proc_end end;
};

/* The one machine that has the flags second, clone(2). */
#ifdef __s390__
#define CLONE_FIRST(flags) NULL, (flags)
#else
#define CLONE_FIRST(flags) (flags), NULL
#endif

/*
 * clone(2) itself, as fork(2) would be but for the flags: it knows all we need
 * since Linux 5.2, while clone3(2) is refused inside many containers.
 */
static pid_t
clone_init(unsigned long flags, int *ret_pid_fd)
{
	return (pid_t)syscall(SYS_clone,
		CLONE_FIRST(flags | CLONE_PIDFD | SIGCHLD), ret_pid_fd, NULL,
		NULL);
}

static unsigned long
namespaces(const struct sandbox_spec *spec)
{
	unsigned long flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC |
		CLONE_NEWUTS;

	return spec->network == NETWORK_NONE ? flags | CLONE_NEWNET : flags;
}

static int
start(struct sandbox *s, struct setup *in, struct error *err)
{
	pid_t pid;

	s->init.pid_fd = -1;
	pid = clone_init(namespaces(in->spec), &s->init.pid_fd);
	if (pid == 0)
		init_run(in);
	if (pid < 0) {
		(void)error_errno(err, "cannot make namespaces");
		return error_kind(err, ERROR_HOST);
	}
	s->init.pid = pid;
	return 0;
}

/* Where only one id exists, somebody has to tell programs of the others. */
static int
needs_supervisor(struct error *err)
{
	struct userns ns;
	int r;

	/* Entered long ago: only a question. */
	r = userns_enter(IDENTITY_AUTO, &ns, err);
	return r < 0 ? r : ns.identity == IDENTITY_SINGLE;
}

static int
make_socket(int *ret_ours, int *ret_its, struct error *err)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return error_errno(err, "cannot make a socket");
	*ret_ours = fds[0];
	*ret_its = fds[1];
	return 0;
}

/* Init, and beside it, outside of what it begins, the supervisor. */
static int
start_both(struct sandbox *s, struct setup *in, struct error *err)
{
	autoclose int ours = -1;
	autoclose int its = -1;
	int r;

	r = needs_supervisor(err);
	if (r > 0)
		r = make_socket(&ours, &its, err);
	if (r < 0)
		return r;
	in->emulate_fd = its;
	r = start(s, in, err);
	if (r < 0 || ours < 0)
		return r;
	r = proc_fork(&s->supervisor, err);
	if (r == 0)
		emulate_run(ours, s->init.pid_fd);
	return r < 0 ? r : 0;
}

static int
make_pipe(int *ret_read, int *ret_write, struct error *err)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	*ret_read = fds[0];
	*ret_write = fds[1];
	return 0;
}

/* Without a group of its own its limits are set in its program. */
static int
limit(struct sandbox *s, const struct sandbox_spec *spec, struct error *err)
{
	autoerror problem = { 0 };
	int r;

	if (resources_is_empty(spec->resources))
		return 0;
	r = cgroup_open(spec->resources, &s->cgroup, &problem);
	if (r == -ENOTSUP)
		log_warning_once("cgroup", "%s: memory is limited for each "
			"process alone, processors and processes as far as "
			"rlimits and affinity go", problem.text);
	else if (r < 0)
		return error_move(err, &problem);
	return 0;
}

static int
launch(struct sandbox *s, const struct sandbox_spec *spec, struct error *err)
{
	autofree char *hosts = NULL;
	autofree char *resolv = NULL;
	autoclose int from = -1;
	autoclose int report = -1;
	autoclose int status = -1;
	struct setup in = { .spec = spec, .foreign = &s->foreign };
	int r;

	r = foreign_open(spec->machine, spec->emulation, &s->foreign, err);
	if (r == 0)
		r = names_write_hosts(spec, &hosts, err);
	if (r == 0)
		r = limit(s, spec, err);
	if (r == 0)
		r = names_write_resolv(spec, &resolv, err);
	if (r == 0)
		r = make_pipe(&from, &report, err);
	if (r == 0)
		r = make_pipe(&s->status_fd, &status, err);
	if (r < 0)
		return r;
	in.hosts = hosts;
	in.resolv = resolv;
	in.cgroup = s->cgroup;
	in.report_fd = report;
	in.status_fd = status;
	in.peer_fd = from;
	r = start_both(s, &in, err);
	(void)close(take_fd(&report));
	return r < 0 ? r : report_receive(from, err);
}

int
sandbox_launch(const struct sandbox_spec *spec, struct sandbox **ret,
	struct error *err)
{
	cleanup(sandbox_free) struct sandbox *s = mem_zalloc(sizeof(*s));
	int r;

	s->init.pid_fd = -1;
	s->supervisor.pid_fd = -1;
	s->status_fd = -1;
	foreign_init(&s->foreign);
	if (!spec->argv || !spec->argv->count)
		return error_set(err, EINVAL, "no command to run");
	r = launch(s, spec, err);
	if (r < 0)
		return error_wrap(err, "cannot start the sandbox");
	*ret = take_ptr(&s);
	return 0;
}

pid_t
sandbox_pid(const struct sandbox *s)
{
	return s->init.pid;
}

int
sandbox_fd(const struct sandbox *s)
{
	return s->init.pid_fd;
}

/* It has something to write down when all is over. */
static int
wait_for_supervisor(struct sandbox *s, struct error *err)
{
	struct proc_end end;

	if (s->supervisor.pid_fd < 0)
		return 0;
	return proc_wait(&s->supervisor, -1, &end, err);
}

/* Init tells how the program ended unless it was killed itself. */
static void
set_end(struct sandbox *s, const struct proc_end *init_end)
{
	int status;

	s->over = true;
	s->end = *init_end;
	if (TEMP_FAILURE_RETRY(read(s->status_fd, &status, sizeof(status))) !=
		sizeof(status))
		return;
	s->end = (struct proc_end){
		.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
		.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
	};
}

int
sandbox_wait(struct sandbox *s, int timeout_ms, struct proc_end *ret,
	struct error *err)
{
	struct proc_end end;
	int r;

	if (!s->over) {
		r = proc_wait(&s->init, timeout_ms, &end, err);
		if (r < 0)
			return r;
		r = wait_for_supervisor(s, err);
		if (r < 0)
			return r;
		set_end(s, &end);
	}
	*ret = s->end;
	return 0;
}

bool
sandbox_ran_out(const struct sandbox *s)
{
	return s->cgroup && cgroup_ran_out(s->cgroup);
}

void
sandbox_signal(struct sandbox *s, int signal)
{
	/* Init passes on what can be caught, and dies of SIGKILL for all. */
	proc_kill(&s->init, signal);
}

void
sandbox_kill(struct sandbox *s)
{
	proc_kill(&s->init, SIGKILL);
}

struct sandbox *
sandbox_free(struct sandbox *s)
{
	if (!s)
		return NULL;
	proc_release(&s->init);
	proc_release(&s->supervisor);
	(void)cgroup_free(s->cgroup);
	foreign_release(&s->foreign);
	scope_close(&s->status_fd);
	free(s);
	return NULL;
}
