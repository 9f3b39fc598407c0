/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/order.h"
#include "util/buf.h"
#include "util/mem.h"

static struct task *task;
static struct order *order;

static void
make(const char *steps)
{
	order = order_free(order);
	task = task_free(task);
	assert_int_equal(task_parse(steps, strlen(steps), "t", &task, NULL), 0);
	order = order_new(task);
}

static int
release(void **state)
{
	(void)state;
	order = order_free(order);
	task = task_free(task);
	return 0;
}

/* The next step, which is running afterwards. */
static size_t
begin_next(void)
{
	size_t i = order_next(order);

	if (i < task->step_count)
		order_set(order, i, STATE_RUNNING);
	return i;
}

static void
one_after_the_other(void **state)
{
	(void)state;
	make("version: v1.1.0\nsteps: [{cmd: a}, {cmd: b}]\n");
	assert_int_equal(begin_next(), 0);
	assert_int_equal(begin_next(), 2);
	order_set(order, 0, STATE_SUCCEEDED);
	assert_int_equal(begin_next(), 1);
	assert_false(order_is_done(order));
	order_set(order, 1, STATE_SUCCEEDED);
	assert_true(order_is_done(order));
}

static void
all_parents_count(void **state)
{
	(void)state;
	make("version: v1.1.0\nsteps:\n- {id: a, cmd: x}\n"
	     "- {id: b, cmd: x, when: ['-']}\n"
	     "- {id: c, cmd: x, when: [a, b, a]}\n");
	assert_int_equal(begin_next(), 0);
	assert_int_equal(begin_next(), 1);
	assert_int_equal(begin_next(), 3);
	order_set(order, 1, STATE_IGNORED_FAILURE);
	assert_int_equal(begin_next(), 3);
	order_set(order, 0, STATE_SUCCEEDED);
	assert_int_equal(begin_next(), 2);
	/* Once, although both parents have ended and one is named twice. */
	assert_int_equal(begin_next(), 3);
}

static void
failures_hold_up(void **state)
{
	(void)state;
	make("version: v1.1.0\nsteps: [{cmd: a}, {cmd: b}, {cmd: c}]\n");
	assert_int_equal(begin_next(), 0);
	order_set(order, 0, STATE_FAILED);
	assert_int_equal(begin_next(), 3);
	order_skip_rest(order, true);
	assert_true(order_is_done(order));
	assert_int_equal(order_state(order, 2), STATE_SKIPPED);
	assert_int_equal(order_state(order, 0), STATE_FAILED);
	order_set(order, 0, STATE_SUCCEEDED);
	assert_int_equal(order_state(order, 0), STATE_FAILED);
}

static void
states_have_names(void **state)
{
	(void)state;
	assert_string_equal(order_state_name(STATE_PENDING), "Pending");
	assert_string_equal(
		order_state_name(STATE_IGNORED_FAILURE), "IgnoredFailure");
	assert_false(order_has_ended(STATE_QUEUED));
	assert_false(order_has_ended(STATE_RUNNING));
	assert_true(order_has_ended(STATE_SUCCEEDED));
	assert_true(order_has_ended(STATE_SKIPPED));
	assert_null(order_free(NULL));
}

static void
end_step(size_t i, enum step_state state, int status)
{
	order_set_status(order, i, status);
	order_set(order, i, state);
}

static void
run_on(void **state)
{
	(void)state;
	make("version: v1.1.0\nsteps:\n- {id: a, cmd: a}\n"
	     "- {id: b, cmd: b, when: [a]}\n"
	     "- {id: c, cmd: c, when: [a], runOn: failure}\n"
	     "- {id: d, cmd: d, when: [b], runOn: completed}\n"
	     "- {id: e, cmd: e, when: ['*'], runOn: always}\n"
	     "- {id: f, cmd: f, when: [a], exitedWith: [3, 4]}\n"
	     "- {id: g, cmd: g, when: [a], exitedWithout: 3}\n");
	assert_int_equal(begin_next(), 0);
	assert_int_equal(begin_next(), 7);
	assert_true(order_is_watched(order, 0));
	assert_true(order_is_watched(order, 3));
	assert_false(order_is_watched(order, 6));
	end_step(0, STATE_FAILED, 3);
	assert_false(order_is_handled(order, 0));
	assert_int_equal(begin_next(), 2);
	assert_int_equal(begin_next(), 5);
	assert_int_equal(begin_next(), 7);
	assert_int_equal(order_state(order, 1), STATE_SKIPPED);
	assert_true(order_is_unwanted(order, 1));
	assert_int_equal(order_state(order, 3), STATE_SKIPPED);
	assert_int_equal(order_state(order, 6), STATE_SKIPPED);
	end_step(2, STATE_SUCCEEDED, 0);
	assert_true(order_is_handled(order, 0));
	assert_int_equal(begin_next(), 4);
}

static void
forward(void **state)
{
	(void)state;
	make("version: v1.1.0\nsteps:\n- {id: a, cmd: a, when: [c, c]}\n"
	     "- {id: b, cmd: b}\n- {id: c, cmd: c, when: ['-']}\n");
	assert_int_equal(begin_next(), 2);
	assert_int_equal(begin_next(), 3);
	order_set(order, 2, STATE_SUCCEEDED);
	assert_int_equal(begin_next(), 0);
}

#define MODEL_STEPS 200
#define MODEL_RUNS 50

/* A generator of its own: the same graphs everywhere. */
static uint64_t seed;

static unsigned
choose(unsigned below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

static const char *const words[] = { "success", "success", "success", "failure",
	"completed", "always" };

struct model {
	bool waits[MODEL_STEPS][MODEL_STEPS];
	unsigned word[MODEL_STEPS];
	bool fails[MODEL_STEPS];
	enum step_state state[MODEL_STEPS];
	unsigned started[MODEL_STEPS];
};

/* The steps stand in a random order: half of the references lead forward. */
static void
make_model(struct model *m)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	unsigned place[MODEL_STEPS], i, k;

	memset(m, 0, sizeof(*m));
	buf_init(&text, MiB(1));
	buf_adds(&text, "version: v1.1.0\nsteps:\n");
	for (i = 0; i < MODEL_STEPS; i++)
		place[i] = i;
	for (i = MODEL_STEPS - 1; i > 0; i--) {
		unsigned other = choose(i + 1), kept = place[i];

		place[i] = place[other];
		place[other] = kept;
	}
	for (i = 0; i < MODEL_STEPS; i++) {
		unsigned at = place[i];

		m->word[at] = choose(6);
		m->fails[at] = choose(8) == 0;
	}
	for (i = 1; i < MODEL_STEPS; i++)
		for (k = choose(4); k > 0; k--)
			m->waits[place[i]][place[choose(i)]] = true;
	for (i = 0; i < MODEL_STEPS; i++) {
		const char *comma = "";

		buf_addf(&text, "- {id: s%u, cmd: x, runOn: %s, when: [", i,
			words[m->word[i]]);
		for (k = 0; k < MODEL_STEPS; k++) {
			if (!m->waits[i][k])
				continue;
			buf_addf(&text, "%ss%u", comma, k);
			comma = ", ";
		}
		buf_adds(&text, *comma ? "]}\n" : "'-']}\n");
	}
	make(buf_text(&text));
}

/* What must become of a step, all parents of which have ended. */
static enum step_state
expected(const struct model *m, unsigned step)
{
	unsigned bad = 0, skipped = 0, k;
	bool wanted[] = { false, false, false, false, false, true };

	for (k = 0; k < MODEL_STEPS; k++) {
		bad += m->waits[step][k] && m->state[k] == STATE_FAILED;
		skipped += m->waits[step][k] && m->state[k] == STATE_SKIPPED;
	}
	wanted[0] = wanted[1] = wanted[2] = bad + skipped == 0;
	wanted[3] = bad > 0;
	wanted[4] = skipped == 0;
	if (!wanted[m->word[step]])
		return STATE_SKIPPED;
	return m->fails[step] ? STATE_FAILED : STATE_SUCCEEDED;
}

/* Run to the end; children end in a random order, at most eight at once. */
static void
run_model(struct model *m)
{
	size_t running[8], count = 0, i, k;

	for (;;) {
		while (count < 8 && (i = begin_next()) < MODEL_STEPS) {
			m->started[i]++;
			running[count++] = i;
			for (k = 0; k < MODEL_STEPS; k++)
				assert_true(!m->waits[i][k] ||
					order_has_ended(order_state(order, k)));
		}
		if (count == 0)
			break;
		k = choose((unsigned)count);
		i = running[k];
		running[k] = running[--count];
		end_step(i, m->fails[i] ? STATE_FAILED : STATE_SUCCEEDED,
			m->fails[i]);
	}
}

/* The model's own result, by passing over the steps until nothing changes. */
static void
solve_model(struct model *m)
{
	unsigned i, k, solved = 0;

	while (solved < MODEL_STEPS) {
		for (i = 0; i < MODEL_STEPS; i++) {
			if (m->state[i] != STATE_PENDING)
				continue;
			for (k = 0; k < MODEL_STEPS; k++)
				if (m->waits[i][k] &&
					m->state[k] == STATE_PENDING)
					break;
			if (k < MODEL_STEPS)
				continue;
			m->state[i] = expected(m, i);
			solved++;
		}
	}
}

static void
against_a_model(void **state)
{
	static struct model m;
	unsigned run, i;

	(void)state;
	for (run = 0; run < MODEL_RUNS; run++) {
		seed = run + 1;
		make_model(&m);
		run_model(&m);
		solve_model(&m);
		assert_true(order_is_done(order));
		for (i = 0; i < MODEL_STEPS; i++) {
			assert_int_equal(order_state(order, i), m.state[i]);
			assert_int_equal(m.started[i],
				m.state[i] == STATE_SKIPPED ? 0 : 1);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_after_the_other),
		cmocka_unit_test(all_parents_count),
		cmocka_unit_test(failures_hold_up),
		cmocka_unit_test(states_have_names),
		cmocka_unit_test_teardown(run_on, release),
		cmocka_unit_test_teardown(forward, release),
		cmocka_unit_test_teardown(against_a_model, release),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
