/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/job.h"
#include "util/clock.h"
#include "util/mem.h"

/* A job that runs `script` by sh, in /. */
static void
make_job(struct job *j, struct step *step, const char *script)
{
	struct step_commands c = { .count = 1, .program = "sh" };

	c.argvs = mem_array(1, sizeof(*c.argvs));
	strv_add(c.argvs, "sh");
	strv_add(c.argvs, "-c");
	strv_add(c.argvs, script);
	strv_env_set(&c.env, "PATH", "/usr/bin:/bin");
	c.workspace_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	c.cwd = mem_strdup("tmp");
	if (!step->timeout_ms)
		step->timeout_ms = 600000;
	step->id = (char *)"id";
	step->kind = STEP_CMD;
	job_init(j, step, &c, NULL);
	assert_int_equal(c.count, 0);
}

static void
run(struct job *j)
{
	int64_t next_ms;

	while (!job_advance(j)) {
		struct pollfd fds[] = { { j->out_fd, POLLIN, 0 },
			{ job_is_running(j) ? j->child.pid_fd : -1, POLLIN,
				0 } };

		next_ms = job_next_ms(j);
		(void)poll(fds, 2, clock_left_ms(next_ms));
	}
	assert_int_equal(job_next_ms(j), -1);
	(void)close(j->commands.workspace_fd);
}

static void
ends_well(void **state)
{
	struct step step = { 0 };
	cleanup_value(job_release) struct job j = { 0 };

	(void)state;
	make_job(&j, &step, "[ \"$PWD\" = /tmp ] && echo out && echo err >&2");
	assert_int_equal(j.state, STATE_QUEUED);
	run(&j);
	assert_int_equal(j.state, STATE_SUCCEEDED);
	assert_int_equal(j.status, 0);
}

static void
ends_badly(void **state)
{
	struct step step = { .retries = 2, .retry_delay_ms = 1 };
	cleanup_value(job_release) struct job j = { 0 };

	(void)state;
	make_job(&j, &step, "exit 9");
	run(&j);
	assert_int_equal(j.state, STATE_FAILED);
	assert_int_equal(j.status, 9);
	assert_int_equal(j.attempt, 2);
}

static void
time_is_for_all_attempts(void **state)
{
	struct step step = {
		.retries = 1000, .retry_delay_ms = 3600000, .timeout_ms = 50
	};
	cleanup_value(job_release) struct job j = { 0 };

	(void)state;
	make_job(&j, &step, "exit 1");
	run(&j);
	assert_int_equal(j.state, STATE_TIMED_OUT);
}

static void
ignored_time_out(void **state)
{
	struct step step = { .timeout_ms = 50, .ignore_errors = true };
	cleanup_value(job_release) struct job j = { 0 };

	(void)state;
	make_job(&j, &step, "sleep 600");
	run(&j);
	assert_int_equal(j.state, STATE_IGNORED_FAILURE);
}

static void
stops(void **state)
{
	struct step step = { .start_delay_ms = 3600000 };
	cleanup_value(job_release) struct job waiting = { 0 };
	struct step now = { 0 };
	cleanup_value(job_release) struct job running = { 0 };

	(void)state;
	make_job(&waiting, &step, "exit 0");
	assert_false(job_advance(&waiting));
	job_stop(&waiting, STATE_CANCELED);
	run(&waiting);
	assert_int_equal(waiting.state, STATE_SKIPPED);
	make_job(&running, &now, "sleep 600");
	assert_false(job_advance(&running));
	assert_true(job_is_running(&running));
	job_stop(&running, STATE_CANCELED);
	job_stop(&running, STATE_TIMED_OUT);
	run(&running);
	assert_int_equal(running.state, STATE_CANCELED);
	assert_int_equal(running.status, 128 + 15);
}

/* The end is noticed although a descendant keeps the output open. */
static void
descendants_may_stay(void **state)
{
	struct step step = { 0 };
	cleanup_value(job_release) struct job j = { 0 };

	(void)state;
	make_job(&j, &step, "sleep 5 & exit 0");
	run(&j);
	assert_int_equal(j.state, STATE_SUCCEEDED);
	assert_true(j.duration_ms < 4000);
}

static void
missing_directory(void **state)
{
	struct step step = { 0 };
	cleanup_value(job_release) struct job j = { 0 };

	(void)state;
	make_job(&j, &step, "exit 0");
	free(j.commands.cwd);
	j.commands.cwd = mem_strdup("no/such");
	run(&j);
	assert_int_equal(j.state, STATE_FAILED);
	assert_int_not_equal(j.status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_well),
		cmocka_unit_test(ends_badly),
		cmocka_unit_test(time_is_for_all_attempts),
		cmocka_unit_test(ignored_time_out),
		cmocka_unit_test(stops),
		cmocka_unit_test(descendants_may_stay),
		cmocka_unit_test(missing_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
