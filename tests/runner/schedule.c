/* SPDX-License-Identifier: Apache-2.0 */
/* Steps are "push" steps whose program is a script that does what the names of
 * the images say: "slipway push sleep-600:latest". */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/schedule.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/proc.h"
#include "util/strv.h"

static char dir[] = "/tmp/slipway-schedule-XXXXXX";
static char *script;

static const char text[] =
	"#!/bin/sh\n"
	"for word; do :; done\n"
	"case $word in\n"
	"ok*) echo ok >>log ;;\n"
	"fail*) exit 3 ;;\n"
	"hang*) sleep 600 ;;\n"
	"third*) echo x >>tries; [ \"$(wc -l <tries)\" -ge 3 ] ;;\n"
	"pair*) echo x >>pair; until [ \"$(wc -l <pair)\" -ge 2 ]; do :; done ;;\n"
	"esac\n";

static int
make_dir(void **state)
{
	FILE *f;

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	script = mem_printf("%s/script", dir);
	f = fopen(script, "we");
	if (!f || fputs(text, f) < 0 || fclose(f) < 0)
		return -1;
	return chmod(script, 0755);
}

static void
forget(const char *name)
{
	autofree char *path = mem_printf("%s/%s", dir, name);

	(void)unlink(path);
}

static int
remove_dir(void **state)
{
	(void)state;
	forget("script");
	forget("log");
	forget("tries");
	forget("pair");
	(void)rmdir(dir);
	free(script);
	return 0;
}

static int
run(const char *steps, unsigned parallel, int64_t timeout_ms,
	struct step_result *ret, struct error *err)
{
	autofree char *full = mem_printf("version: v1.1.0\nsteps:\n%s", steps);
	autoclose int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cleanup(task_free) struct task *t = NULL;
	const struct strv none = { 0 };
	const struct step_context context = { .program = script,
		.global = &none, .workspace = dir, .workspace_fd = fd };
	struct schedule s = { .context = &context,
		.max_parallel = parallel,
		.timeout_ms = timeout_ms };

	forget("log");
	forget("tries");
	forget("pair");
	assert_int_equal(task_parse(full, strlen(full), "t", &t, NULL), 0);
	s.task = t;
	return schedule_run(&s, ret, err);
}

static void
steps_succeed(void **state)
{
	struct step_result r[2];

	(void)state;
	assert_int_equal(run("- push: ok1\n- push: ok2\n", 4, 0, r, NULL), 0);
	assert_int_equal(r[0].state, STATE_SUCCEEDED);
	assert_int_equal(r[1].state, STATE_SUCCEEDED);
	assert_int_equal(r[1].attempts, 1);
}

static void
a_failure_ends_the_run(void **state)
{
	struct step_result r[3];

	(void)state;
	assert_int_equal(run("- {id: a, push: hang}\n"
			     "- {push: fail, when: '-'}\n- push: ok\n",
				 4, 0, r, NULL),
		0);
	assert_int_equal(r[0].state, STATE_CANCELED);
	assert_int_equal(r[1].state, STATE_FAILED);
	assert_int_equal(r[1].status, 3);
	assert_int_equal(r[2].state, STATE_SKIPPED);
	assert_int_equal(r[2].attempts, 0);
}

static void
ignored_failures_do_not(void **state)
{
	struct step_result r[2];

	(void)state;
	assert_int_equal(run("- {push: fail, ignoreErrors: true}\n- push: ok\n",
				 1, 0, r, NULL),
		0);
	assert_int_equal(r[0].state, STATE_IGNORED_FAILURE);
	assert_int_equal(r[0].status, 3);
	assert_int_equal(r[1].state, STATE_SUCCEEDED);
}

static void
time_outs(void **state)
{
	struct step_result r[2];
	int64_t begin = clock_now_ms();

	(void)state;
	assert_int_equal(run("- {push: hang, timeout: 100ms}\n- push: ok\n", 1,
				 0, r, NULL),
		0);
	assert_int_equal(r[0].state, STATE_TIMED_OUT);
	assert_int_equal(r[1].state, STATE_SKIPPED);
	assert_int_equal(
		run("- {push: hang, startDelay: 1h}\n", 1, 100, r, NULL), 0);
	assert_int_equal(r[0].state, STATE_TIMED_OUT);
	assert_int_equal(run("- push: hang\n", 1, 100, r, NULL), 0);
	assert_int_equal(r[0].state, STATE_TIMED_OUT);
	assert_true(clock_now_ms() - begin < 60000);
}

static void
retries(void **state)
{
	struct step_result r[1];

	(void)state;
	/* `cmd` runs the script too: "slipway run ... third". */
	assert_int_equal(run("- {cmd: third, retries: 5, retryDelay: 1ms, "
			     "disableWorkingDirectoryOverride: true}\n",
				 1, 0, r, NULL),
		0);
	assert_int_equal(r[0].state, STATE_SUCCEEDED);
}

static void
ready_steps_run_at_once(void **state)
{
	struct step_result r[2];

	(void)state;
	/* Each waits for the other. */
	assert_int_equal(run("- push: pair\n- {push: pair, when: '-'}\n", 2,
				 60000, r, NULL),
		0);
	assert_int_equal(r[0].state, STATE_SUCCEEDED);
	assert_int_equal(r[1].state, STATE_SUCCEEDED);
}

static void
mistakes_cost_nothing(void **state)
{
	struct step_result r[2];
	autoerror err = { 0 };
	autofree char *log = mem_printf("%s/log", dir);

	(void)state;
	assert_int_equal(
		run("- push: ok\n- build: --no-such-option .\n", 1, 0, r, &err),
		-EINVAL);
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_int_equal(access(log, F_OK), -1);
}

static void
programs_that_cannot_start(void **state)
{
	struct step_result r[1];

	(void)state;
	assert_int_equal(chmod(script, 0644), 0);
	assert_int_equal(run("- push: ok\n", 1, 0, r, NULL), 0);
	assert_int_equal(chmod(script, 0755), 0);
	assert_int_equal(r[0].state, STATE_FAILED);
	assert_int_not_equal(r[0].status, 0);
}

/* Last: an interrupt is remembered. */
static void
interrupts_cancel(void **state)
{
	struct step_result r[2];

	(void)state;
	assert_true(proc_catch_interrupts(NULL) >= 0);
	assert_int_equal(raise(SIGINT), 0);
	assert_int_equal(run("- push: hang\n- push: ok\n", 1, 0, r, NULL), 0);
	assert_int_equal(r[0].state, STATE_SKIPPED);
	assert_int_equal(r[1].state, STATE_SKIPPED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_succeed),
		cmocka_unit_test(a_failure_ends_the_run),
		cmocka_unit_test(ignored_failures_do_not),
		cmocka_unit_test(time_outs),
		cmocka_unit_test(retries),
		cmocka_unit_test(ready_steps_run_at_once),
		cmocka_unit_test(mistakes_cost_nothing),
		cmocka_unit_test(programs_that_cannot_start),
		cmocka_unit_test(interrupts_cancel),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
