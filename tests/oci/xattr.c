/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/xattr.h>

#include "oci/xattr.h"

static void
names_that_travel(void **state)
{
	static const struct {
		const char *name;
		bool travels;
	} names[] = {
		{ "user.a", true },
		{ "security.capability", true },
		{ "system.posix_acl_access", true },
		{ "system.posix_acl_default", true },
		{ "user.overlay.opaque", false },
		{ "user.slipway", false },
		{ "user.slipway.owner", false },
		{ "trusted.overlay.opaque", false },
		{ "trusted.a", false },
		{ "security.selinux", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(xattr_travels(names[i].name),
			names[i].travels);
}

/* An open file in `dir`. */
static int
make_file(const struct unit_dir *dir)
{
	int fd;

	unit_write(dir->fd, "file", "x");
	fd = openat(dir->fd, "file", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void
what_travels_comes_sorted(void **state)
{
	static const struct tar_xattr items[] = {
		{ (char *)"user.z", (char *)"1", 1 },
		{ (char *)"user.a", (char *)"", 0 },
		{ (char *)"user.overlay.opaque", (char *)"y", 1 },
	};
	unit_dir_auto dir = unit_dir_make();
	cleanup_value(xattrs_release) struct xattrs x = { 0 };
	autoclose int fd = make_file(&dir);
	autoerror err = { 0 };

	(void)state;
	assert_ok(xattrs_write(fd, items, ARRAY_SIZE(items), &err), &err);
	assert_int_equal(fsetxattr(fd, "user.slipwayed", "1", 1, 0), 0);
	assert_ok(xattrs_read(fd, &x, &err), &err);
	assert_int_equal(x.count, 2);
	assert_string_equal(x.items[0].name, "user.a");
	assert_int_equal(x.items[0].size, 0);
	assert_string_equal(x.items[1].name, "user.z");
	assert_memory_equal(x.items[1].value, "1", 1);
	/* An image cannot bring a mark. */
	assert_int_equal(x.marks, 0);
	xattrs_release(&x);
	xattrs_release(&x);
}

static void
marks_are_seen(void **state)
{
	static const struct {
		const char *name, *value;
		unsigned marks;
	} cases[] = {
		{ "user.overlay.opaque", "x", XATTR_HOLDS_WHITEOUTS },
		{ "user.overlay.opaque", "y", XATTR_OPAQUE },
		{ "user.overlay.opaque", "yes", 0 },
		{ "user.overlay.whiteout", "", XATTR_WHITEOUT },
		{ "user.overlay.origin", "y", 0 },
	};
	unit_dir_auto dir = unit_dir_make();
	autoclose int fd = make_file(&dir);
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_value(xattrs_release) struct xattrs x = { 0 };

		assert_int_equal(fsetxattr(fd, cases[i].name, cases[i].value,
			strlen(cases[i].value), 0), 0);
		assert_ok(xattrs_read(fd, &x, &err), &err);
		assert_int_equal(x.marks, cases[i].marks);
		assert_int_equal(x.count, 0);
		assert_int_equal(fremovexattr(fd, cases[i].name), 0);
	}
	assert_ok(xattr_make_opaque(dir.fd, &err), &err);
	assert_int_equal(fgetxattr(dir.fd, "user.overlay.opaque", NULL, 0), 1);
}

static void
failures_are_told(void **state)
{
	static const struct tar_xattr item = { (char *)"user.a", (char *)"1",
		1 };
	struct xattrs x = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_fails(xattrs_read(-1, &x, &err), &err, EBADF, "cannot list");
	assert_fails(xattrs_write(-1, &item, 1, &err), &err, EBADF, "'user.a'");
	assert_fails(xattr_make_opaque(-1, &err), &err, EBADF, "opaque");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_travel),
		cmocka_unit_test(what_travels_comes_sorted),
		cmocka_unit_test(marks_are_seen),
		cmocka_unit_test(failures_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
