/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/xattr.h>

#include "builder/xattr.h"

static void
names_that_come_along(void **state)
{
	static const struct {
		const char *name;
		bool is_copied;
	} table[] = {
		{ "user.x", true },
		{ "user.overlay.opaque", false },
		{ "user.overlayer", true },
		{ "user.slipway.owner", false },
		{ "security.capability", true },
		{ "security.selinux", false },
		{ "system.posix_acl_access", false },
		{ "trusted.overlay.opaque", false },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++)
		assert_int_equal(xattr_is_copied(table[n].name),
			table[n].is_copied);
}

static void
set(int fd, const char *name, const char *value)
{
	if (fsetxattr(fd, name, value, strlen(value), 0) < 0)
		skip();		/* a file system without them */
}

static int
digest(int fd, struct digest *ret)
{
	autoerror err = { 0 };
	int r = xattr_digest(fd, ret, &err);

	assert_ok(r, &err);
	return r;
}

static void
the_digest_is_of_names_and_values(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autoclose int one = -1, other = -1;
	struct digest a = { 0 }, b = { 0 };

	(void)state;
	unit_write(dir.fd, "one", "");
	unit_write(dir.fd, "other", "");
	one = openat(dir.fd, "one", O_RDONLY | O_CLOEXEC);
	other = openat(dir.fd, "other", O_RDONLY | O_CLOEXEC);
	assert_int_equal(digest(one, &a), 0);
	assert_true(digest_is_none(&a));
	set(one, "user.slipway.x", "ours");
	assert_int_equal(digest(one, &a), 0);
	assert_true(digest_is_none(&a));
	/* In any order of setting. */
	set(one, "user.a", "1");
	set(one, "user.b", "2");
	set(other, "user.b", "2");
	set(other, "user.a", "1");
	assert_int_equal(digest(one, &a), 2);
	assert_int_equal(digest(other, &b), 2);
	assert_true(digest_equal(&a, &b));
	set(other, "user.a", "12");
	assert_int_equal(digest(other, &b), 2);
	assert_false(digest_equal(&a, &b));
}

static void
no_descriptor(void **state)
{
	struct digest d;
	autoerror err = { 0 };

	(void)state;
	assert_fails(xattr_digest(-1, &d, &err), &err, EBADF,
		"cannot list attributes");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_come_along),
		cmocka_unit_test(the_digest_is_of_names_and_values),
		cmocka_unit_test(no_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
