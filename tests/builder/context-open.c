/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/context-open.h"

/* Archives need a namespace: tests/cmd/build-context.bats. */
static int
open_word(const char *word, struct context **ret, struct error *err)
{
	unit_dir_auto d = unit_dir_make();
	autofree char *path = mem_printf("%s/store", d.path);
	cleanup(store_free) struct store *s = NULL;

	assert_ok(store_open(path, &s, err), err);
	return context_open(s,
		&(struct context_request){ .text = word,
			.identity = IDENTITY_AUTO },
		ret, err);
}

static void
a_directory_is_itself(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(context_free) struct context *c = NULL;
	struct copy_root root;
	autoerror err = { 0 };

	(void)state;
	assert_ok(open_word(d.path, &c, &err), &err);
	assert_string_equal(context_name(c), d.path);
	assert_false(context_is_made(c));
	assert_int_equal(context_recipe_fd(c), -1);
	context_root(c, &root);
	assert_false(root.keep_owners);
}

static void
what_is_no_context_is_refused(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autofree char *file = mem_printf("%s/file", d.path);
	autofree char *nowhere = mem_printf("%s/nowhere", d.path);
	const struct {
		const char *word;
		int code;
		enum error_kind kind;
		const char *message;
	} rows[] = {
		{ file, ENOTDIR, ERROR_LOCAL, "neither a directory nor a tar" },
		{ nowhere, ENOENT, ERROR_LOCAL, "cannot open context" },
		{ "https://example.test/x.git?what=1", EINVAL, ERROR_REQUEST,
			"unexpected query 'what'" },
		{ "ssh://-oProxyCommand=x/y", EINVAL, ERROR_REQUEST,
			"begins with '-'" },
	};

	(void)state;
	unit_write(d.fd, "file", "no tar");
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		autoerror err = { 0 };
		struct context *c = NULL;
		int r = open_word(rows[n].word, &c, &err);

		assert_int_equal(err.kind, rows[n].kind);
		assert_fails(r, &err, rows[n].code, rows[n].message);
		assert_null(c);
	}
}

static void
a_made_directory_goes_with_its_context(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autofree char *path = mem_printf("%s/store", d.path);
	cleanup(store_free) struct store *s = NULL;
	cleanup_value(strv_release) struct strv names = { 0 };
	struct context *c = NULL;
	struct copy_root root;
	autoerror err = { 0 };

	(void)state;
	assert_ok(store_open(path, &s, &err), &err);
	assert_ok(context_make_dir(s, "-", &c, &err), &err);
	assert_true(context_is_made(c));
	context_root(c, &root);
	assert_true(root.keep_owners);
	unit_write(context_root_fd(c), "file", "x");
	context_free(c);
	assert_ok(fs_list(store_dir_fd(s, STORE_TMP, &err), 9, &names, &err),
		&err);
	assert_int_equal(names.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_directory_is_itself),
		cmocka_unit_test(what_is_no_context_is_refused),
		cmocka_unit_test(a_made_directory_goes_with_its_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
