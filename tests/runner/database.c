/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>

#include "runner/database.h"
#include "util/proc.h"

static const char *const changes[] = {
	"CREATE TABLE things (name TEXT UNIQUE, size INTEGER)",
	"ALTER TABLE things ADD COLUMN colour TEXT",
};

static void
remembers(void **state)
{
	cleanup(database_free) struct database *d = NULL;
	cleanup(json_free) struct json *rows = NULL;
	unit_dir_auto dir = unit_dir_make();
	autofree char *path = mem_printf("%s/db", dir.path);
	autoerror err = { 0 };
	struct stat info;

	(void)state;
	assert_ok(database_open(path, changes, 1, &d, &err), &err);
	assert_ok(database_do(d, &err, "INSERT INTO things VALUES (?, ?)", "si",
			  "a", (int64_t)1 << 40),
		&err);
	d = database_free(d);
	/* A newer program adds what it knows. */
	assert_ok(database_open(path, changes, 2, &d, &err), &err);
	assert_ok(
		database_do(d, &err, "UPDATE things SET colour = ?", "s", NULL),
		&err);
	assert_int_equal(database_changes(d), 1);
	assert_ok(database_query(d, &rows, &err, "SELECT * FROM things", ""),
		&err);
	assert_int_equal(json_count(rows), 1);
	assert_string_equal(json_get_text(json_at(rows, 0), "name"), "a");
	assert_int_equal(
		json_get_number(json_at(rows, 0), "size", 0), (int64_t)1 << 40);
	assert_null(json_get(json_at(rows, 0), "colour"));
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
}

static void
refuses(void **state)
{
	cleanup(database_free) struct database *d = NULL;
	cleanup(json_free) struct json *rows = NULL;
	unit_dir_auto dir = unit_dir_make();
	autofree char *path = mem_printf("%s/db", dir.path);
	autofree char *other = mem_printf("%s/other", dir.path);
	autoerror err = { 0 };

	(void)state;
	assert_ok(database_open(path, changes, 2, &d, &err), &err);
	assert_int_equal(
		database_query(d, &rows, &err, "SELECT nothing", ""), -EIO);
	assert_ok(database_do(d, &err, "INSERT INTO things (name) VALUES (?)",
			  "s", "a"),
		&err);
	assert_int_equal(
		database_do(d, &err, "INSERT INTO things (name) VALUES (?)",
			"s", "a"),
		-EEXIST);
	d = database_free(d);
	assert_int_equal(database_open(path, changes, 1, &d, &err), -EINVAL);
	assert_int_equal(err.kind, ERROR_HOST);
	error_release(&err);
	assert_ok(fs_publish_path(
			  other, "no such file at all, but text", 29, &err),
		&err);
	assert_int_equal(database_open(other, changes, 1, &d, &err), -EBADMSG);
	error_release(&err);
	assert_int_equal(database_open("/nonexistent/db", changes, 1, &d, &err),
		-ENOENT);
}

#define CROWD 8

/* Of many that are the first to open it, none is told that it is in use. */
static void
many_make_it_at_once(void **state)
{
	unit_dir_auto dir = unit_dir_make();

	(void)state;
	for (int round = 0; round < 10; round++) {
		autofree char *path = mem_printf("%s/%d", dir.path, round);
		struct proc children[CROWD] = { 0 };
		struct proc_end end;

		for (size_t n = 0; n < CROWD; n++) {
			cleanup(database_free) struct database *d = NULL;
			int r = proc_fork(&children[n], NULL);

			assert_true(r >= 0);
			if (r == 0)
				_exit(database_open(
					      path, changes, 2, &d, NULL) == 0
						? 0
						: 1);
		}
		for (size_t n = 0; n < CROWD; n++) {
			assert_int_equal(
				proc_wait(&children[n], 60000, &end, NULL), 0);
			assert_int_equal(proc_end_status(&end), 0);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remembers),
		cmocka_unit_test(refuses),
		cmocka_unit_test(many_make_it_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
