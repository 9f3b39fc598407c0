/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "runner/job-spawn.h"
#include "util/clock.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

#define PATIENCE_MS 10000
#define CHUNK 65536
/* Of one chunk, and what was held back before it. */
#define OUTPUT_MAX MiB(32)
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
		.notify_fd = -1,
		.log_fd = -1,
		.commands = *commands,
		.state = STATE_QUEUED };
	*commands = (struct step_commands){ 0 };
	j->due_ms = clock_now_ms() + step->start_delay_ms;
	buf_init(&j->tail, MiB(1));
}

static void
close_output(struct job *j)
{
	scope_close(&j->out_fd);
	scope_close(&j->notify_fd);
	scope_close(&j->log_fd);
	j->out_fd = j->notify_fd = j->log_fd = -1;
}

void
job_release(struct job *j)
{
	if (j->step)
		close_output(j);
	buf_release(&j->tail);
	mask_stream_release(&j->masked);
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
	if (j->stop_as != STATE_PENDING && job_is_running(j))
		return j->kill_ms;
	if (order_has_ended(j->state))
		return -1;
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

/* What leaves us has no secrets. */
static void
pass_on(struct job *j, struct buf *shown)
{
	progress_output(j->progress, j->shown, buf_text(shown), shown->len);
	record_output(j->record, j->number, buf_text(shown), shown->len);
	if (j->log_fd >= 0)
		(void)fs_write(j->log_fd, buf_text(shown), shown->len, NULL);
	buf_release(shown);
}

static void
say(struct job *j, const char *data, size_t len)
{
	struct buf shown;

	buf_init(&shown, OUTPUT_MAX);
	mask_feed(j->mask, &j->masked, data, len, &shown);
	pass_on(j, &shown);
}

static void
say_rest(struct job *j)
{
	struct buf shown;

	buf_init(&shown, OUTPUT_MAX);
	mask_flush(j->mask, &j->masked, &shown);
	if (shown.len)
		pass_on(j, &shown);
	buf_release(&shown);
}

static void
again(struct job *j, int64_t delay_ms)
{
	j->command = 0;
	j->may_retry = false;
	j->due_ms = clock_now_ms() + delay_ms;
}

/* All attempts of this round are over; `repeat` wants more, whatever came of
 * it. */
static void
end_round(struct job *j, bool failed)
{
	j->round_failed = j->round_failed || failed;
	if (j->step->kind != STEP_PUSH && j->round < j->step->repeat) {
		j->round++;
		j->attempt = 0;
		again(j, 0);
		return;
	}
	end(j, j->round_failed ? STATE_FAILED : STATE_SUCCEEDED);
}

/* A failure of the attempt; another one may follow. */
static void
fail(struct job *j, int status)
{
	const struct step *s = j->step;

	j->status = status;
	if (j->attempt >= s->retries || s->kind == STEP_PUSH ||
		(s->retry_on_errors.count && !j->may_retry)) {
		end_round(j, true);
		return;
	}
	j->attempt++;
	again(j, s->retry_delay_ms);
}

/* One of the texts may lie across two chunks: as much as the longest of them is
 * kept of what was before. */
static void
look_for_errors(struct job *j, const char *data, size_t len)
{
	const struct strv *texts = &j->step->retry_on_errors;
	size_t i, longest = 0;

	if (!texts->count || j->may_retry)
		return;
	buf_add(&j->tail, data, len);
	for (i = 0; i < texts->count; i++) {
		size_t length = strlen(texts->items[i]);

		longest = length > longest ? length : longest;
		if (memmem(buf_text(&j->tail), j->tail.len, texts->items[i],
			    length))
			j->may_retry = true;
	}
	if (j->tail.len > longest) {
		memmove(j->tail.data, j->tail.data + j->tail.len - longest,
			longest);
		j->tail.len = longest;
	}
}

static void
begin(struct job *j)
{
	autofree char *title = title_of(j->step);
	autofree char *shown = mask_text(j->mask, title);

	j->shown = progress_begin(j->progress, shown);
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

	j->begun_attempts += j->command == 0;
	if (!j->begun)
		begin(j);
	if (job_spawn(j, &err) == 0)
		return;
	show_error(j, &err);
	say_rest(j);
	close_output(j);
	fail(j, error_exit_status(&err));
}

static void
take_output(struct job *j, const char *data, size_t len)
{
	say(j, data, len);
	look_for_errors(j, data, len);
}

/* For those that wait, the step has done its work. */
static void
look_at_start(struct job *j)
{
	char byte;

	if (j->notify_fd < 0 || read(j->notify_fd, &byte, 1) < 1)
		return;
	scope_close(&j->notify_fd);
	j->notify_fd = -1;
	j->detached = true;
	j->duration_ms = clock_now_ms() - j->begin_ms;
	j->state = STATE_SUCCEEDED;
	keep(j);
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
			take_output(j, chunk, (size_t)n);
		else if (n == 0 || (errno != EAGAIN && errno != EINTR))
			close_output(j);
	}
}

/* A detached one has ended for all others long ago. */
static void
end_detached(struct job *j, int status)
{
	autofree char *note = mem_printf("status %d", status);
	bool stopped = j->stop_as != STATE_PENDING;

	close_output(j);
	j->status = stopped ? 0 : status;
	j->failed_later = !stopped && status != 0;
	progress_end(j->progress, j->shown,
		j->failed_later ? PROGRESS_FAILED : PROGRESS_DONE,
		stopped ? "stopped" : note);
}

static void
command_ended(struct job *j, int status)
{
	/* What it wrote before its end; descendants may hold the pipe open. */
	read_output(j);
	say_rest(j);
	if (j->detached) {
		end_detached(j, status);
		return;
	}
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
		end_round(j, false);
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

/* Nobody waits for it: it is only listened to. */
static void
advance_detached(struct job *j)
{
	if (!job_is_running(j))
		return;
	read_output(j);
	look_at_child(j);
	if (job_is_running(j) && j->stop_as != STATE_PENDING)
		look_at_clock(j);
}

bool
job_advance(struct job *j)
{
	if (order_has_ended(j->state)) {
		advance_detached(j);
		return true;
	}
	if (job_is_running(j)) {
		look_at_start(j);
		read_output(j);
		look_at_child(j);
	}
	if (!order_has_ended(j->state))
		look_at_clock(j);
	return order_has_ended(j->state);
}

static void
stop_child(struct job *j, enum step_state state)
{
	j->stop_as = state;
	j->kill_ms = clock_now_ms() + PATIENCE_MS;
	proc_kill(&j->child, SIGTERM);
}

void
job_dismiss(struct job *j)
{
	if (job_is_running(j) && j->stop_as == STATE_PENDING)
		stop_child(j, STATE_SUCCEEDED);
}

void
job_stop(struct job *j, enum step_state state)
{
	if (order_has_ended(j->state) || j->stop_as != STATE_PENDING)
		return;
	if (!job_is_running(j))
		end(j, state);
	else
		stop_child(j, state);
}
