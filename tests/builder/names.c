/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <dirent.h>

#include "builder/names.h"

static void
sorted_by_bytes_with_their_types(void **state)
{
	static const struct name expected[] = {
		{ "B", DT_DIR },
		{ "a", DT_REG },
		{ "b", DT_LNK },
		{ "\xc3\xa4", DT_REG },
	};
	unit_dir_auto dir = unit_dir_make();
	cleanup_value(names_release) struct names n = { 0 };
	autoerror err = { 0 };

	(void)state;
	unit_symlink(dir.fd, "b", "a");
	unit_write(dir.fd, "\xc3\xa4", "");
	unit_write(dir.fd, "a", "");
	unit_mkdir(dir.fd, "B");
	assert_ok(names_read(dir.fd, &n, &err), &err);
	assert_int_equal(n.count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < n.count; i++) {
		assert_string_equal(n.items[i].text, expected[i].text);
		/* Some file systems do not tell. */
		if (n.items[i].type != DT_UNKNOWN)
			assert_int_equal(n.items[i].type, expected[i].type);
	}
}

static void
an_empty_directory(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup_value(names_release) struct names n = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(names_read(dir.fd, &n, &err), &err);
	assert_int_equal(n.count, 0);
	names_release(&n);
	names_release(&n);
}

/* More than the kernel tells at once. */
static void
many_names(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup_value(names_release) struct names n = { 0 };
	autoerror err = { 0 };
	char name[64];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		(void)snprintf(name, sizeof(name), "a-rather-long-name-%04d", i);
		unit_write(dir.fd, name, "");
	}
	assert_ok(names_read(dir.fd, &n, &err), &err);
	assert_int_equal(n.count, 2000);
	assert_string_equal(n.items[0].text, "a-rather-long-name-0000");
	assert_string_equal(n.items[1999].text, "a-rather-long-name-1999");
}

static void
no_directory(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	struct names n = { 0 };
	autoerror err = { 0 };
	autoclose int fd = -1;

	(void)state;
	unit_write(dir.fd, "f", "");
	fd = openat(dir.fd, "f", O_RDONLY | O_CLOEXEC);
	assert_fails(names_read(fd, &n, &err), &err, ENOTDIR,
		"cannot read the directory");
	assert_null(n.items);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorted_by_bytes_with_their_types),
		cmocka_unit_test(an_empty_directory),
		cmocka_unit_test(many_names),
		cmocka_unit_test(no_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
