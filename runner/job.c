/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "runner/script.h"
#include "util/clock.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/scope.h"

#define PATIENCE_MS 10000
#define CHUNK 65536
/* So much output of one job, before others have their turn. */
#define CHUNKS_AT_ONCE 16

static const char *const kinds[] = {
	[STEP_BUILD] = "build",
	[STEP_CMD] = "cmd",
	[STEP_PUSH] = "push",
};

static char *
title_of(const struct step *s)
{
	autofree char *pushed = strv_join(&s->push, " ");
	const char *words[] = { s->build, s->cmd, pushed };
	char *title = mem_printf("[%s] %s %s", s->id, kinds[s->kind],
		words[s->kind] ? words[s->kind] : "");
	char *c;

	for (c = title; *c; c++)
		if (*c == '\n')
			*c = ' ';
	while (c > title && c[-1] == ' ')
		*--c = '\0';
	return title;
}

void
job_init(struct job *j, const struct step *step, struct step_commands *commands,
	struct progress *progress)
{
	*j = (struct job){ .step = step,
		.progress = progress,
		.out_fd = -1,
		.commands = *commands,
		.state = STATE_QUEUED };
	*commands = (struct step_commands){ 0 };
	j->due_ms = clock_now_ms() + step->start_delay_ms;
}

static void
close_output(struct job *j)
{
	scope_close(&j->out_fd);
	j->out_fd = -1;
}

void
job_release(struct job *j)
{
	if (j->step)
		close_output(j);
	proc_release(&j->child);
	step_commands_release(&j->commands);
}

bool
job_is_running(const struct job *j)
{
	return j->child.pid > 0;
}

int64_t
job_next_ms(const struct job *j)
{
	if (order_has_ended(j->state))
		return -1;
	if (j->stop_as != STATE_PENDING)
		return j->kill_ms;
	if (job_is_running(j))
		return j->deadline_ms;
	if (j->begun && j->deadline_ms < j->due_ms)
		return j->deadline_ms;
	return j->due_ms;
}

static enum progress_outcome
outcome_of(enum step_state state)
{
	if (state == STATE_SUCCEEDED || state == STATE_IGNORED_FAILURE)
		return PROGRESS_DONE;
	return state == STATE_CANCELED ? PROGRESS_SKIPPED : PROGRESS_FAILED;
}

static char *
note_of(const struct job *j, enum step_state state)
{
	if (state == STATE_SUCCEEDED)
		return NULL;
	if (state == STATE_CANCELED)
		return mem_strdup("canceled");
	if (state == STATE_TIMED_OUT)
		return mem_printf("timed out after %lld s",
			(long long)(j->step->timeout_ms / 1000));
	return mem_printf("status %d%s", j->status,
		state == STATE_IGNORED_FAILURE ? ", ignored" : "");
}

static void
keep(const struct job *j)
{
	record_step(j->record, j->number, order_state_name(j->state),
		j->begun ? j->attempt + 1 : 0, j->status);
}

static void
end(struct job *j, enum step_state state)
{
	autofree char *note = NULL;

	if (j->step->ignore_errors &&
		(state == STATE_FAILED || state == STATE_TIMED_OUT))
		state = STATE_IGNORED_FAILURE;
	close_output(j);
	if (j->begun) {
		note = note_of(j, state);
		progress_end(j->progress, j->shown, outcome_of(state), note);
		j->duration_ms = clock_now_ms() - j->begin_ms;
	} else if (state == STATE_CANCELED) {
		state = STATE_SKIPPED;
	}
	j->state = state;
	keep(j);
}

static void
say(struct job *j, const char *data, size_t len)
{
	progress_output(j->progress, j->shown, data, len);
	record_output(j->record, j->number, data, len);
}

/* A failure of the attempt; another one may follow. */
static void
fail(struct job *j, int status)
{
	j->status = status;
	if (j->attempt >= j->step->retries || j->step->kind == STEP_PUSH) {
		end(j, STATE_FAILED);
		return;
	}
	j->attempt++;
	j->command = 0;
	j->due_ms = clock_now_ms() + j->step->retry_delay_ms;
}

/* A script needs no program but us. */
static int
spawn_script(struct job *j, int out_fd, struct error *err)
{
	int r = proc_fork(&j->child, err);

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

	r = fs_open_in(j->commands.workspace_fd, j->commands.cwd, FS_IN_ROOT,
		O_PATH | O_DIRECTORY, 0, &directory, err);
	return r < 0 ? r : proc_start(&spec, &j->child, err);
}

static int
spawn(struct job *j, struct error *err)
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

static void
begin(struct job *j)
{
	autofree char *title = title_of(j->step);

	j->shown = progress_begin(j->progress, title);
	j->begun = true;
	j->state = STATE_RUNNING;
	keep(j);
	j->begin_ms = clock_now_ms();
	j->deadline_ms = j->begin_ms + j->step->timeout_ms;
}

static void
show_error(struct job *j, const struct error *err)
{
	say(j, err->text, strlen(err->text));
	say(j, "\n", 1);
}

void
job_refuse(struct job *j, const struct error *err)
{
	begin(j);
	show_error(j, err);
	j->status = error_exit_status(err);
	end(j, STATE_FAILED);
}

static void
start(struct job *j)
{
	autoerror err = { 0 };

	if (!j->begun)
		begin(j);
	if (spawn(j, &err) == 0)
		return;
	show_error(j, &err);
	close_output(j);
	fail(j, error_exit_status(&err));
}

static void
read_output(struct job *j)
{
	char chunk[CHUNK];
	ssize_t n = 1;
	int i;

	for (i = 0; i < CHUNKS_AT_ONCE && n > 0 && j->out_fd >= 0; i++) {
		n = read(j->out_fd, chunk, sizeof(chunk));
		if (n > 0)
			say(j, chunk, (size_t)n);
		else if (n == 0 || (errno != EAGAIN && errno != EINTR))
			close_output(j);
	}
}

static void
command_ended(struct job *j, int status)
{
	/* What it wrote before its end; descendants may hold the pipe open. */
	read_output(j);
	close_output(j);
	if (j->stop_as != STATE_PENDING) {
		j->status = status;
		end(j, j->stop_as);
	} else if (status != 0) {
		fail(j, status);
	} else if (++j->command < j->commands.count) {
		start(j);
	} else {
		j->status = 0;
		end(j, STATE_SUCCEEDED);
	}
}

static void
look_at_child(struct job *j)
{
	struct proc_end how = { 0 };
	int r = proc_wait(&j->child, 0, &how, NULL);

	if (r == 0)
		command_ended(j, proc_end_status(&how));
}

static void
look_at_clock(struct job *j)
{
	int64_t now = clock_now_ms();

	if (j->stop_as != STATE_PENDING && now >= j->kill_ms) {
		proc_kill(&j->child, SIGKILL);
		j->kill_ms = INT64_MAX;
	} else if (j->stop_as == STATE_PENDING && j->begun &&
		now >= j->deadline_ms) {
		job_stop(j, STATE_TIMED_OUT);
	} else if (!job_is_running(j) && now >= j->due_ms) {
		start(j);
	}
}

bool
job_advance(struct job *j)
{
	if (order_has_ended(j->state))
		return true;
	if (job_is_running(j)) {
		read_output(j);
		look_at_child(j);
	}
	if (!order_has_ended(j->state))
		look_at_clock(j);
	return order_has_ended(j->state);
}

void
job_stop(struct job *j, enum step_state state)
{
	if (order_has_ended(j->state) || j->stop_as != STATE_PENDING)
		return;
	if (!job_is_running(j)) {
		end(j, state);
		return;
	}
	j->stop_as = state;
	j->kill_ms = clock_now_ms() + PATIENCE_MS;
	proc_kill(&j->child, SIGTERM);
}
