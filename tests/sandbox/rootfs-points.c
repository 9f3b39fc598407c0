/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>

#include "sandbox/rootfs-points.h"

static void
assert_mode(int dir_fd, const char *name, mode_t mode)
{
	struct stat st;

	assert_int_equal(fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_mode, mode);
}

static void
assert_empty(int dir_fd)
{
	cleanup_value(strv_release) struct strv names = { 0 };

	assert_int_equal(fs_list(dir_fd, 10, &names, NULL), 0);
	assert_int_equal(names.count, 0);
}

static void
made_once_whatever_the_umask(void **state)
{
	unit_dir_auto base = unit_dir_make();
	unit_dir_auto scratch = unit_dir_make();
	autoerror err = { 0 };
	mode_t before = umask(077);

	(void)state;
	assert_ok(rootfs_make_points(base.fd, scratch.fd, &err), &err);
	(void)umask(before);
	assert_mode(base.fd, ROOTFS_POINTS, S_IFDIR | 0755);
	assert_mode(base.fd, ROOTFS_POINTS "/proc", S_IFDIR | 0755);
	assert_mode(base.fd, ROOTFS_POINTS "/etc/hosts", S_IFREG | 0644);
	assert_mode(base.fd, ROOTFS_POINTS "/etc/resolv.conf",
		S_IFREG | 0644);
	assert_empty(scratch.fd);
	/* Then the scratch directory is not even looked at. */
	assert_ok(rootfs_make_points(base.fd, -1, &err), &err);
}

static void
nowhere_to_make_them(void **state)
{
	unit_dir_auto base = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(rootfs_make_points(base.fd, -1, &err), -EBADF);
	assert_non_null(err.text);
	assert_empty(base.fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_once_whatever_the_umask),
		cmocka_unit_test(nowhere_to_make_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
