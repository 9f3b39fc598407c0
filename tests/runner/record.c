/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "runner/record.h"

static struct step steps[] = {
	{ .id = (char *)"a", .kind = STEP_CMD },
	{ .id = (char *)"b", .kind = STEP_PUSH },
};
static const struct task task = { .steps = steps, .step_count = 2 };

static struct record *
open_in(const char *dir)
{
	struct record *r = NULL;
	autoerror err = { 0 };

	assert_ok(record_open(dir, &r, &err), &err);
	return r;
}

static void
begin(struct record *r, const char *id)
{
	struct record_run run = { .id = id, .task = "t", .trigger = "Manual" };
	autoerror err = { 0 };

	assert_ok(record_begin(r, &run, &task, &err), &err);
}

static struct json *
get(struct record *r, const char *id)
{
	struct json *run = NULL;
	autoerror err = { 0 };

	assert_ok(record_get(r, id, &run, &err), &err);
	return run;
}

static const char *
step_state(const struct json *run, size_t n)
{
	return json_get_text(json_at(json_get(run, "steps"), n), "state");
}

static void
keeps_a_run(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(record_free) struct record *r = open_in(dir.path);
	cleanup(json_free) struct json *run = NULL;
	autoclose int log = -1;
	autoerror err = { 0 };
	char text[100] = "";

	(void)state;
	begin(r, "one");
	assert_int_equal(record_is_live(r, "one", &err), 1);
	record_step(r, 0, "Running", 1, 0);
	record_output(r, 0, "hello\n", 6);
	record_step(r, 0, "Failed", 1, 7);
	assert_ok(record_end(r, RUN_FAILED, "so it is", &err), &err);
	run = get(r, NULL);
	assert_string_equal(json_get_text(run, "id"), "one");
	assert_string_equal(json_get_text(run, "status"), "Failed");
	assert_string_equal(json_get_text(run, "why"), "so it is");
	assert_string_equal(step_state(run, 0), "Failed");
	assert_string_equal(step_state(run, 1), "Skipped");
	assert_ok(record_open_log(r, "one", &log, &err), &err);
	assert_true(read(log, text, sizeof(text) - 1) > 0);
	assert_non_null(strstr(text, "Z a hello\n"));
	assert_ok(record_remove(r, "one", &err), &err);
	run = json_free(run);
	assert_int_equal(record_get(r, "one", &run, &err), -ENOENT);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

/* As many words as a command line may have, each byte six as JSON. */
static void
keeps_a_long_command_line(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(record_free) struct record *r = open_in(dir.path);
	cleanup_value(strv_release) struct strv words = { 0 };
	cleanup(json_free) struct json *run = NULL;
	struct record_run what = { .id = "one", .words = &words };
	autofree char *word = mem_zalloc(KiB(128));
	autoerror err = { 0 };

	(void)state;
	memset(word, 1, KiB(128) - 1);
	for (int n = 0; n < 20; n++)
		strv_add(&words, word);
	assert_ok(record_begin(r, &what, &task, &err), &err);
	assert_ok(record_end(r, RUN_SUCCEEDED, NULL, &err), &err);
	run = get(r, "one");
	assert_int_equal(json_count(json_get(run, "words")), 20);
}

static void
finds_the_killed(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(record_free) struct record *r = open_in(dir.path);
	cleanup(json_free) struct json *run = NULL;

	(void)state;
	begin(r, "one");
	record_step(r, 0, "Running", 1, 0);
	r = record_free(r);
	r = open_in(dir.path);
	run = get(r, "one");
	assert_string_equal(json_get_text(run, "status"), "Error");
	assert_string_equal(step_state(run, 0), "Canceled");
}

static void
an_id_comes_again(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(record_free) struct record *r = open_in(dir.path);
	cleanup(record_free) struct record *other = open_in(dir.path);
	struct record_run run = { .id = "one" };
	autoerror err = { 0 };

	(void)state;
	begin(r, "one");
	assert_int_equal(record_begin(other, &run, &task, &err), -EEXIST);
	assert_ok(record_end(r, RUN_SUCCEEDED, NULL, &err), &err);
	error_release(&err);
	assert_ok(record_begin(other, &run, &task, &err), &err);
	assert_ok(record_end(other, RUN_SUCCEEDED, NULL, &err), &err);
}

static void
lists_by_condition(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(record_free) struct record *r = open_in(dir.path);
	cleanup(json_free) struct json *rows = NULL;
	struct record_filter f = { .status = "canceled", .most = 5 };
	autoerror err = { 0 };

	(void)state;
	begin(r, "one");
	assert_ok(record_end(r, RUN_CANCELED, NULL, &err), &err);
	r = record_free(r);
	r = open_in(dir.path);
	begin(r, "two");
	assert_ok(record_end(r, RUN_TIMED_OUT, NULL, &err), &err);
	assert_ok(record_list(r, &f, &rows, &err), &err);
	assert_int_equal(json_count(rows), 1);
	assert_string_equal(json_get_text(json_at(rows, 0), "id"), "one");
	f.status = NULL;
	rows = json_free(rows);
	assert_ok(record_list(r, &f, &rows, &err), &err);
	assert_string_equal(json_get_text(json_at(rows, 0), "id"), "two");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_a_run),
		cmocka_unit_test(keeps_a_long_command_line),
		cmocka_unit_test(finds_the_killed),
		cmocka_unit_test(an_id_comes_again),
		cmocka_unit_test(lists_by_condition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
