/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "util/fs.h"

#define UNPRIVILEGED 65534

/* Run it in a child that is nobody special, and hand back its status. */
static int
run_unprivileged(const struct unit_dir *d, int (*work)(const struct unit_dir *))
{
	int status;
	pid_t pid;

	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (geteuid() == 0 &&
			(setgroups(0, NULL) < 0 || setgid(UNPRIVILEGED) < 0 ||
				setuid(UNPRIVILEGED) < 0))
			_exit(125);
		_exit(work(d));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
what_is_missing_is_gone(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	assert_ok(fs_remove_tree(d.fd, "none", &err), &err);
	assert_fails(fs_remove_tree(-1, "none", &err), &err, EBADF,
		"cannot remove 'none'");
}

static void
links_are_not_followed(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	unit_mkdir(d.fd, "kept");
	unit_write(d.fd, "kept/file", "x");
	unit_mkdir(d.fd, "tree");
	unit_mkdir(d.fd, "tree/sub");
	unit_symlink(d.fd, "tree/sub/link", "../../kept");
	unit_symlink(d.fd, "link", "kept");
	assert_ok(fs_remove_tree(d.fd, "tree", &err), &err);
	assert_ok(fs_remove_tree(d.fd, "link", &err), &err);
	assert_fails(fs_remove_tree(d.fd, "kept/file/", &err), &err, ENOTDIR,
		"cannot remove");
	assert_int_equal(fs_has(d.fd, "tree", &err), 0);
	assert_int_equal(fs_has(d.fd, "link", &err), 0);
	assert_int_equal(fs_has(d.fd, "kept/file", &err), 1);
}

static void
make_wide(int dir_fd)
{
	char name[32];

	unit_mkdir(dir_fd, "wide");
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(name, sizeof(name), "wide/%d", i);
		if (i % 100)
			unit_write(dir_fd, name, "");
		else
			unit_mkdir(dir_fd, name);
	}
}

static void
wide_trees(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	make_wide(d.fd);
	assert_ok(fs_remove_tree(d.fd, "wide", &err), &err);
	assert_int_equal(fs_has(d.fd, "wide", &err), 0);
}

/* Deeper than descriptors, and than any path name can say. */
static void
make_deep(int dir_fd, unsigned levels)
{
	autoclose int here = dup(dir_fd);
	int next;

	for (unsigned i = 0; i < levels; i++) {
		unit_mkdir(here, "deep");
		unit_write(here, "file", "");
		next = openat(here, "deep", O_RDONLY | O_CLOEXEC);
		assert_true(next >= 0);
		(void)close(here);
		here = next;
	}
}

static void
deep_trees(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	make_deep(d.fd, 1500);
	assert_ok(fs_remove_tree(d.fd, "deep", &err), &err);
	assert_int_equal(fs_has(d.fd, "deep", &err), 0);
}

static int
remove_locked(const struct unit_dir *d)
{
	int dir_fd = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (mkdirat(dir_fd, "t", 0700) < 0 || mkdirat(dir_fd, "t/work", 0) < 0)
		return 1;
	/* Not writable, with something in it. */
	if (mkdirat(dir_fd, "t/ro", 0700) < 0 ||
		mkdirat(dir_fd, "t/ro/x", 0700) < 0 ||
		fchmodat(dir_fd, "t/ro", 0555, 0) < 0)
		return 2;
	/* Nor readable, at the top of all. */
	if (fchmodat(dir_fd, "t", 0100, 0) < 0)
		return 3;
	return -fs_remove_tree(dir_fd, "t", NULL);
}

static void
locked_directories_are_unlocked(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(fchmod(d.fd, 0777), 0);
	assert_int_equal(run_unprivileged(&d, remove_locked), 0);
	assert_int_equal(fs_has(d.fd, "t", &err), 0);
}

static int
remove_deep_locked(const struct unit_dir *d)
{
	int fds[201] = { open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };

	for (int i = 0; i < 200; i++) {
		if (mkdirat(fds[i], "l", 0700) < 0)
			return 1;
		fds[i + 1] = openat(fds[i], "l", O_RDONLY | O_CLOEXEC);
	}
	for (int i = 1; i <= 200; i++) {
		if (fchmod(fds[i], 0500) < 0)
			return 2;
	}
	return -fs_remove_tree(fds[0], "l", NULL);
}

static void
deep_and_locked(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(fchmod(d.fd, 0777), 0);
	assert_int_equal(run_unprivileged(&d, remove_deep_locked), 0);
	assert_int_equal(fs_has(d.fd, "l", &err), 0);
}

static int
remove_foreign(const struct unit_dir *d)
{
	int dir_fd = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return -fs_remove_tree(dir_fd, "foreign", NULL);
}

static void
what_is_not_ours_is_refused(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(fchmod(d.fd, 0777), 0);
	unit_mkdir(d.fd, "foreign");
	unit_write(d.fd, "foreign/file", "");
	assert_int_equal(run_unprivileged(&d, remove_foreign), EACCES);
	assert_int_equal(fs_has(d.fd, "foreign/file", &err), 1);
}

/* In a user and mount namespace, where everybody may mount. */
static int
remove_mounted(const struct unit_dir *d)
{
	int dir_fd;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return 77;
	dir_fd = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fchdir(dir_fd) < 0 ||
		mount("kept", "tree/sub", NULL, MS_BIND, NULL) < 0)
		return 77;
	return -fs_remove_tree(dir_fd, "tree", NULL);
}

static void
mounts_are_not_crossed(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };
	int status;

	(void)state;
	unit_mkdir(d.fd, "kept");
	unit_write(d.fd, "kept/file", "x");
	unit_mkdir(d.fd, "tree");
	unit_mkdir(d.fd, "tree/sub");
	assert_int_equal(fchmod(d.fd, 0777), 0);
	status = run_unprivileged(&d, remove_mounted);
	if (status == 77)
		skip();
	assert_int_equal(status, EBUSY);
	assert_int_equal(fs_has(d.fd, "kept/file", &err), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing_is_gone),
		cmocka_unit_test(links_are_not_followed),
		cmocka_unit_test(wide_trees),
		cmocka_unit_test(deep_trees),
		cmocka_unit_test(locked_directories_are_unlocked),
		cmocka_unit_test(deep_and_locked),
		cmocka_unit_test(what_is_not_ours_is_refused),
		cmocka_unit_test(mounts_are_not_crossed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
