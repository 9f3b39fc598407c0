/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/lock.h"

static void
what_is_written_is_read(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(lock_free) struct lock *l = lock_new();
	cleanup(lock_free) struct lock *again = NULL;
	autofree char *recipe = mem_printf("%s/Dockerfile", d.path);
	autofree char *path = lock_path(recipe);
	const char *digest = NULL;
	autoerror err = { 0 };
	int r;

	(void)state;
	lock_set(l, LOCK_IMAGE, "b", "sha256:1");
	lock_set(l, LOCK_IMAGE, "a", "sha256:2");
	lock_set(l, LOCK_IMAGE, "b", "sha256:3");
	lock_set(l, LOCK_FILE, "http://u", "sha256:4");
	assert_ok(lock_write(l, path, &err), &err);
	assert_ok(lock_read(path, &again, &err), &err);
	assert_ok(lock_get(again, LOCK_IMAGE, "b", &digest, &err), &err);
	assert_string_equal(digest, "sha256:3");
	assert_int_equal(json_count(json_get(lock_json(again), "images")), 2);
	r = lock_get(again, LOCK_FILE, "b", &digest, &err);
	assert_int_equal(err.kind, ERROR_POLICY);
	assert_fails(r, &err, ENOENT, "'b' is not in the lock file");
	r = lock_get(again, LOCK_FILE, "http://h/f?key=s3cret", &digest, &err);
	assert_fails(r, &err, ENOENT, "'http://h/f' is not in the lock file");
}

/* One written before commits were. */
static void
what_is_not_there_is_empty(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autofree char *path = mem_printf("%s/x.lock", d.path);
	cleanup(lock_free) struct lock *l = NULL;
	autoerror err = { 0 };
	struct digest digest;
	int r;

	(void)state;
	unit_write(d.fd, "x.lock",
		"{\"version\": 1, \"images\": {\"a\": \"b\"}}");
	assert_ok(lock_read(path, &l, &err), &err);
	r = lock_get_digest(l, LOCK_COMMIT, "a", &digest, &err);
	assert_fails(r, &err, ENOENT, "'a' is not in the lock file");
	r = lock_get_digest(l, LOCK_IMAGE, "a", &digest, &err);
	assert_true(r < 0);
	assert_int_equal(err.kind, ERROR_POLICY);
}

static void
other_files_are_refused(void **state)
{
	static const struct {
		const char *text, *message;
	} table[] = {
		{ "{}", "it is no lock file of version 1" },
		{ "{\"version\": 2}", "it is no lock file of version 1" },
		{ "{\"version\": 1, \"images\": 1}",
			"its 'images' are no names" },
		{ "{\"version\": 1, \"images\": {\"a\": 1}, \"files\": {}}",
			"'a' has no digest" },
		{ "none", "lock" },
	};
	unit_dir_auto d = unit_dir_make();
	autofree char *path = mem_printf("%s/x.lock", d.path);
	struct lock *l = NULL;
	autoerror err = { 0 };
	int r;

	(void)state;
	r = lock_read(path, &l, &err);
	assert_int_equal(err.kind, ERROR_POLICY);
	assert_fails(r, &err, ENOENT, "x.lock");
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		unit_write(d.fd, "x.lock", table[n].text);
		r = lock_read(path, &l, &err);
		assert_int_equal(err.kind, ERROR_POLICY);
		assert_fails(r, &err, EBADMSG, table[n].message);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(what_is_not_there_is_empty),
		cmocka_unit_test(other_files_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
