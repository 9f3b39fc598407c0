/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include "builder/entry.h"

static int
read_it(int dir_fd, const char *name, int fd, struct tar_entry *ret,
	struct error *err)
{
	struct stat st;

	assert_int_equal(fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return entry_read(dir_fd, name, &st, fd, ret, err);
}

static void
files_of_every_kind(void **state)
{
	static const struct {
		const char *name;
		enum tar_kind kind;
		mode_t mode;
		uint64_t size;
	} table[] = {
		{ "file", TAR_FILE, 04640, 4 },
		{ "dir", TAR_DIR, 01750, 0 },
		{ "link", TAR_SYMLINK, 0777, 0 },
		{ "pipe", TAR_FIFO, 0600, 0 },
	};
	unit_dir_auto d = unit_dir_make();

	(void)state;
	unit_write(d.fd, "file", "text");
	unit_mkdir(d.fd, "dir");
	unit_symlink(d.fd, "link", "/to/there");
	assert_int_equal(mkfifoat(d.fd, "pipe", 0600), 0);
	assert_int_equal(fchmodat(d.fd, "file", 04640, 0), 0);
	assert_int_equal(fchmodat(d.fd, "dir", 01750, 0), 0);
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		cleanup_value(tar_entry_release) struct tar_entry e = { 0 };
		autoerror err = { 0 };

		assert_int_equal(
			read_it(d.fd, table[n].name, -1, &e, &err), 1);
		assert_int_equal(e.kind, table[n].kind);
		assert_int_equal(e.mode, table[n].mode);
		assert_int_equal(e.size, table[n].size);
		assert_int_equal(e.uid, getuid());
		assert_null(e.path);
		if (e.kind == TAR_SYMLINK)
			assert_string_equal(e.link, "/to/there");
	}
}

static void
times_have_nanoseconds(void **state)
{
	const struct timespec times[2] = { { 0 }, { -5, 123456789 } };
	unit_dir_auto d = unit_dir_make();
	cleanup_value(tar_entry_release) struct tar_entry e = { 0 };
	autoerror err = { 0 };

	(void)state;
	unit_write(d.fd, "f", "");
	assert_int_equal(utimensat(d.fd, "f", times, 0), 0);
	assert_int_equal(read_it(d.fd, "f", -1, &e, &err), 1);
	assert_int_equal(e.mtime, -5);
	assert_int_equal(e.mtime_ns, 123456789);
}

static void
attributes_come_along(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup_value(tar_entry_release) struct tar_entry e = { 0 };
	autoclose int fd = -1;
	autoerror err = { 0 };

	(void)state;
	unit_write(d.fd, "f", "");
	fd = openat(d.fd, "f", O_RDONLY | O_CLOEXEC);
	if (fsetxattr(fd, "user.b", "two", 3, 0) < 0)
		skip();		/* a file system without them */
	assert_int_equal(fsetxattr(fd, "user.a", "", 0, 0), 0);
	assert_int_equal(fsetxattr(fd, "user.slipway.x", "1", 1, 0), 0);
	assert_int_equal(read_it(d.fd, "f", fd, &e, &err), 1);
	assert_int_equal(e.xattr_count, 2);
	assert_string_equal(e.xattrs[0].name, "user.a");
	assert_int_equal(e.xattrs[0].size, 0);
	assert_string_equal(e.xattrs[1].name, "user.b");
	assert_memory_equal(e.xattrs[1].value, "two", 3);
}

static void
a_socket_is_nothing(void **state)
{
	unit_dir_auto d = unit_dir_make();
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct tar_entry e = { 0 };
	autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	autoerror err = { 0 };

	(void)state;
	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%s/s", d.path);
	assert_int_equal(
		bind(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(read_it(d.fd, "s", -1, &e, &err), 0);
}

static void
a_link_that_went_away(void **state)
{
	unit_dir_auto d = unit_dir_make();
	struct tar_entry e = { 0 };
	autoerror err = { 0 };
	struct stat st;

	(void)state;
	unit_symlink(d.fd, "l", "x");
	assert_int_equal(fstatat(d.fd, "l", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(unlinkat(d.fd, "l", 0), 0);
	assert_fails(entry_read(d.fd, "l", &st, -1, &e, &err), &err, ENOENT,
		"cannot read link 'l'");
	assert_null(e.link);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_every_kind),
		cmocka_unit_test(times_have_nanoseconds),
		cmocka_unit_test(attributes_come_along),
		cmocka_unit_test(a_socket_is_nothing),
		cmocka_unit_test(a_link_that_went_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
