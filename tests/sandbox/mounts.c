/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sandbox/inside.h"

#include <sys/mount.h>

#include "sandbox/mounts.h"

static void
makes_and_attaches(void **state)
{
	static const struct mounts_option options[] = {
		{ "mode", "0711" }, { "size", "64k" }, { 0 },
	};
	unit_dir_auto d = unit_dir_make();
	autoclose int fd = -1;
	autoclose int copy = -1;
	autoerror err = { 0 };
	struct stat st;

	(void)state;
	unit_mkdir(d.fd, "a");
	unit_mkdir(d.fd, "b");
	assert_ok(mounts_create("tmpfs", options, MOUNTS_NO_DEV, &fd, &err),
		&err);
	assert_ok(mounts_attach_at(fd, d.fd, "a", &err), &err);
	unit_write(fd, "f", "");
	assert_int_equal(fstatat(d.fd, "a", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0711);
	assert_ok(mounts_clone(d.fd, "a", true, &copy, &err), &err);
	assert_ok(mounts_add_flags(copy, MOUNTS_READ_ONLY, true, &err), &err);
	assert_ok(mounts_attach_at(copy, d.fd, "b", &err), &err);
	assert_int_equal(faccessat(d.fd, "b/f", F_OK, 0), 0);
	assert_int_equal(unlinkat(d.fd, "b/f", 0), -1);
	assert_int_equal(errno, EROFS);
	assert_int_equal(unlinkat(d.fd, "a/f", 0), 0);
	assert_int_equal(fchdir(d.fd), 0);
	assert_int_equal(umount2("b", MNT_DETACH), 0);
	assert_int_equal(umount2("a", MNT_DETACH), 0);
	assert_int_equal(chdir("/"), 0);
}

static void
says_what_was_refused(void **state)
{
	static const struct mounts_option options[] = {
		{ "no-such-option", "1" }, { 0 },
	};
	unit_dir_auto d = unit_dir_make();
	autoclose int fd = -1;
	autoerror err = { 0 };

	(void)state;
	assert_fails(mounts_create("nofs", NULL, MOUNTS_PLAIN, &fd, &err),
		&err, ENODEV, "file system 'nofs'");
	assert_fails(mounts_create("tmpfs", options, MOUNTS_PLAIN, &fd, &err),
		&err, EINVAL, "option 'no-such-option'");
	assert_fails(mounts_clone(d.fd, "missing", false, &fd, &err), &err,
		ENOENT, "cannot bind 'missing'");
	assert_int_equal(fd, -1);
	assert_ok(mounts_create("tmpfs", NULL, MOUNTS_PLAIN, &fd, &err), &err);
	assert_fails(mounts_attach_at(fd, d.fd, "missing", &err), &err, ENOENT,
		"cannot mount on 'missing'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_and_attaches),
		cmocka_unit_test(says_what_was_refused),
	};

	return cmocka_run_group_tests(tests, inside_enter, NULL);
}
