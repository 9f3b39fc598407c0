/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sandbox/inside.h"

#include <sys/mount.h>

#include "sandbox/overlay.h"

static const char *const lowers[] = { "low", "top" };

static void
make_layers(const struct unit_dir *d)
{
	unit_mkdir(d->fd, "low");
	unit_mkdir(d->fd, "top");
	unit_mkdir(d->fd, "dir");
	unit_mkdir(d->fd, "dir/" OVERLAY_UPPER);
	unit_mkdir(d->fd, "dir/" OVERLAY_WORK);
	unit_write(d->fd, "low/a", "low");
	unit_write(d->fd, "low/b", "low");
	unit_write(d->fd, "top/a", "top");
}

/* Mounts go with the test program's namespace; these go before its files. */
static int
mount_layers(const struct unit_dir *d, size_t count, bool has_upper,
	struct error *err)
{
	autoclose int dir_fd = openat(d->fd, "dir",
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct overlay o = {
		.base = d->path, .lowers = lowers, .count = count,
		.dir_fd = dir_fd, .has_upper = has_upper,
	};

	return overlay_mount(&o, err);
}

static void
unmount(const struct unit_dir *d)
{
	autofree char *path = mem_printf("%s/dir/" OVERLAY_UPPER, d->path);

	assert_int_equal(umount2(path, MNT_DETACH), 0);
}

static void
assert_reads(const struct unit_dir *d, const char *name, const char *text)
{
	cleanup_value(buf_release) struct buf b = { 0 };

	buf_init(&b, KiB(1));
	assert_int_equal(fs_read_file(d->fd, name, KiB(1), &b, NULL), 0);
	assert_string_equal(buf_text(&b), text);
}

static void
changes_go_up(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	make_layers(&d);
	assert_ok(mount_layers(&d, 2, true, &err), &err);
	assert_reads(&d, "dir/upper/a", "top");
	assert_reads(&d, "dir/upper/b", "low");
	unit_write(d.fd, "dir/upper/c", "new");
	unmount(&d);
	assert_reads(&d, "dir/upper/c", "new");
	assert_int_equal(fs_has(d.fd, "top/c", NULL), 0);
	assert_int_equal(fs_has(d.fd, "dir/upper/a", NULL), 0);
}

static void
without_upper_nothing_is_written(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	make_layers(&d);
	assert_ok(mount_layers(&d, 2, false, &err), &err);
	assert_reads(&d, "dir/upper/a", "top");
	assert_int_equal(mkdirat(d.fd, "dir/upper/x", 0755), -1);
	assert_int_equal(errno, EROFS);
	unmount(&d);
}

static void
there_is_a_limit(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	make_layers(&d);
	assert_int_equal(mount_layers(&d, OVERLAY_LOWERS_MAX + 1, true, &err),
		-E2BIG);
	assert_non_null(err.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_go_up),
		cmocka_unit_test(without_upper_nothing_is_written),
		cmocka_unit_test(there_is_a_limit),
	};

	return cmocka_run_group_tests(tests, inside_enter, NULL);
}
