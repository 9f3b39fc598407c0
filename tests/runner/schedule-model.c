/* SPDX-License-Identifier: Apache-2.0 */
/* A graph of 200 steps against a model of what must become of each, whatever
 * the timing. The children are played: each ends after as many looks at it as
 * the seed says, in the way that was written down for it beforehand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runner/job.h"
#include "runner/schedule.h"
#include "runner/task-graph.h"
#include "util/buf.h"
#include "util/clock.h"
#include "util/mem.h"

#define STEPS 200
#define SEEDS 50
#define PARALLEL 7

static uint64_t random_state;

/* Vigna's splitmix64: the same everywhere. */
static uint64_t
next_random(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static size_t
below(size_t limit)
{
	return (size_t)(next_random() % limit);
}

/* What is played. */
static struct play {
	const struct task *task;
	int status[STEPS];	    /* how each will end */
	enum step_state end[STEPS]; /* the same, as a state */
	unsigned begun[STEPS];
	unsigned looks[STEPS]; /* left until it ends */
	enum step_state now[STEPS];
	enum step_state foretold[STEPS]; /* by the model */
	size_t trace[STEPS];		 /* in the order in which they began */
	size_t begun_count, active, most;
	bool stopped;
} play;

static size_t
index_of(const struct job *j)
{
	return (size_t)(j->step - play.task->steps);
}

/* The children. */

void
job_init(struct job *j, const struct step *step, struct step_commands *commands,
	struct progress *progress)
{
	size_t parents[STEPS], count, i, k;

	(void)progress;
	step_commands_release(commands);
	*j = (struct job){ .step = step, .out_fd = -1, .state = STATE_QUEUED };
	j->child.pid_fd = -1;
	i = index_of(j);
	assert_int_equal(play.begun[i]++, 0);
	count = task_parents(play.task, i, parents);
	for (k = 0; k < count; k++)
		assert_true(order_has_ended(play.now[parents[k]]) ||
			play.foretold[parents[k]] == STATE_SKIPPED);
	play.now[i] = STATE_RUNNING;
	play.looks[i] = (unsigned)below(8);
	play.trace[play.begun_count++] = i;
	play.active++;
	if (play.active > play.most)
		play.most = play.active;
}

void
job_release(struct job *j)
{
	(void)j;
}

bool
job_is_running(const struct job *j)
{
	(void)j;
	return false;
}

int64_t
job_next_ms(const struct job *j)
{
	(void)j;
	return clock_now_ms();
}

static void
end(struct job *j, enum step_state state)
{
	size_t i = index_of(j);

	j->state = state;
	j->status = state == STATE_CANCELED ? 0 : play.status[i];
	play.now[i] = state;
	play.active--;
}

bool
job_advance(struct job *j)
{
	size_t i = index_of(j);

	if (order_has_ended(j->state))
		return true;
	if (play.looks[i]-- > 0)
		return false;
	end(j, play.end[i]);
	return true;
}

void
job_stop(struct job *j, enum step_state state)
{
	play.stopped = true;
	if (!order_has_ended(j->state))
		end(j, state);
}

void
job_refuse(struct job *j, const struct error *err)
{
	(void)err;
	end(j, STATE_FAILED);
}

/* The graph. */

static void
add_parents(struct buf *text, const size_t *place, size_t i)
{
	static const char *const run_on[] = { "success", "success", "success",
		"failure", "completed", "always" };
	size_t count = below(4), k, parent;
	bool any = false;

	for (k = 0; k < count; k++) {
		/* Above or below in the file, but before it in `place`. */
		parent = below(STEPS);
		if (place[parent] >= place[i])
			continue;
		buf_addf(text, "%s s%zu", any ? "," : ", when: [", parent);
		any = true;
	}
	buf_adds(text, any ? "]" : ", when: ['-']");
	if (below(8) == 0)
		buf_addf(text, ", exitedWith: [0, %zu]", 1 + below(2));
	else if (below(8) == 0)
		buf_adds(text, ", exitedWithout: 2");
	else
		buf_addf(
			text, ", runOn: %s", run_on[below(ARRAY_SIZE(run_on))]);
	if (below(4) == 0)
		buf_adds(text, ", ignoreErrors: true");
}

static void
shuffle(size_t *place)
{
	size_t i, k, swap;

	for (i = 0; i < STEPS; i++)
		place[i] = i;
	for (i = STEPS - 1; i > 0; i--) {
		k = below(i + 1);
		swap = place[i];
		place[i] = place[k];
		place[k] = swap;
	}
}

static struct task *
make_task(void)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	size_t place[STEPS], i;
	struct task *t = NULL;
	autoerror err = { 0 };

	shuffle(place);
	buf_init(&text, MiB(1));
	buf_adds(&text, "version: v1.1.0\nsteps:\n");
	for (i = 0; i < STEPS; i++) {
		buf_addf(&text, "- {id: s%zu, push: x", i);
		add_parents(&text, place, i);
		buf_adds(&text, "}\n");
	}
	if (task_parse(buf_text(&text), text.len, "t", &t, &err) < 0)
		fail_msg("%s", err.text);
	return t;
}

/* Mostly well; sometimes not; sometimes too late. */
static void
choose_ends(const struct task *t)
{
	static const enum step_state states[] = { STATE_SUCCEEDED,
		STATE_SUCCEEDED, STATE_SUCCEEDED, STATE_FAILED, STATE_FAILED,
		STATE_TIMED_OUT };
	size_t i;

	for (i = 0; i < STEPS; i++) {
		play.end[i] = states[below(ARRAY_SIZE(states))];
		play.status[i] =
			play.end[i] == STATE_SUCCEEDED ? 0 : 1 + (int)below(3);
		if (play.end[i] != STATE_SUCCEEDED && t->steps[i].ignore_errors)
			play.end[i] = STATE_IGNORED_FAILURE;
	}
}

/* The model: from the parents' ends to the step's, as slipway-task(5) tells. */

static bool
has_status(const struct strv *list, int status)
{
	autofree char *text = mem_printf("%d", status);

	return strv_has(list, text);
}

static bool
should_run(const struct task *t, size_t i, const enum step_state *ends)
{
	const struct step *s = &t->steps[i];
	size_t parents[STEPS], count = task_parents(t, i, parents), k;
	bool all_good = true, all_ran = true, one_bad = false;
	bool with = s->exited_with.count == 0, without = true;

	for (k = 0; k < count; k++) {
		enum step_state e = ends[parents[k]];
		int status = play.status[parents[k]];
		bool good = e == STATE_SUCCEEDED || e == STATE_IGNORED_FAILURE;

		all_good = all_good && good;
		all_ran = all_ran && e != STATE_SKIPPED;
		one_bad = one_bad || e == STATE_FAILED || e == STATE_TIMED_OUT;
		if (e == STATE_SKIPPED)
			continue;
		with = with || has_status(&s->exited_with, status);
		without = without && !has_status(&s->exited_without, status);
	}
	if (s->exited_with.count || s->exited_without.count)
		return all_ran && with && without;
	switch (s->run_on) {
	case RUN_ON_SUCCESS:
		return all_good;
	case RUN_ON_FAILURE:
		return one_bad;
	case RUN_ON_COMPLETED:
		return all_ran;
	case RUN_ON_ALWAYS:
		break;
	}
	return true;
}

static bool
all_known(const struct task *t, size_t i, const bool *known)
{
	size_t parents[STEPS], count = task_parents(t, i, parents), k;

	for (k = 0; k < count; k++)
		if (!known[parents[k]])
			return false;
	return true;
}

static void
foretell(const struct task *t, enum step_state *ret)
{
	bool known[STEPS] = { false };
	size_t done = 0, i;

	while (done < STEPS) {
		for (i = 0; i < STEPS; i++) {
			if (known[i] || !all_known(t, i, known))
				continue;
			ret[i] = should_run(t, i, ret) ? play.end[i]
						       : STATE_SKIPPED;
			known[i] = true;
			done++;
		}
	}
}

static void
run(struct task *t, bool keep_going, struct step_result *ret)
{
	const struct step_context context = { .program = "/nowhere",
		.workspace_fd = -1 };
	const struct strv none = { 0 };
	struct step_context c = context;
	struct schedule s = { .task = t,
		.context = &c,
		.max_parallel = PARALLEL,
		.keep_going = keep_going };

	c.global = &none;
	play.task = t;
	play.begun_count = play.active = play.most = 0;
	play.stopped = false;
	memset(play.begun, 0, sizeof(play.begun));
	memset(play.now, 0, sizeof(play.now));
	assert_int_equal(schedule_run(&s, ret, NULL), 0);
	assert_int_equal(play.active, 0);
	assert_true(play.most <= PARALLEL);
}

static void
whatever_the_timing(void **state)
{
	struct step_result results[STEPS];
	size_t seed, i;

	(void)state;
	for (seed = 1; seed <= SEEDS; seed++) {
		cleanup(task_free) struct task *t = NULL;

		random_state = seed / 10;
		t = make_task();
		choose_ends(t);
		foretell(t, play.foretold);
		random_state = seed * 1000;
		run(t, true, results);
		for (i = 0; i < STEPS; i++) {
			assert_int_equal(results[i].state, play.foretold[i]);
			assert_int_equal(play.begun[i],
				play.foretold[i] == STATE_SKIPPED ? 0 : 1);
		}
	}
}

static void
the_same_seed_the_same_order(void **state)
{
	struct step_result results[STEPS];
	cleanup(task_free) struct task *t = NULL;
	size_t trace[STEPS], count;

	(void)state;
	random_state = 7;
	t = make_task();
	choose_ends(t);
	foretell(t, play.foretold);
	random_state = 8;
	run(t, true, results);
	count = play.begun_count;
	memcpy(trace, play.trace, sizeof(trace));
	random_state = 8;
	run(t, true, results);
	assert_int_equal(play.begun_count, count);
	assert_memory_equal(play.trace, trace, count * sizeof(*trace));
}

/* The first failure that nobody looks at ends all: none runs on, none begins
 * afterwards, and each is accounted for. */
static void
a_failure_stops(void **state)
{
	struct step_result results[STEPS];
	size_t seed, i;

	(void)state;
	for (seed = 1; seed <= SEEDS; seed++) {
		cleanup(task_free) struct task *t = NULL;

		random_state = seed;
		t = make_task();
		choose_ends(t);
		foretell(t, play.foretold);
		run(t, false, results);
		for (i = 0; i < STEPS; i++) {
			enum step_state s = results[i].state;

			assert_true(order_has_ended(s));
			assert_true(play.begun[i] <= 1);
			if (s != STATE_CANCELED && s != STATE_SKIPPED)
				assert_int_equal(s, play.foretold[i]);
			if (!play.stopped)
				assert_int_equal(s, play.foretold[i]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_the_timing),
		cmocka_unit_test(the_same_seed_the_same_order),
		cmocka_unit_test(a_failure_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
