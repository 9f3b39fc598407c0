/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/order.h"

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
	order_skip_rest(order);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_after_the_other),
		cmocka_unit_test(all_parents_count),
		cmocka_unit_test(failures_hold_up),
		cmocka_unit_test(states_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
