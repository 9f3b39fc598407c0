/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/builder/layers.h"

#include "builder/windows.h"
#include "oci/config.h"

static const struct platform windows = { "windows", "amd64", "" };

static void
paths(void **state)
{
	static const char *const table[][2] = {
		{ "C:\\app\\x", "/app/x" },
		{ "c:/app/", "/app/" },
		{ "C:\\", "/" },
		{ "rel\\to", "rel/to" },
		{ "/unix", "/unix" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		autoerror err = { 0 };
		char *path = NULL;

		assert_ok(windows_path(table[n][0], &path, &err), &err);
		assert_text(path, table[n][1]);
	}
}

static void
other_drives(void **state)
{
	static const char *const table[][2] = {
		{ "D:\\x", "not on the system drive" },
		{ "\\\\host\\share", "is a share" },
		{ "C:", "is a drive" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		autoerror err = { 0 };
		char *path = NULL;
		int r = windows_path(table[n][0], &path, &err);

		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_fails(r, &err, EINVAL, table[n][1]);
	}
}

/* The base's layer waits, comes back, and the new one stands above it. */
static void
from_begin_to_end(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = layers_open_store(&dir);
	cleanup(draft_free) struct draft *d = draft_from_nothing(&windows);
	struct digest base, plain;
	autoerror err = { 0 };

	(void)state;
	assert_true(windows_is(d));
	layers_add(s, d, "base", "x");
	base = draft_layer(d, 0)->diff_id;
	config_set_text(draft_config(d), "WorkingDir", "C:\\a\\b");
	assert_ok(windows_begin(&d, &err), &err);
	assert_int_equal(draft_layer_count(d), 0);
	assert_string_equal(
		config_get_text(draft_config(d), "WorkingDir"), "/a/b");
	layers_add(s, d, "new", "y");
	plain = draft_layer(d, 0)->diff_id;
	assert_ok(windows_finish(s, &d, &err), &err);
	assert_int_equal(draft_layer_count(d), 2);
	assert_true(digest_equal(&draft_layer(d, 0)->diff_id, &base));
	assert_false(digest_equal(&draft_layer(d, 1)->diff_id, &plain));
	assert_string_equal(
		config_get_text(draft_config(d), "WorkingDir"), "C:\\a\\b");
	assert_null(
		json_get(config_json(draft_config(d)), "slipway.windows.base"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(other_drives),
		cmocka_unit_test(from_begin_to_end),
	};

	return cmocka_run_group_tests(tests, layers_enter, NULL);
}
