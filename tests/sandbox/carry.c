/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include "sandbox/carry.h"

static void
make_socket(int dir_fd)
{
	autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	(void)snprintf(a.sun_path, sizeof(a.sun_path), "/proc/self/fd/%d/s",
		dir_fd);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
}

static void
make_upper(const struct unit_dir *d)
{
	const struct timespec times[2] = { { 5, 6 }, { 7, 8 } };
	autofree char *path = mem_printf("%s/upper/d", d->path);

	unit_mkdir(d->fd, "upper");
	unit_mkdir(d->fd, "upper/d");
	unit_write(d->fd, "upper/d/f", "hello");
	assert_int_equal(linkat(d->fd, "upper/d/f", d->fd, "upper/g", 0), 0);
	unit_symlink(d->fd, "upper/l", "/nowhere");
	assert_int_equal(mkfifoat(d->fd, "upper/p", 0600), 0);
	assert_int_equal(mknodat(d->fd, "upper/w", S_IFCHR, makedev(0, 0)), 0);
	make_socket(d->fd);
	assert_int_equal(setxattr(path, "user.overlay.opaque", "y", 1, 0), 0);
	assert_int_equal(fchmodat(d->fd, "upper/g", 04751, 0), 0);
	assert_int_equal(utimensat(d->fd, "upper/g", times, 0), 0);
	assert_int_equal(fchmodat(d->fd, "upper/d", 0700, 0), 0);
	assert_int_equal(utimensat(d->fd, "upper/d", times, 0), 0);
}

static void
copies_all_there_is(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autofree char *path = mem_printf("%s/to/d", d.path);
	autoerror err = { 0 };
	struct stat f, g;
	char value[8];

	(void)state;
	make_upper(&d);
	assert_ok(carry_tree(d.fd, "upper", d.fd, "to", &err), &err);
	assert_int_equal(fstatat(d.fd, "to/d/f", &f, 0), 0);
	assert_int_equal(fstatat(d.fd, "to/g", &g, 0), 0);
	assert_int_equal(f.st_ino, g.st_ino);
	assert_int_equal(f.st_mode, S_IFREG | 04751);
	assert_int_equal(f.st_size, 5);
	assert_int_equal(f.st_mtim.tv_sec, 7);
	assert_int_equal(f.st_mtim.tv_nsec, 8);
	assert_int_equal(fstatat(d.fd, "to/d", &f, 0), 0);
	assert_int_equal(f.st_mode, S_IFDIR | 0700);
	assert_int_equal(f.st_mtim.tv_sec, 7);
	assert_int_equal(getxattr(path, "user.overlay.opaque", value,
		sizeof(value)), 1);
	assert_int_equal(fstatat(d.fd, "to/l", &f, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(S_ISLNK(f.st_mode));
	assert_int_equal(fstatat(d.fd, "to/p", &f, 0), 0);
	assert_true(S_ISFIFO(f.st_mode));
	assert_int_equal(fstatat(d.fd, "to/w", &f, 0), 0);
	assert_true(S_ISCHR(f.st_mode) && f.st_rdev == 0);
	assert_int_equal(fstatat(d.fd, "to/s", &f, 0), -1);
}

static void
overwrites_nothing(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	unit_mkdir(d.fd, "upper");
	unit_mkdir(d.fd, "to");
	assert_fails(carry_tree(d.fd, "upper", d.fd, "to", &err), &err,
		EEXIST, "cannot make 'to'");
	assert_fails(carry_tree(d.fd, "missing", d.fd, "new", &err), &err,
		ENOENT, "cannot look at");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_all_there_is),
		cmocka_unit_test(overwrites_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
