/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/owner.h"
#include "util/scope.h"

#define ONE (const struct owner){ .uid = 1000, .gid = 42 }
#define NODE                                                                   \
	(const struct owner){ .uid = 1, .gid = 2, .type = S_IFBLK, .major = 8, \
		.minor = 16 }

static void
test_text(void **state)
{
	static const char *const wrong[] = {
		"", "1", "1:", ":1", "1:2:3", "1:2:c:3", "1:2:x:3:4",
		"-1:2", "1:4294967295", "1:2 ", "1:2:c:3:4:5",
	};
	char text[OWNER_TEXT_SIZE];
	struct owner o;

	(void)state;
	assert_int_equal(owner_format(&ONE, text), 7);
	assert_string_equal(text, "1000:42");
	assert_int_equal(owner_format(&NODE, text), 10);
	assert_string_equal(text, "1:2:b:8:16");
	assert_int_equal(owner_parse(text, 10, &o), 0);
	assert_int_equal(o.uid, 1);
	assert_int_equal(o.gid, 2);
	assert_int_equal(o.type, S_IFBLK);
	assert_int_equal(o.major, 8);
	assert_int_equal(o.minor, 16);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(owner_parse(wrong[i], strlen(wrong[i]), &o),
			-EINVAL);
	assert_int_equal(owner_parse("1:2\0", 4, &o), -EINVAL);
}

static void
test_names(void **state)
{
	cleanup_value(buf_release) struct buf list = { 0 };
	struct owner o;

	(void)state;
	buf_init(&list, 128);
	assert_int_equal(owner_names_find("", 0, "a", &o), 0);
	owner_names_set(&list, "a", &ONE);
	owner_names_set(&list, "b", &NODE);
	owner_names_set(&list, "c", &ONE);
	owner_names_set(&list, "a", &NODE);
	assert_int_equal(owner_names_find(list.data, list.len, "a", &o), 1);
	assert_int_equal(o.type, S_IFBLK);
	assert_int_equal(owner_names_find(list.data, list.len, "c", &o), 1);
	assert_int_equal(o.uid, 1000);
	owner_names_set(&list, "b", NULL);
	assert_int_equal(owner_names_find(list.data, list.len, "b", &o), 0);
	assert_int_equal(owner_names_find(list.data, list.len, "a", &o), 1);
	/* Cut off, and not one of ours. */
	assert_int_equal(owner_names_find("1:1/a", 5, "a", &o), 0);
	assert_int_equal(owner_names_find("x:1/a", 6, "a", &o), 0);
	assert_int_equal(owner_names_find("1:1a", 5, "a", &o), 0);
}

/* A new directory, open; skips where the file system has no attributes. */
static int
make_dir(char path[32])
{
	int fd;

	(void)snprintf(path, 32, "/var/tmp/owner.XXXXXX");
	assert_non_null(mkdtemp(path));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	if (owner_record(fd, "", &ONE) == -ENOTSUP)
		skip();
	return fd;
}

static void
test_files(void **state)
{
	char path[32];
	autoclose int dir = make_dir(path);
	autoclose int file = openat(dir, "f", O_RDWR | O_CREAT | O_CLOEXEC,
		0644);
	struct owner o;
	struct stat st;

	(void)state;
	assert_int_equal(owner_read(dir, &o), 1);
	assert_int_equal(o.uid, 1000);
	assert_int_equal(owner_read(file, &o), 0);
	assert_int_equal(owner_record(file, "", &NODE), 0);
	assert_int_equal(fstat(file, &st), 0);
	owner_look_at(dir, "f", &st);
	assert_true(S_ISBLK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(st.st_rdev, makedev(8, 16));
	assert_int_equal(owner_record(file, "", NULL), 0);
	assert_int_equal(owner_record(file, "", NULL), 0);
	assert_int_equal(owner_read(file, &o), 0);
	(void)unlinkat(dir, "f", 0);
	(void)rmdir(path);
}

static void
test_links(void **state)
{
	char path[32];
	autoclose int dir = make_dir(path);
	struct stat st;

	(void)state;
	assert_int_equal(symlinkat("x", dir, "l"), 0);
	assert_int_equal(owner_record(dir, "l", NULL), 0);
	assert_int_equal(owner_record(dir, "l", &ONE), 0);
	assert_int_equal(fstatat(dir, "l", &st, AT_SYMLINK_NOFOLLOW), 0);
	owner_look_at(dir, "l", &st);
	assert_int_equal(st.st_uid, 1000);
	assert_int_equal(st.st_gid, 42);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(owner_record(dir, "l", NULL), 0);
	assert_int_equal(fgetxattr(dir, OWNER_NAMES_ATTRIBUTE, NULL, 0), -1);
	(void)unlinkat(dir, "l", 0);
	(void)rmdir(path);
}

static uid_t
owner_of(int dir, const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	st.st_uid = 0;
	owner_look_at(dir, name, &st);
	return st.st_uid;
}

/* More links than an attribute has room for: the names of some are enough. */
static void
test_many_links(void **state)
{
	char path[32], name[32];
	autoclose int dir = make_dir(path);

	(void)state;
	for (int i = 0; i < 1500; i++) {
		(void)snprintf(name, sizeof(name), "a-longer-name-%d", i);
		assert_int_equal(symlinkat("x", dir, name), 0);
		if (i == 7)
			continue;
		assert_int_equal(owner_record(dir, name,
			i == 9 ? &NODE : &ONE), 0);
	}
	assert_int_equal(owner_of(dir, "a-longer-name-0"), 1000);
	assert_int_equal(owner_of(dir, "a-longer-name-1499"), 1000);
	assert_int_equal(owner_of(dir, "a-longer-name-7"), 0);
	assert_int_equal(owner_of(dir, "a-longer-name-9"), 1);
	assert_int_equal(owner_record(dir, "a-longer-name-8", NULL), 0);
	assert_int_equal(owner_of(dir, "a-longer-name-8"), 0);
	assert_int_equal(owner_record(dir, "a-longer-name-8", &ONE), 0);
	assert_int_equal(owner_of(dir, "a-longer-name-8"), 1000);
	/* What the overlay marks as deleted is nobody's. */
	if (mknodat(dir, "gone", S_IFCHR, 0) == 0)
		assert_int_equal(owner_of(dir, "gone"), 0);
	(void)close(take_fd(&dir));
	assert_int_equal(fs_remove_tree(AT_FDCWD, path, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_many_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
