/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>

#include "sandbox/cwd.h"

static bool
is_at(int fd, int root_fd, const char *path)
{
	struct stat a, b;

	assert_int_equal(fstat(fd, &a), 0);
	assert_int_equal(fstatat(root_fd, path, &b, 0), 0);
	return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static void
makes_what_is_missing(void **state)
{
	const struct account own = { .uid = getuid(), .gid = getgid() };
	unit_dir_auto d = unit_dir_make();
	autoclose int fd = -1;
	autoerror err = { 0 };
	struct stat st;

	(void)state;
	(void)umask(077);
	unit_mkdir(d.fd, "a");
	assert_ok(cwd_open(d.fd, "/a/b/c", &own, &fd, &err), &err);
	assert_true(is_at(fd, d.fd, "a/b/c"));
	assert_int_equal(fstatat(d.fd, "a/b", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	(void)umask(022);
}

static void
nothing_is_the_root(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoclose int fd = -1;
	autoerror err = { 0 };

	(void)state;
	assert_ok(cwd_open(d.fd, NULL, NULL, &fd, &err), &err);
	assert_true(is_at(fd, d.fd, "."));
}

/* CVE-2026-55686: /w is a link to a directory of the host. */
static void
links_stay_inside(void **state)
{
	unit_dir_auto d = unit_dir_make();
	unit_dir_auto outside = unit_dir_make();
	autoclose int fd = -1;
	autoerror err = { 0 };

	(void)state;
	unit_symlink(d.fd, "w", outside.path);
	assert_fails(cwd_open(d.fd, "/w/x", NULL, &fd, &err), &err, EEXIST,
		"working directory '/w/x'");
	assert_int_equal(faccessat(outside.fd, "x", F_OK, 0), -1);
	unit_mkdir(d.fd, "in");
	unit_symlink(d.fd, "l", "/in");
	assert_ok(cwd_open(d.fd, "/l/x", NULL, &fd, &err), &err);
	assert_true(is_at(fd, d.fd, "in/x"));
	(void)close(take_fd(&fd));
	assert_ok(cwd_open(d.fd, "/../../../in", NULL, &fd, &err), &err);
	assert_true(is_at(fd, d.fd, "in"));
}

/* CVE-2024-21626: a descriptor of ours by way of /proc. */
static void
refuses_magic_links(void **state)
{
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	unit_dir_auto d = unit_dir_make();
	autofree char *path = mem_printf("/proc/self/fd/%d", d.fd);
	autoclose int fd = -1;
	autoerror err = { 0 };

	(void)state;
	assert_fails(cwd_open(root, path, NULL, &fd, &err), &err, ELOOP,
		"working directory");
}

static void
refuses_files(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoclose int fd = -1;
	autoerror err = { 0 };

	(void)state;
	unit_write(d.fd, "f", "");
	assert_fails(cwd_open(d.fd, "/f", NULL, &fd, &err), &err, ENOTDIR,
		"working directory '/f'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_what_is_missing),
		cmocka_unit_test(nothing_is_the_root),
		cmocka_unit_test(links_stay_inside),
		cmocka_unit_test(refuses_magic_links),
		cmocka_unit_test(refuses_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
