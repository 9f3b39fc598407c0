/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/store-version.h"

static void
an_empty_directory_becomes_a_store(void **state)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	unit_dir_auto dir = unit_dir_make();
	autoclose int fd = -1;
	autoclose int again = -1;
	autoerror err = { 0 };

	(void)state;
	unit_mkdir(dir.fd, "trees");
	assert_ok(store_version_open(dir.fd, "s", &fd, &err), &err);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_ok(fs_read_file(dir.fd, "version", 16, &text, &err), &err);
	assert_string_equal(buf_text(&text), "1\n");
	assert_ok(store_version_open(dir.fd, "s", &again, &err), &err);
}

static void
other_directories_do_not(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autoerror err = { 0 };
	int fd = -1;

	(void)state;
	unit_write(dir.fd, "thesis.tex", "x");
	assert_fails(store_version_open(dir.fd, "s", &fd, &err), &err, EEXIST,
		"'s' is not empty");
	assert_int_equal(fs_has(dir.fd, "version", NULL), 0);
	assert_int_equal(fd, -1);
}

static void
formats_are_checked(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *story;
	} cases[] = {
		{ "2\n", ENOTSUP, "has format 2" },
		{ "2147483648\n", EBADMSG, "damaged" },
		{ "0\n", EBADMSG, "damaged" },
		{ "-1\n", EBADMSG, "damaged" },
		{ "", EBADMSG, "damaged" },
		{ "one\n", EBADMSG, "damaged" },
		{ "100000000000000000000\n", EBADMSG, "damaged" },
	};
	unit_dir_auto dir = unit_dir_make();
	autoerror err = { 0 };
	int fd = -1;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unit_write(dir.fd, "version", cases[i].text);
		assert_fails(store_version_open(dir.fd, "s", &fd, &err), &err,
			cases[i].code, cases[i].story);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_directory_becomes_a_store),
		cmocka_unit_test(other_directories_do_not),
		cmocka_unit_test(formats_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
