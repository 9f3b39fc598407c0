/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <signal.h>
#include <sys/stat.h>

#include "oci/auth.h"

#define autocredential cleanup_value(credential_release) struct credential
#define autoplaces cleanup_value(auth_places_release) struct auth_places

/* "a:1" and so on. */
#define PAIR_A "YTox"
#define PAIR_B "Yjoy"

/* Which user is found where. */
static const struct {
	const char *text, *host, *path, *user;
} files[] = {
	{ "{}", "h", "p", NULL },
	{ "{\"auths\": {\"h\": {\"auth\": \"" PAIR_A "\"}}}", "h", "p/q", "a" },
	{ "{\"auths\": {\"h\": {\"auth\": \"" PAIR_A "\"}}}", "g", "p", NULL },
	{ "{\"auths\": {\"h\": {\"auth\": \"" PAIR_A "\"},"
		"\"h/p\": {\"auth\": \"" PAIR_B "\"}}}", "h", "p/q", "b" },
	{ "{\"auths\": {\"h/p/q\": {\"auth\": \"" PAIR_A "\"},"
		"\"h/p\": {\"auth\": \"" PAIR_B "\"}}}", "h", "p/q", "a" },
	{ "{\"auths\": {\"h/other\": {\"auth\": \"" PAIR_A "\"}}}", "h", "p",
		NULL },
	{ "{\"auths\": {\"https://h/v1/\": {\"auth\": \"" PAIR_A "\"}}}", "h",
		"p", "a" },
	{ "{\"auths\": {\"https://index.docker.io/v1/\": {\"auth\": \"" PAIR_A
		"\"}}}", "docker.io", "library/x", "a" },
	{ "{\"auths\": {\"h\": {\"username\": \"u\", \"password\": \"p\"}}}",
		"h", "p", "u" },
	{ "{\"auths\": {\"h\": {}}}", "h", "p", NULL },
	/* With the NULs that some tools append. */
	{ "{\"auths\": {\"h\": {\"auth\": \"YToxAAA=\"}}}", "h", "p", "a" },
};

static void
files_are_searched(void **state)
{
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		autocredential c = { 0 };
		int r = auth_file_find(files[i].text, strlen(files[i].text),
			"'f'", files[i].host, files[i].path, &c, &err);

		assert_int_equal(r, files[i].user != NULL);
		if (!files[i].user)
			continue;
		assert_string_equal(c.user, files[i].user);
		assert_string_equal(c.origin, "'f'");
	}
}

static void
tokens_are_found(void **state)
{
	static const char text[] = "{\"auths\": {\"h\": {\"auth\": \"" PAIR_A
		"\", \"identitytoken\": \"i\", \"registrytoken\": \"r\"}}}";
	autoerror err = { 0 };
	autocredential c = { 0 };

	(void)state;
	assert_int_equal(auth_file_find(text, strlen(text), "f", "h", "p", &c,
		&err), 1);
	assert_string_equal(c.identity_token, "i");
	assert_string_equal(c.registry_token, "r");
	assert_string_equal(c.password, "1");
}

static void
malformed_files_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "[", "{\"auths\": {\"h\": {\"auth\": \"*\"}}}",
		"{\"auths\": {\"h\": {\"auth\": \"YQ==\"}}}",
		"{\"a\": 1, \"a\": 2}",
	};
	autoerror err = { 0 };
	autocredential c = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_fails(auth_file_find(bad[i], strlen(bad[i]), "the file",
				"h", "p", &c, &err), &err, EBADMSG, "the file");
}

/* What the parser stumbles over may be the password. */
static void
malformed_files_are_not_quoted(void **state)
{
	static const char text[] = "{\"password\": \"a\" \"s3cret\"}";
	autoerror err = { 0 };
	autocredential c = { 0 };

	(void)state;
	assert_int_equal(auth_file_find(text, strlen(text), "f", "h", "p", &c,
		&err), -EBADMSG);
	assert_null(strstr(err.text, "s3cret"));
	error_release(&err);
}

/* A helper of this name in PATH that is this script. */
static void
make_helper(const struct unit_dir *dir, const char *script)
{
	autofree char *path = mem_printf("%s:/usr/bin:/bin", dir->path);

	unit_write(dir->fd, "docker-credential-t", script);
	assert_int_equal(fchmodat(dir->fd, "docker-credential-t", 0755, 0), 0);
	assert_int_equal(setenv("PATH", path, 1), 0);
}

static void
helpers_answer(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autoerror err = { 0 };
	autocredential pair = { 0 }, token = { 0 }, none = { 0 };

	(void)state;
	make_helper(&dir, "#!/bin/sh\nread s\n[ \"$1 $s\" = 'get h' ] &&\n"
		"echo '{\"Username\": \"u\", \"Secret\": \"s\"}'\n");
	assert_int_equal(auth_helper_get("t", "h", &pair, &err), 1);
	assert_string_equal(pair.user, "u");
	assert_string_equal(pair.password, "s");
	make_helper(&dir, "#!/bin/sh\nread s\n"
		"[ \"$s\" = https://index.docker.io/v1/ ] &&\n"
		"echo '{\"Username\": \"<token>\", \"Secret\": \"s\"}'\n");
	assert_int_equal(auth_helper_get("t", "docker.io", &token, &err), 1);
	assert_string_equal(token.identity_token, "s");
	assert_null(token.user);
	make_helper(&dir, "#!/bin/sh\n"
		"echo credentials not found in native keychain; exit 1\n");
	assert_int_equal(auth_helper_get("t", "h", &none, &err), 0);
}

static void
helpers_fail(void **state)
{
	static const struct {
		const char *script, *text;
		int code;
	} cases[] = {
		{ "#!/bin/sh\necho s3cret; exit 3\n", "status 3", EACCES },
		{ "#!/bin/sh\necho s3cret\n", "JSON", EBADMSG },
		{ "#!/bin/sh\necho '{\"Secret\": \"s3cret\"}'\n", "no user",
			EBADMSG },
	};
	unit_dir_auto dir = unit_dir_make();
	autoerror err = { 0 };
	autocredential c = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		make_helper(&dir, cases[i].script);
		assert_int_equal(auth_helper_get("t", "h", &c, &err),
			-cases[i].code);
		assert_non_null(strstr(err.text, cases[i].text));
		assert_null(strstr(err.text, "s3cret"));
		error_release(&err);
	}
	assert_fails(auth_helper_get("missing", "h", &c, &err), &err, ENOENT,
		"docker-credential-missing");
	assert_fails(auth_helper_get("../x", "h", &c, &err), &err, EINVAL,
		"no name");
}

static void
helpers_are_named_in_files(void **state)
{
	static const char by_host[] = "{\"credHelpers\": {\"h\": \"t\"},"
		"\"auths\": {\"h\": {\"auth\": \"" PAIR_A "\"}}}";
	static const char store[] = "{\"credsStore\": \"t\","
		"\"auths\": {\"h\": {}}}";
	static const char lost[] = "{\"credsStore\": \"missing\"}";
	unit_dir_auto dir = unit_dir_make();
	autoerror err = { 0 };
	autocredential one = { 0 }, two = { 0 }, three = { 0 };

	(void)state;
	make_helper(&dir, "#!/bin/sh\n"
		"echo '{\"Username\": \"u\", \"Secret\": \"s\"}'\n");
	assert_int_equal(auth_file_find(by_host, strlen(by_host), "f", "h", "p",
		&one, &err), 1);
	assert_string_equal(one.user, "u");
	assert_int_equal(auth_file_find(store, strlen(store), "f", "h", "p",
		&two, &err), 1);
	assert_string_equal(two.user, "u");
	assert_int_equal(auth_file_find(lost, strlen(lost), "f", "h", "p",
		&three, &err), 0);
}

/* Everything unset but what the test sets. */
static void
clean_environment(const char *home)
{
	static const char *const names[] = { "REGISTRY_AUTH_FILE",
		"DOCKER_AUTH_CONFIG", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",
		"DOCKER_CONFIG" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)unsetenv(names[i]);
	(void)setenv("HOME", home, 1);
}

static const char *
find_user(const char *creds, const char *file, struct credential *c)
{
	autoerror err = { 0 };
	autoplaces p = { 0 };

	credential_release(c);
	auth_places_init(&p, creds, file);
	assert_ok(auth_find(&p, "h", "p", c, &err), &err);
	return c->user ? c->user : "";
}

#define ENTRY(pair) "{\"auths\": {\"h\": {\"auth\": \"" pair "\"}}}"

static void
places_have_an_order(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autofree char *named = mem_printf("%s/named", dir.path);
	autofree char *docker = mem_printf("%s/docker", dir.path);
	autocredential c = { 0 };

	(void)state;
	clean_environment(dir.path);
	assert_string_equal(find_user(NULL, NULL, &c), "");
	unit_mkdir(dir.fd, "docker");
	unit_write(dir.fd, "docker/config.json", ENTRY("ZDox"));
	(void)setenv("DOCKER_CONFIG", docker, 1);
	assert_string_equal(find_user(NULL, NULL, &c), "d");
	unit_mkdir(dir.fd, ".config");
	unit_mkdir(dir.fd, ".config/containers");
	unit_write(dir.fd, ".config/containers/auth.json", ENTRY("Yzox"));
	assert_string_equal(find_user(NULL, NULL, &c), "c");
	unit_mkdir(dir.fd, "containers");
	unit_write(dir.fd, "containers/auth.json", ENTRY("cjox"));
	(void)setenv("XDG_RUNTIME_DIR", dir.path, 1);
	assert_string_equal(find_user(NULL, NULL, &c), "r");
	(void)setenv("DOCKER_AUTH_CONFIG", ENTRY("aTox"), 1);
	assert_string_equal(find_user(NULL, NULL, &c), "i");
	unit_write(dir.fd, "named", "{}");
	(void)setenv("REGISTRY_AUTH_FILE", named, 1);
	assert_string_equal(find_user(NULL, NULL, &c), "");
	unit_write(dir.fd, "named", ENTRY("bjox"));
	(void)unsetenv("REGISTRY_AUTH_FILE");
	assert_string_equal(find_user(NULL, named, &c), "n");
	assert_string_equal(find_user("x:y", named, &c), "x");
}

static void
a_named_file_must_be_there(void **state)
{
	autoerror err = { 0 };
	autoplaces p = { 0 }, bad = { 0 };
	autocredential c = { 0 };

	(void)state;
	clean_environment("/nonexistent");
	auth_places_init(&p, NULL, "/nonexistent/auth.json");
	assert_fails(auth_find(&p, "h", "p", &c, &err), &err, ENOENT,
		"/nonexistent/auth.json");
	auth_places_init(&bad, "nocolon", NULL);
	assert_fails(auth_find(&bad, "h", "p", &c, &err), &err, EINVAL,
		"USER:PASSWORD");
}

static void
certificates_have_places(void **state)
{
	cleanup_value(strv_release) struct strv dirs = { 0 };

	(void)state;
	clean_environment("/home/x");
	auth_cert_dirs("h:5000", &dirs);
	assert_text(strv_join(&dirs, " "),
		"/home/x/.config/containers/certs.d/h:5000 "
		"/etc/containers/certs.d/h:5000 /etc/docker/certs.d/h:5000");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_searched),
		cmocka_unit_test(tokens_are_found),
		cmocka_unit_test(malformed_files_are_refused),
		cmocka_unit_test(malformed_files_are_not_quoted),
		cmocka_unit_test(helpers_answer),
		cmocka_unit_test(helpers_fail),
		cmocka_unit_test(helpers_are_named_in_files),
		cmocka_unit_test(places_have_an_order),
		cmocka_unit_test(a_named_file_must_be_there),
		cmocka_unit_test(certificates_have_places),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
