/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>

#include "sandbox/account.h"

#define PASSWD                                                                 \
	"root:x:0:0:root:/root:/bin/sh\n"                                      \
	"damaged\n"                                                            \
	"broken:x:ten:10::/:/bin/sh\n"                                         \
	"huge:x:4294967295:1::/:/bin/sh\n"                                     \
	"alice:x:1000:100:Alice:/home/alice:/bin/sh\n"                         \
	"1000:x:0:0:a name of digits:/root:/bin/sh\n"                          \
	"bare:x:7:8"
#define GROUP                                                                  \
	"root:x:0:\n"                                                          \
	"users:x:100:\n"                                                       \
	"wheel:x:10:root,alice\n"                                              \
	"audio:x:29:alice\n"                                                   \
	"alicex:x:30:alicex,xalice\n"                                          \
	"bad:x:-1:alice\n"


static struct unit_dir
make_root(void)
{
	struct unit_dir d = unit_dir_make();

	unit_mkdir(d.fd, "etc");
	unit_write(d.fd, "etc/passwd", PASSWD);
	unit_write(d.fd, "etc/group", GROUP);
	return d;
}

static void
finds_names_and_numbers(void **state)
{
	static const struct row {
		const char *user;
		uint32_t uid, gid;
		size_t groups;
		const char *home;
	} rows[] = {
		{ NULL, 0, 0, 2, "/root" },
		{ "", 0, 0, 2, "/root" },
		{ "root", 0, 0, 2, "/root" },
		{ "alice", 1000, 100, 3, "/home/alice" },
		/* A name of digits is a number (CVE-2016-3697). */
		{ "1000", 1000, 100, 3, "/home/alice" },
		{ "alice:audio", 1000, 29, 1, "/home/alice" },
		{ "alice:7", 1000, 7, 1, "/home/alice" },
		{ "5:6", 5, 6, 1, "/" },
		{ "5", 5, 0, 1, "/" },
		{ "bare", 7, 8, 1, "/" },
		{ "4294967294", 4294967294, 0, 1, "/" },
		{ ":7", 0, 7, 1, "/root" },
		{ "alice:", 1000, 100, 3, "/home/alice" },
	};
	unit_dir_auto d = make_root();
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cleanup_value(account_release) struct account a = { 0 };

		assert_ok(account_find(d.fd, rows[i].user, &a, &err), &err);
		assert_int_equal(a.uid, rows[i].uid);
		assert_int_equal(a.gid, rows[i].gid);
		assert_int_equal(a.group_count, rows[i].groups);
		assert_string_equal(a.home, rows[i].home);
	}
}

static void
refuses_what_is_no_user(void **state)
{
	static const struct row {
		const char *user;
		int code;
		const char *text;
	} rows[] = {
		{ "nobody", ENOENT, "unable to find user nobody: no matching "
			"entry in /etc/passwd" },
		{ "alice:nogroup", ENOENT, "unable to find group nogroup" },
		{ "1000:abc", ENOENT, "unable to find group abc" },
		{ "+5", ENOENT, "unable to find user +5" },
		{ "-1", ENOENT, "unable to find user -1" },
		/* containerd, CVE-2024-40635 */
		{ "4294967295", EINVAL, "not between 0 and 4294967294" },
		{ "4294967296", EINVAL, "not between" },
		{ "18446744073709551616:0", EINVAL, "not between" },
		{ "0:4294967296", EINVAL, "group id" },
		{ "a:b:c", EINVAL, "not USER[:GROUP]" },
		{ "broken", ENOENT, "unable to find user" },
		{ "huge", ENOENT, "unable to find user" },
	};
	unit_dir_auto d = make_root();
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct account a = { .uid = 77 };

		assert_fails(account_find(d.fd, rows[i].user, &a, &err), &err,
			rows[i].code, rows[i].text);
		assert_int_equal(a.uid, 77);
	}
}

static void
owners_of_copies_differ(void **state)
{
	unit_dir_auto d = make_root();
	autoerror err = { 0 };
	uint32_t uid, gid;

	(void)state;
	assert_ok(account_find_owner(d.fd, "1000", &uid, &gid, &err), &err);
	assert_int_equal(uid, 1000);
	assert_int_equal(gid, 1000);
	assert_ok(account_find_owner(d.fd, "alice", &uid, &gid, &err), &err);
	assert_int_equal(gid, 100);
	assert_ok(account_find_owner(d.fd, "1:wheel", &uid, &gid, &err), &err);
	assert_int_equal(uid, 1);
	assert_int_equal(gid, 10);
	assert_fails(account_find_owner(d.fd, "bob", &uid, &gid, &err), &err,
		ENOENT, "user bob");
	assert_int_equal(uid, 1);
	assert_ok(account_find_owner(d.fd, ":5", &uid, &gid, &err), &err);
	assert_int_equal(uid, 0);
	assert_int_equal(gid, 5);
}

static void
needs_no_files_for_numbers(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup_value(account_release) struct account a = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(account_find(d.fd, "12:13", &a, &err), &err);
	assert_int_equal(a.gid, 13);
	assert_fails(account_find(d.fd, "alice", &a, &err), &err, ENOENT,
		"no matching entry");
}

/* CVE-2024-9676: what is no regular file is not read, what is a link does not
 * lead out. */
static void
reads_regular_files_inside_only(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup_value(account_release) struct account a = { 0 };
	autoerror err = { 0 };

	(void)state;
	unit_mkdir(d.fd, "etc");
	assert_int_equal(mkfifoat(d.fd, "etc/passwd", 0644), 0);
	assert_fails(account_find(d.fd, "alice", &a, &err), &err, EINVAL,
		"no regular file");
	assert_int_equal(unlinkat(d.fd, "etc/passwd", 0), 0);
	unit_symlink(d.fd, "etc/passwd", "/../../../../../etc/passwd");
	assert_int_equal(account_find(d.fd, "root", &a, NULL), -ELOOP);
	assert_int_equal(unlinkat(d.fd, "etc/passwd", 0), 0);
	unit_symlink(d.fd, "etc/passwd", "/../../../../../other");
	unit_write(d.fd, "other", "carol:x:5:6::/c:/bin/sh\n");
	assert_ok(account_find(d.fd, "carol", &a, &err), &err);
	assert_int_equal(a.uid, 5);
}

static void
refuses_large_files(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup_value(account_release) struct account a = { 0 };
	autoerror err = { 0 };

	(void)state;
	unit_mkdir(d.fd, "etc");
	unit_write(d.fd, "etc/passwd", "");
	for (int i = 0; i < 2; i++) {
		autofree char *path = mem_printf("%s/etc/passwd", d.path);

		assert_int_equal(truncate(path, (off_t)MiB(10) + i), 0);
		if (i == 0)
			assert_fails(account_find(d.fd, "x", &a, &err), &err,
				ENOENT, "user x");
		else
			assert_fails(account_find(d.fd, "x", &a, &err), &err,
				EFBIG, "larger than");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_names_and_numbers),
		cmocka_unit_test(refuses_what_is_no_user),
		cmocka_unit_test(owners_of_copies_differ),
		cmocka_unit_test(needs_no_files_for_numbers),
		cmocka_unit_test(reads_regular_files_inside_only),
		cmocka_unit_test(refuses_large_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
