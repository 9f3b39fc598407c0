/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>

#include "oci/auth-save.h"
#include "oci/auth.h"
#include "util/fs.h"

#define autocredential cleanup_value(credential_release) struct credential

static void
save(const char *file, const char *registry, const char *pair)
{
	autocredential who = { 0 };
	autoerror err = { 0 };

	assert_int_equal(credential_parse(pair, "test", &who, &err), 0);
	assert_int_equal(auth_save(file, registry, &who, &err), 0);
}

/* Who is it, by the file's text? */
static void
expect(const char *file, const char *host, const char *path, const char *user)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autocredential who = { 0 };
	autoerror err = { 0 };

	assert_int_equal(
		fs_read_file(AT_FDCWD, file, KiB(64), &text, &err), 0);
	assert_int_equal(auth_file_find(buf_text(&text), text.len, file, host,
				 path, &who, &err),
		user != NULL);
	if (user)
		assert_string_equal(who.user, user);
}

static void
put(const char *file, const char *text)
{
	autoerror err = { 0 };

	assert_int_equal(
		fs_publish_path(file, text, strlen(text), &err), 0);
}

static void
what_is_saved_is_found(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autofree char *file = mem_printf("%s/new/dir/auth.json", dir.path);
	struct stat st;

	(void)state;
	save(file, "h:1", "a:1");
	save(file, "h:1/sub", "b:2");
	save(file, "docker.io", "c:3");
	expect(file, "h:1", "p", "a");
	expect(file, "h:1", "sub/p", "b");
	expect(file, "docker.io", "library/x", "c");
	save(file, "h:1", "d:with:colons");
	expect(file, "h:1", "p", "d");
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void
other_settings_stay(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autofree char *file = mem_printf("%s/config.json", dir.path);
	autofree char *link = mem_printf("%s/link.json", dir.path);
	cleanup_value(buf_release) struct buf text = { 0 };
	struct stat st;

	(void)state;
	put(file, "{\"detachKeys\": \"ctrl-a\", \"auths\": {\"g\": {}}}");
	assert_int_equal(symlink("config.json", link), 0);
	save(link, "h", "a:1");
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(
		fs_read_file(AT_FDCWD, file, KiB(64), &text, NULL), 0);
	assert_non_null(strstr(buf_text(&text), "ctrl-a"));
	assert_non_null(strstr(buf_text(&text), "\"g\""));
	expect(file, "h", "p", "a");
}

static void
what_is_forgotten_is_gone(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autofree char *file = mem_printf("%s/auth.json", dir.path);

	(void)state;
	assert_int_equal(auth_forget(file, "h", NULL), 0);
	save(file, "h", "a:1");
	save(file, "docker.io", "b:2");
	assert_int_equal(auth_forget(file, "g", NULL), 0);
	assert_int_equal(auth_forget(file, "h", NULL), 1);
	expect(file, "h", "p", NULL);
	expect(file, "docker.io", "library/x", "b");
	assert_int_equal(auth_forget(file, NULL, NULL), 1);
	expect(file, "docker.io", "library/x", NULL);
	assert_int_equal(auth_forget(file, NULL, NULL), 0);
}

static void
damaged_files_are_left_alone(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autofree char *file = mem_printf("%s/auth.json", dir.path);
	static const char *const bad[] = { "[]", "{", "\"s3cret\"" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		autocredential who = { 0 };
		autoerror err = { 0 };

		put(file, bad[i]);
		assert_int_equal(
			credential_parse("a:pass", "test", &who, NULL), 0);
		assert_int_equal(auth_save(file, "h", &who, &err), -EBADMSG);
		assert_null(strstr(err.text, "s3cret"));
		assert_null(strstr(err.text, "pass"));
		assert_int_equal(auth_forget(file, "h", NULL), -EBADMSG);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_saved_is_found),
		cmocka_unit_test(other_settings_stay),
		cmocka_unit_test(what_is_forgotten_is_gone),
		cmocka_unit_test(damaged_files_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
