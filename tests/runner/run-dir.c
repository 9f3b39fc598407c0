/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/run-dir.h"
#include "util/fs.h"
#include "util/mem.h"

static char state_path[] = "/tmp/slipway-run-dir-XXXXXX";
static int state_fd = -1;

static int
make_state(void **state)
{
	(void)state;
	if (!mkdtemp(state_path))
		return -1;
	state_fd = open(state_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return state_fd < 0;
}

static int
remove_state(void **state)
{
	(void)state;
	(void)close(state_fd);
	return fs_remove_tree(AT_FDCWD, state_path, NULL);
}

static int
open_run(const char *id, struct run_dir **ret, struct error *err)
{
	return run_dir_open(state_path, id, IDENTITY_AUTO, ret, err);
}

static void
it_comes_and_goes(void **state)
{
	cleanup(run_dir_free) struct run_dir *d = NULL;
	autofree char *path = mem_printf("%s/runs/abc", state_path);

	(void)state;
	assert_null(run_dir_free(NULL));
	assert_int_equal(open_run("abc", &d, NULL), 0);
	assert_string_equal(run_dir_path(d), path);
	assert_int_equal(mkdirat(run_dir_fd(d), "closed", 0), 0);
	assert_int_equal(fs_has(state_fd, "runs/abc/closed", NULL), 1);
	d = run_dir_free(d);
	assert_int_equal(fs_has(state_fd, "runs/abc", NULL), 0);
}

static void
two_of_one_name(void **state)
{
	cleanup(run_dir_free) struct run_dir *first = NULL;
	cleanup(run_dir_free) struct run_dir *second = NULL;

	(void)state;
	assert_int_equal(open_run("abc", &first, NULL), 0);
	assert_int_equal(open_run("abc", &second, NULL), -EEXIST);
	assert_null(second);
	assert_int_equal(fs_has(state_fd, "runs/abc", NULL), 1);
}

static void
names_that_are_none(void **state)
{
	char long_one[65] = "";
	const char *const names[] = {
		"", "Abc", "../x", "a/b", ".lock", long_one,
	};
	cleanup(run_dir_free) struct run_dir *d = NULL;
	autoerror err = { 0 };
	size_t i;

	(void)state;
	memset(long_one, 'a', sizeof(long_one) - 1);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(open_run(names[i], &d, &err), -EINVAL);
		assert_int_equal(err.kind, ERROR_REQUEST);
	}
}

/* One killed with a lock, one before it had any; and what is no run. */
static void
the_dead_are_swept(void **state)
{
	cleanup(run_dir_free) struct run_dir *living = NULL;
	cleanup(run_dir_free) struct run_dir *d = NULL;
	autoclose int lock = -1;

	(void)state;
	assert_int_equal(open_run("living", &living, NULL), 0);
	assert_int_equal(mkdirat(state_fd, "runs/dead", 0700), 0);
	assert_int_equal(mkdirat(state_fd, "runs/dead/workspace", 0500), 0);
	lock = openat(state_fd, "runs/dead/lock",
		O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(lock >= 0);
	assert_int_equal(mkdirat(state_fd, "runs/dead2", 0700), 0);
	assert_int_equal(mkdirat(state_fd, "runs/Notes", 0700), 0);
	assert_int_equal(open_run("dead2", &d, NULL), 0);
	assert_int_equal(fs_has(state_fd, "runs/dead", NULL), 0);
	assert_int_equal(fs_has(state_fd, "runs/dead2", NULL), 1);
	assert_int_equal(fs_has(state_fd, "runs/living", NULL), 1);
	assert_int_equal(fs_has(state_fd, "runs/Notes", NULL), 1);
}

static void
nowhere_to_be(void **state)
{
	cleanup(run_dir_free) struct run_dir *d = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(run_dir_open("/proc/nowhere", "a", IDENTITY_AUTO, &d,
				 &err),
		-ENOENT);
	assert_non_null(err.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_comes_and_goes),
		cmocka_unit_test(two_of_one_name),
		cmocka_unit_test(names_that_are_none),
		cmocka_unit_test(the_dead_are_swept),
		cmocka_unit_test(nowhere_to_be),
	};

	return cmocka_run_group_tests(tests, make_state, remove_state);
}
