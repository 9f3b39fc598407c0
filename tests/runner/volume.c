/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>

#include "runner/volume.h"

static void
parses_what_docker_does(void **state)
{
	cleanup_value(volumes_release) struct volumes v = { 0 };
	cleanup_value(strv_release) struct strv items = { 0 };
	autoerror err = { 0 };

	(void)state;
	strv_add(&items, "/tmp:/a");
	strv_add(&items, "/usr/../tmp:/b/../c:ro");
	strv_add(&items, "./:/d:rw");
	assert_ok(volumes_parse(&items, &v, &err), &err);
	assert_int_equal(v.count, 3);
	assert_string_equal(v.mounts[1].source, "/tmp");
	assert_string_equal(v.mounts[1].target, "/c");
	assert_true(v.mounts[1].read_only);
	assert_int_equal(v.mounts[2].source[0], '/');
	assert_false(v.mounts[2].read_only);
}

static void
refuses_the_rest(void **state)
{
	static const struct row {
		const char *item;
		int code;
		const char *text;
	} rows[] = {
		{ "/tmp", EINVAL, "two or three parts" },
		{ "/tmp:/a:ro:x", EINVAL, "two or three parts" },
		{ "/tmp:a", EINVAL, "target is not absolute" },
		{ "/tmp:/a:rshared", EINVAL, "neither ro nor rw" },
		{ "name:/a", EINVAL, "source is not a path" },
		{ ":/a", EINVAL, "source is not a path" },
		{ "/nonexistent:/a", ENOENT, "volume '/nonexistent'" },
	};
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cleanup_value(strv_release) struct strv items = { 0 };
		struct volumes v = { 0 };

		strv_add(&items, rows[i].item);
		assert_fails(volumes_parse(&items, &v, &err), &err,
			rows[i].code, rows[i].text);
		assert_int_equal(v.count, 0);
	}
}

static void
makes_targets_inside(void **state)
{
	cleanup_value(volumes_release) struct volumes v = { 0 };
	cleanup_value(strv_release) struct strv items = { 0 };
	unit_dir_auto root = unit_dir_make();
	unit_dir_auto outside = unit_dir_make();
	autofree char *file = mem_printf("%s/f:/x/y", outside.path);
	autofree char *dir = mem_printf("%s:/link/../z/new", outside.path);
	autoerror err = { 0 };
	struct stat st;

	(void)state;
	unit_write(outside.fd, "f", "");
	unit_symlink(root.fd, "z", outside.path);
	unit_mkdir(root.fd, "var");
	strv_add(&items, file);
	assert_ok(volumes_parse(&items, &v, &err), &err);
	assert_ok(volumes_make_targets(&v, root.fd, &err), &err);
	assert_ok(volumes_make_targets(&v, root.fd, &err), &err);
	assert_int_equal(fstatat(root.fd, "x/y", &st, 0), 0);
	assert_true(S_ISREG(st.st_mode));
	volumes_release(&v);
	strv_add(&items, dir);
	assert_ok(volumes_parse(&items, &v, &err), &err);
	(void)volumes_make_targets(&v, root.fd, &err);
	error_release(&err);
	assert_int_equal(faccessat(outside.fd, "new", F_OK, 0), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_what_docker_does),
		cmocka_unit_test(refuses_the_rest),
		cmocka_unit_test(makes_targets_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
