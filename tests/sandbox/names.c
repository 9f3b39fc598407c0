/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sandbox/inside.h"

#include "sandbox/names.h"

static void
writes_into_the_scratch(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	cleanup_value(strv_release) struct strv extra = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	struct sandbox_spec spec = { .extra_hosts = &extra };
	autofree char *hosts = NULL;
	autofree char *resolv = NULL;
	autoerror err = { 0 };
	struct stat st;

	(void)state;
	inside_make_layer(&d);
	root = inside_open(&d, NULL);
	spec.rootfs = root;
	strv_add(&extra, "db:10.0.0.1");
	assert_ok(names_write_hosts(&spec, &hosts, &err), &err);
	assert_ptr_equal(strstr(hosts, rootfs_scratch(root)), hosts);
	assert_int_equal(stat(hosts, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	buf_init(&text, KiB(4));
	assert_ok(fs_read_file(AT_FDCWD, hosts, KiB(4), &text, &err), &err);
	assert_non_null(strstr(buf_text(&text), "localhost slipway\n"));
	assert_non_null(strstr(buf_text(&text), "10.0.0.1\tdb\n"));
	/* Shared with the host: its file is the one. */
	assert_ok(names_write_resolv(&spec, &resolv, &err), &err);
	assert_null(strstr(resolv, rootfs_scratch(root)));
}

static void
refuses_what_is_no_host(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	cleanup_value(strv_release) struct strv extra = { 0 };
	struct sandbox_spec spec = { .extra_hosts = &extra };
	autoerror err = { 0 };
	char *hosts = NULL;

	(void)state;
	inside_make_layer(&d);
	root = inside_open(&d, NULL);
	spec.rootfs = root;
	strv_add(&extra, "db\n10.0.0.1");
	assert_fails(names_write_hosts(&spec, &hosts, &err), &err, EINVAL,
		"is not NAME:ADDRESS");
	assert_null(hosts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_into_the_scratch),
		cmocka_unit_test(refuses_what_is_no_host),
	};

	return cmocka_run_group_tests(tests, inside_enter, NULL);
}
