/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/job-spawn.h"

#include <fcntl.h>
#include <unistd.h>

#include "runner/crew.h"
#include "runner/script.h"
#include "util/fs.h"
#include "util/log.h"

/* The container's start ends the step, its output is kept for others. */
static int
open_apart(struct job *j, int *ret_notify, struct error *err)
{
	struct crew *crew = j->commands.context->crew;
	autofree char *name = crew_name_of(j->step->id);
	int fds[2];

	if (!crew || !(j->step->detach || j->step->keep))
		return 0;
	if (j->step->detach) {
		if (pipe2(fds, O_CLOEXEC) < 0 ||
			fcntl(fds[1], F_SETFD, 0) < 0)
			return error_errno(err, "cannot make a pipe");
		j->notify_fd = fds[0];
		*ret_notify = fds[1];
	}
	return crew_open_log(crew, name, O_WRONLY | O_CREAT | O_APPEND,
		&j->log_fd, err);
}

/* A script needs no program but us. */
static int
spawn_script(struct job *j, int out_fd, struct error *err)
{
	autoclose int notify = -1;
	int r;

	r = open_apart(j, &notify, err);
	if (r < 0)
		return r;
	j->commands.notify_fd = notify < 0 ? 0 : notify;
	r = proc_fork(&j->child, err);

	if (r > 0) {
		/* Both of us: whoever comes first. */
		(void)setpgid(j->child.pid, j->child.pid);
		j->child.leads_group = true;
	}
	if (r != 0)
		return r < 0 ? r : 0;
	(void)setpgid(0, 0);
	log_set_writer(NULL, NULL);
	if (dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO) < 0 ||
		dup2(out_fd, STDOUT_FILENO) < 0 ||
		dup2(out_fd, STDERR_FILENO) < 0)
		_exit(125);
	_exit(script_run(&j->commands));
}

static int
spawn_command(struct job *j, int out_fd, struct error *err)
{
	autoclose int directory = -1;
	const struct proc_spec spec = {
		.program = j->commands.program,
		.argv = &j->commands.argvs[j->command],
		.env = &j->commands.env,
		.cwd_fd = &directory,
		.in_fd = -1,
		.out_fd = out_fd,
		.error_fd = out_fd,
		.own_group = true,
		.die_with_parent = true,
	};
	int r;

	r = step_check_links(
		j->commands.workspace_fd, &j->commands.paths, err);
	if (r < 0)
		return r;
	r = fs_open_in(j->commands.workspace_fd, j->commands.cwd, FS_IN_ROOT,
		O_PATH | O_DIRECTORY, 0, &directory, err);
	return r < 0 ? r : proc_start(&spec, &j->child, err);
}

int
job_spawn(struct job *j, struct error *err)
{
	autoclose int theirs = -1;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	theirs = fds[1];
	j->out_fd = fds[0];
	if (fcntl(fds[0], F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, "cannot set up a pipe");
	return j->commands.argvs ? spawn_command(j, theirs, err)
				 : spawn_script(j, theirs, err);
}
