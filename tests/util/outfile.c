/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "util/outfile.h"
#include "util/path.h"

static void
test_appears_whole(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autofree char *path = path_join(dir.path, "file");
	cleanup(outfile_free) struct outfile *f = NULL;
	cleanup_value(buf_release) struct buf text = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(outfile_begin(path, &f, &err), &err);
	assert_ok(sink_write(outfile_sink(f), "abc", 3, &err), &err);
	assert_int_equal(fs_has(dir.fd, "file", &err), 0);
	assert_ok(outfile_commit(f, &err), &err);
	assert_ok(fs_read_file(dir.fd, "file", 10, &text, &err), &err);
	assert_string_equal(buf_text(&text), "abc");
}

static void
test_vanishes(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autofree char *path = path_join(dir.path, "file");
	autofree char *nowhere = path_join(dir.path, "no/file");
	cleanup_value(strv_release) struct strv names = { 0 };
	struct outfile *f = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_ok(outfile_begin(path, &f, &err), &err);
	assert_null(outfile_free(f));
	assert_ok(fs_list(dir.fd, 10, &names, &err), &err);
	assert_int_equal(names.count, 0);
	assert_fails(outfile_begin(nowhere, &f, &err), &err, ENOENT, "no'");
	assert_null(outfile_free(NULL));
}

static void
test_devices(void **state)
{
	cleanup(outfile_free) struct outfile *f = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_ok(outfile_begin("/dev/null", &f, &err), &err);
	assert_ok(sink_write(outfile_sink(f), "abc", 3, &err), &err);
	assert_ok(outfile_commit(f, &err), &err);
}

static void
test_directories(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autofree char *path = path_join(dir.path, "a/b");
	autofree char *file = path_join(dir.path, "file/c");
	autoclose int fd = -1;
	autoerror err = { 0 };
	int none = -1;

	(void)state;
	assert_ok(outfile_open_dir(path, &fd, &err), &err);
	unit_write(fd, "x", "");
	assert_int_equal(fs_has(dir.fd, "a/b/x", &err), 1);
	unit_write(dir.fd, "file", "");
	assert_fails(
		outfile_open_dir(file, &none, &err), &err, ENOTDIR, "file");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_appears_whole),
		cmocka_unit_test(test_vanishes),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_directories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
