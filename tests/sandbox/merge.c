/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "sandbox/merge.h"

static void
set(const struct unit_dir *d, const char *name, const char *attribute,
	const char *value)
{
	autofree char *path = mem_printf("%s/%s", d->path, name);

	assert_int_equal(setxattr(path, attribute, value, strlen(value), 0),
		0);
}

static bool
has(const struct unit_dir *d, const char *name, const char *attribute)
{
	autofree char *path = mem_printf("%s/%s", d->path, name);

	return getxattr(path, attribute, NULL, 0) >= 0;
}

static bool
is_there(const struct unit_dir *d, const char *name)
{
	return faccessat(d->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
merge(const struct unit_dir *d, const char *layer)
{
	autoclose int from = openat(d->fd, layer, O_RDONLY | O_DIRECTORY);
	autoclose int to = openat(d->fd, "to", O_RDONLY | O_DIRECTORY);
	autoerror err = { 0 };

	assert_ok(merge_layer(from, to, &err), &err);
}

static void
make_low(const struct unit_dir *d)
{
	unit_mkdir(d->fd, "to");
	unit_mkdir(d->fd, "low");
	unit_mkdir(d->fd, "low/d");
	unit_mkdir(d->fd, "low/o");
	unit_mkdir(d->fd, "low/gone");
	unit_write(d->fd, "low/d/a", "a");
	unit_write(d->fd, "low/d/b", "b");
	unit_write(d->fd, "low/o/f", "f");
	unit_write(d->fd, "low/gone/f", "f");
	unit_write(d->fd, "low/file", "file");
	unit_symlink(d->fd, "low/l", "nowhere");
	assert_int_equal(linkat(d->fd, "low/file", d->fd, "low/twin", 0), 0);
	set(d, "low/file", "user.kind", "x");
	set(d, "low/d", "user.low", "x");
}

static void
make_top(const struct unit_dir *d)
{
	const struct timespec times[2] = { { 5, 6 }, { 7, 8 } };

	unit_mkdir(d->fd, "top");
	unit_mkdir(d->fd, "top/d");
	unit_mkdir(d->fd, "top/o");
	unit_mkdir(d->fd, "top/file");
	unit_write(d->fd, "top/d/a", "other");
	unit_write(d->fd, "top/d/b", "");
	unit_write(d->fd, "top/l", "no link");
	assert_int_equal(mknodat(d->fd, "top/gone", S_IFCHR, makedev(0, 0)),
		0);
	set(d, "top/d", "user.overlay.opaque", "x");
	set(d, "top/d/b", "user.overlay.whiteout", "");
	set(d, "top/d/a", "user.overlay.origin", "x");
	set(d, "top/d", "user.slipway.owner", "1:2");
	set(d, "top/o", "user.overlay.opaque", "y");
	assert_int_equal(fchmodat(d->fd, "top/d", 02711, 0), 0);
	assert_int_equal(utimensat(d->fd, "top/d", times, 0), 0);
}

static void
copies_what_is_there(void **state)
{
	unit_dir_auto d = unit_dir_make();
	struct stat st;

	(void)state;
	make_low(&d);
	merge(&d, "low");
	assert_true(is_there(&d, "to/d/a") && is_there(&d, "to/gone/f"));
	assert_true(is_there(&d, "to/l"));
	assert_true(has(&d, "to/file", "user.kind"));
	assert_int_equal(fstatat(d.fd, "to/twin", &st, 0), 0);
	assert_int_equal(st.st_nlink, 1);
}

static void
upper_layers_win(void **state)
{
	unit_dir_auto d = unit_dir_make();
	struct stat st;

	(void)state;
	make_low(&d);
	make_top(&d);
	merge(&d, "low");
	merge(&d, "top");
	assert_false(is_there(&d, "to/gone") || is_there(&d, "to/d/b") ||
		is_there(&d, "to/o/f"));
	assert_int_equal(fstatat(d.fd, "to/d/a", &st, 0), 0);
	assert_int_equal(st.st_size, 5);
	assert_int_equal(fstatat(d.fd, "to/l", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(fstatat(d.fd, "to/file", &st, 0), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(fstatat(d.fd, "to/d", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 02711);
	assert_int_equal(st.st_mtim.tv_sec, 7);
}

/* Attributes are those of the topmost, and of no overlay. */
static void
marks_stay_behind(void **state)
{
	unit_dir_auto d = unit_dir_make();

	(void)state;
	make_low(&d);
	make_top(&d);
	merge(&d, "low");
	merge(&d, "top");
	assert_true(has(&d, "to/d", "user.slipway.owner"));
	assert_false(has(&d, "to/d", "user.low"));
	assert_false(has(&d, "to/d", "user.overlay.opaque"));
	assert_false(has(&d, "to/o", "user.overlay.opaque"));
	assert_false(has(&d, "to/d/a", "user.overlay.origin"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_what_is_there),
		cmocka_unit_test(upper_layers_win),
		cmocka_unit_test(marks_stay_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
