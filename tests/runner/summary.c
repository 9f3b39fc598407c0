/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runner/summary.h"

static struct task *task;

static int
make_task(void **state)
{
	const char *text = "version: v1.1.0\n"
			   "steps: [{id: a, cmd: x}, {id: bc, push: y}]\n";

	(void)state;
	return task_parse(text, strlen(text), "t", &task, NULL);
}

static int
free_task(void **state)
{
	(void)state;
	task_free(task);
	return 0;
}

static char *
printed(const struct step_result *results, const char *format)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	assert_non_null(to);
	summary_print(to, task, results, format);
	assert_int_equal(fclose(to), 0);
	return text;
}

static void
tables(void **state)
{
	const struct step_result results[] = {
		{ STATE_FAILED, 1250, 2, 7 },
		{ STATE_SKIPPED, 0, 0, 0 },
	};
	autofree char *table = printed(results, NULL);
	autofree char *lines = printed(results, "ndjson");

	(void)state;
	assert_non_null(strstr(table, "STEP"));
	assert_non_null(strstr(table, "Failed"));
	assert_non_null(strstr(lines,
		"{\"id\":\"a\",\"type\":\"cmd\","
		"\"state\":\"Failed\",\"milliseconds\":1250,\"attempts\":2,"
		"\"status\":7}\n"));
	assert_non_null(strstr(lines, "\"type\":\"push\""));
}

static int
outcome(enum step_state one, enum step_state two, struct error *err)
{
	const struct step_result results[] = {
		{ one, 0, 1, 7 },
		{ two, 0, 1, 8 },
	};

	return summary_outcome(task, results, err);
}

static void
outcomes(void **state)
{
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(
		outcome(STATE_SUCCEEDED, STATE_IGNORED_FAILURE, NULL), 0);
	assert_int_equal(outcome(STATE_CANCELED, STATE_FAILED, &err), -EIO);
	assert_string_equal(err.text, "step 'bc' failed with status 8");
	assert_int_equal(error_exit_status(&err), 1);
	error_release(&err);
	assert_int_equal(
		outcome(STATE_TIMED_OUT, STATE_SKIPPED, &err), -ETIMEDOUT);
	assert_string_equal(err.text, "step 'a' timed out");
	assert_int_equal(error_exit_status(&err), 124);
	error_release(&err);
	assert_int_equal(
		outcome(STATE_SUCCEEDED, STATE_SKIPPED, &err), -ETIMEDOUT);
	assert_string_equal(err.text, "the run timed out");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables),
		cmocka_unit_test(outcomes),
	};

	return cmocka_run_group_tests(tests, make_task, free_task);
}
