/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/xattr.h>

#include "oci/pack-names.h"

#define autonames cleanup_value(pack_names_release) struct pack_names

/* The names in the order they came, each with a "-" before a whiteout. */
static char *
joined(const struct pack_names *n)
{
	cleanup_value(buf_release) struct buf b = { 0 };

	buf_init(&b, KiB(4));
	for (size_t i = 0; i < n->count; i++)
		buf_addf(&b, "%s%s%s", i ? " " : "",
			n->items[i].whiteout ? "-" : "", n->items[i].text);
	return buf_steal(&b);
}

static void
names_are_sorted_by_bytes(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autoerror err = { 0 };
	autonames n = { 0 }, again = { 0 };

	(void)state;
	unit_write(dir.fd, "b", "");
	unit_write(dir.fd, "B", "");
	unit_mkdir(dir.fd, "a");
	unit_symlink(dir.fd, ".c", "x");
	unit_write(dir.fd, "\xff", "");
	assert_ok(pack_names_read(dir.fd, false, &n, &err), &err);
	assert_text(joined(&n), ".c B a b \xff");
	/* Whoever read the directory before. */
	assert_ok(pack_names_read(dir.fd, false, &again, &err), &err);
	assert_int_equal(again.count, 5);
}

static void
whiteouts_come_first(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autoerror err = { 0 };
	autonames plain = { 0 }, mixed = { 0 };
	autoclose int fd = -1;

	(void)state;
	unit_write(dir.fd, "a", "");
	unit_write(dir.fd, "z", "");
	fd = openat(dir.fd, "z", O_RDONLY | O_CLOEXEC);
	assert_int_equal(fsetxattr(fd, "user.overlay.whiteout", "", 0, 0), 0);
	assert_ok(pack_names_read(dir.fd, false, &plain, &err), &err);
	assert_text(joined(&plain), "a z");
	assert_ok(pack_names_read(dir.fd, true, &mixed, &err), &err);
	assert_text(joined(&mixed), "-z a");
}

static void
many_names(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autoerror err = { 0 };
	autonames n = { 0 };

	(void)state;
	for (int i = 0; i < 3000; i++) {
		autofree char *name = mem_printf("%0100d", 9999 - i);

		unit_write(dir.fd, name, "");
	}
	assert_ok(pack_names_read(dir.fd, false, &n, &err), &err);
	assert_int_equal(n.count, 3000);
	for (size_t i = 1; i < n.count; i++)
		assert_true(strcmp(n.items[i - 1].text, n.items[i].text) < 0);
}

static void
no_directory(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autoerror err = { 0 };
	autoclose int fd = -1;
	autonames n = { 0 };

	(void)state;
	unit_write(dir.fd, "a", "");
	fd = openat(dir.fd, "a", O_RDONLY | O_CLOEXEC);
	assert_fails(pack_names_read(fd, false, &n, &err), &err, ENOTDIR,
		"cannot read directory");
	assert_fails(pack_names_read(-1, false, &n, &err), &err, EBADF,
		"cannot read directory");
	assert_null(n.items);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_sorted_by_bytes),
		cmocka_unit_test(whiteouts_come_first),
		cmocka_unit_test(many_names),
		cmocka_unit_test(no_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
