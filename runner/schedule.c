/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/schedule.h"

#include <errno.h>
#include <poll.h>

#include "runner/job.h"
#include "runner/late.h"
#include "runner/outputs.h"
#include "runner/task-settle.h"
#include "runner/variables.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/proc.h"

/* Without a pidfd nothing wakes us at a child's end. */
#define BLIND_MS 50

struct loop {
	const struct schedule *s;
	struct order *order;
	struct job *jobs; /* by step; its `step` NULL: not queued yet */
	struct step_commands *commands;
	size_t count;
	unsigned active;
	int64_t deadline_ms;
	int signal_fd;
	bool stopping;
	bool cleaning;	     /* only steps of `cleanup` are left */
	unsigned interrupts; /* that have been acted on */
	struct pollfd *fds;
	nfds_t fd_count;
};

static void
loop_release(struct loop *l)
{
	size_t i;

	for (i = 0; i < l->count; i++) {
		job_release(&l->jobs[i]);
		step_commands_release(&l->commands[i]);
	}
	free(l->jobs);
	free(l->commands);
	free(l->fds);
	order_free(l->order);
}

/* All steps, before the first one runs: a mistake in the last costs nothing. */
static int
loop_init(struct loop *l, const struct schedule *s, struct error *err)
{
	size_t i;
	int r = 0;

	l->s = s;
	l->count = s->task->step_count;
	l->order = order_new(s->task);
	l->jobs = mem_array(l->count, sizeof(*l->jobs));
	l->commands = mem_array(l->count, sizeof(*l->commands));
	l->fds = mem_array(3 * l->count + 1, sizeof(*l->fds));
	l->deadline_ms = s->timeout_ms ? clock_now_ms() + s->timeout_ms : -1;
	for (i = 0; r == 0 && i < l->count; i++)
		r = step_commands(
			&s->task->steps[i], s->context, &l->commands[i], err);
	if (r < 0)
		return r;
	l->signal_fd = proc_catch_interrupts(err);
	return l->signal_fd < 0 ? l->signal_fd : 0;
}

static bool
is_late(const struct loop *l, size_t i)
{
	const struct task *t = l->s->task;

	return t->late && l->s->variables &&
		task_step_is_late(&t->steps[i], t->late);
}

/* What its texts wait for is known by now. */
static int
settle(struct loop *l, size_t i, struct error *err)
{
	struct step *s = &l->s->task->steps[i];
	int r;

	step_commands_release(&l->commands[i]);
	r = task_step_settle(s, l->s->task->late,
		variables_root(l->s->variables), err);
	if (r < 0)
		return r;
	return step_commands(s, l->s->context, &l->commands[i], err);
}

/* Does anybody want to know what steps tell? */
static bool
waits_for_steps(const struct loop *l)
{
	const struct late *late = l->s->task->late;

	return late && (late_of_all(late) & LATE_STEPS);
}

static void
queue(struct loop *l, size_t i)
{
	const struct step *s = &l->s->task->steps[i];
	autoerror err = { 0 };
	int r;

	r = outputs_begin(l->s->context->home, &l->s->task->steps[i],
		waits_for_steps(l), &err);
	if (r == 0 && is_late(l, i))
		r = settle(l, i, &err);
	l->cleaning |= s->is_cleanup;
	order_set(l->order, i, STATE_QUEUED);
	job_init(&l->jobs[i], s, &l->commands[i], l->s->progress);
	l->jobs[i].record = l->s->record;
	l->jobs[i].mask = l->s->mask;
	l->jobs[i].number = i;
	if (r < 0)
		job_refuse(&l->jobs[i], &err);
	l->active++;
}

static void
admit(struct loop *l)
{
	size_t i;

	while (!l->stopping && l->active < l->s->max_parallel) {
		i = order_next(l->order);
		if (i == l->count)
			return;
		queue(l, i);
	}
}

static bool
is_active(const struct loop *l, size_t i)
{
	return l->jobs[i].step && !order_has_ended(order_state(l->order, i));
}

static void
stop(struct loop *l, enum step_state state)
{
	size_t i;

	l->stopping = true;
	for (i = 0; i < l->count; i++)
		if (is_active(l, i))
			job_stop(&l->jobs[i], state);
}

static bool
is_bad(enum step_state state)
{
	return state == STATE_FAILED || state == STATE_TIMED_OUT;
}

/* A step of `cleanup` never does. */
static bool
ends_the_run(const struct loop *l, size_t i)
{
	return is_bad(l->jobs[i].state) && !l->stopping && !l->cleaning &&
		!l->s->keep_going && !order_is_watched(l->order, i);
}

/* For {{.Steps.ID...}} of those that come after it. */
static void
tell_variables(const struct loop *l, size_t i)
{
	cleanup_value(strv_release) struct strv outputs = { 0 };
	const struct job *j = &l->jobs[i];
	autoerror err = { 0 };

	if (!l->s->variables || !waits_for_steps(l))
		return;
	if (outputs_read(l->s->context->home, j->step, &outputs, &err) < 0)
		log_warning("step '%s': %s", j->step->id, err.text);
	variables_set_step(l->s->variables, j->step->id,
		order_state_name(j->state), j->status, &outputs);
}

/* Detached, and still there. */
static bool
is_apart(const struct loop *l, size_t i)
{
	return l->jobs[i].step && l->jobs[i].detached &&
		job_is_running(&l->jobs[i]);
}

/* Those that nobody waits for; one that must not fail ends the run. Are there
 * any? */
static bool
advance_apart(struct loop *l)
{
	bool found = false;
	size_t i;

	for (i = 0; i < l->count; i++) {
		if (!is_apart(l, i))
			continue;
		(void)job_advance(&l->jobs[i]);
		found = found || job_is_running(&l->jobs[i]);
		if (l->jobs[i].failed_later && l->jobs[i].step->fail_fast &&
			!l->stopping)
			stop(l, STATE_CANCELED);
	}
	return found;
}

static void
dismiss_apart(struct loop *l)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		if (is_apart(l, i))
			job_dismiss(&l->jobs[i]);
}

/* A job's end may end the run, which may end further jobs: until all is
 * quiet. */
static bool
advance_once(struct loop *l)
{
	bool changed = false;
	size_t i;

	for (i = 0; i < l->count; i++) {
		if (!is_active(l, i) || !job_advance(&l->jobs[i]))
			continue;
		order_set_status(l->order, i, l->jobs[i].status);
		order_set(l->order, i, l->jobs[i].state);
		tell_variables(l, i);
		l->active--;
		changed = true;
		if (ends_the_run(l, i))
			stop(l, STATE_CANCELED);
	}
	return changed;
}

static void
watch(struct loop *l, int fd)
{
	if (fd >= 0)
		l->fds[l->fd_count++] = (struct pollfd){ fd, POLLIN, 0 };
}

static int64_t
earlier(int64_t a, int64_t b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

static void
wait_for_something(struct loop *l)
{
	int64_t next_ms =
		l->stopping || l->cleaning ? -1 : l->deadline_ms;
	int tick = progress_tick(l->s->progress);
	size_t i;

	l->fd_count = 0;
	watch(l, l->signal_fd);
	for (i = 0; i < l->count; i++) {
		struct job *j = &l->jobs[i];

		if (!is_active(l, i) && !is_apart(l, i))
			continue;
		next_ms = earlier(next_ms, job_next_ms(j));
		if (!job_is_running(j))
			continue;
		watch(l, j->out_fd);
		watch(l, j->notify_fd);
		watch(l, j->child.pid_fd);
		if (j->child.pid_fd < 0)
			next_ms = earlier(next_ms, clock_now_ms() + BLIND_MS);
	}
	if (tick >= 0)
		next_ms = earlier(next_ms, clock_now_ms() + tick);
	(void)poll(l->fds, l->fd_count, clock_left_ms(next_ms));
}

static void
check_the_run(struct loop *l)
{
	unsigned interrupts = proc_interrupt_count();

	if (l->stopping)
		return;
	if (interrupts > l->interrupts) {
		l->interrupts = interrupts;
		stop(l, STATE_CANCELED);
	} else if (!l->cleaning && l->deadline_ms >= 0 &&
		clock_now_ms() >= l->deadline_ms) {
		stop(l, STATE_TIMED_OUT);
	}
}

/* The run has been ended: what is left is for tidying up, unless that was
 * stopped as well. */
static void
begin_cleanup(struct loop *l)
{
	order_skip_rest(l->order, l->cleaning);
	l->cleaning = true;
	l->stopping = false;
}

static void
run(struct loop *l)
{
	bool apart;

	for (;;) {
		check_the_run(l);
		admit(l);
		while (advance_once(l))
			admit(l);
		apart = advance_apart(l);
		if (l->stopping && l->active == 0)
			begin_cleanup(l);
		if (order_is_done(l->order)) {
			if (!apart)
				return;
			dismiss_apart(l);
		} else if (l->active == 0) {
			continue;
		}
		wait_for_something(l);
	}
}

static void
collect(const struct loop *l, struct step_result *ret)
{
	size_t i;

	for (i = 0; i < l->count; i++) {
		const struct job *j = &l->jobs[i];

		ret[i] = (struct step_result){
			.state = j->failed_later && j->step->fail_fast
				? STATE_FAILED
				: order_state(l->order, i),
			.duration_ms = j->duration_ms,
			.attempts = j->begun_attempts,
			.status = j->status,
			.unwanted = order_is_unwanted(l->order, i),
			.handled = order_is_handled(l->order, i),
		};
	}
}

int
schedule_run(
	const struct schedule *s, struct step_result *ret, struct error *err)
{
	cleanup_value(loop_release) struct loop l = { 0 };
	int r;

	r = loop_init(&l, s, err);
	if (r < 0)
		return r;
	run(&l);
	collect(&l, ret);
	return 0;
}
