/* SPDX-License-Identifier: Apache-2.0 */
/* That it opens what the kernel opens is tested in fs-open; here is what only
 * the walk has. */
#include "tests/lib/unit.h"

#include "util/fs-walk.h"

static void
missing_directories_are_made(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	struct fs_walk w = { .root_fd = dir.fd, .path = "/a/b/../c",
		.how = FS_IN_ROOT, .flags = O_PATH | O_DIRECTORY, .mode = 0700,
		.make_dirs = true };
	struct stat st;
	autoclose int fd = -1;

	(void)state;
	assert_int_equal(fs_walk_open(&w, &fd), 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(fs_has(dir.fd, "a/b", NULL), 1);
	assert_int_equal(fstatat(dir.fd, "a/c", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void
nothing_is_made_unasked(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	struct fs_walk w = { .root_fd = dir.fd, .path = "a/b",
		.how = FS_IN_ROOT, .flags = O_PATH | O_DIRECTORY };
	int fd = -1;

	(void)state;
	assert_int_equal(fs_walk_open(&w, &fd), -ENOENT);
	assert_int_equal(fd, -1);
	assert_int_equal(fs_has(dir.fd, "a", NULL), 0);
}

static void
what_stands_in_the_way(void **state)
{
	static const struct {
		const char *path;
		enum fs_resolve how;
		int code;
	} cases[] = {
		{ "file/x", FS_IN_ROOT, ENOTDIR },
		{ "loop/x", FS_IN_ROOT, ELOOP },
		{ "link/x", FS_NO_LINKS, ELOOP },
		{ "../x", FS_BENEATH, EXDEV },
		{ "/x", FS_BENEATH, EXDEV },
		{ "out/x", FS_BENEATH, EXDEV },
		{ "", FS_IN_ROOT, ENOENT },
	};
	unit_dir_auto dir = unit_dir_make();

	(void)state;
	unit_write(dir.fd, "file", "");
	unit_mkdir(dir.fd, "dir");
	unit_symlink(dir.fd, "loop", "loop");
	unit_symlink(dir.fd, "link", "dir");
	unit_symlink(dir.fd, "out", "/etc");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fs_walk w = { .root_fd = dir.fd, .path = cases[i].path,
			.how = cases[i].how, .flags = O_PATH | O_DIRECTORY };
		int fd = -1;

		assert_int_equal(fs_walk_open(&w, &fd), -cases[i].code);
		assert_int_equal(fd, -1);
	}
}

static void
depth_has_a_limit(void **state)
{
	cleanup_value(buf_release) struct buf path = { 0 };
	unit_dir_auto dir = unit_dir_make();
	struct fs_walk w = { .root_fd = dir.fd, .how = FS_IN_ROOT,
		.flags = O_PATH | O_DIRECTORY, .mode = 0700,
		.make_dirs = true };
	int fd = -1;

	(void)state;
	buf_init(&path, KiB(4));
	for (int i = 0; i < 300; i++)
		buf_adds(&path, "d/");
	w.path = buf_text(&path);
	assert_int_equal(fs_walk_open(&w, &fd), -ENAMETOOLONG);
	assert_int_equal(fd, -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(missing_directories_are_made),
		cmocka_unit_test(nothing_is_made_unasked),
		cmocka_unit_test(what_stands_in_the_way),
		cmocka_unit_test(depth_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
