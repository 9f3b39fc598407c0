/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/secret.h"

#define autosecrets cleanup_value(secrets_release) struct secrets

static void
assert_secret(const struct secrets *s, const char *id, const char *value)
{
	const struct secret *found = secrets_find(s, id);

	assert_non_null(found);
	assert_string_equal(found->value, value);
	assert_int_equal(found->len, strlen(value));
}

static void
from_files_and_variables(void **state)
{
	autosecrets s = { 0 };
	autofree char *given = NULL;
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	unit_write(d.fd, "file", "text");
	assert_int_equal(setenv("SECRET_A", "one", 1), 0);
	given = mem_printf("id=f,src=%s/file", d.path);
	assert_ok(secrets_add(&s, given, &err), &err);
	assert_ok(secrets_add(&s, "id=e,env=SECRET_A", &err), &err);
	assert_ok(secrets_add(&s, "type=env,id=t,source=SECRET_A", &err),
		&err);
	assert_ok(secrets_add(&s, "id=SECRET_A", &err), &err);
	assert_secret(&s, "f", "text");
	assert_secret(&s, "e", "one");
	assert_secret(&s, "t", "one");
	assert_secret(&s, "SECRET_A", "one");
	assert_null(secrets_find(&s, "other"));
	assert_int_equal(setenv("SECRET_A", "two", 1), 0);
	assert_ok(secrets_add(&s, "id=e,env=SECRET_A", &err), &err);
	assert_secret(&s, "e", "two");
}

static void
what_is_refused(void **state)
{
	autosecrets s = { 0 };
	autofree char *big = NULL;
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };
	autoclose int fd = openat(d.fd, "big", O_WRONLY | O_CREAT, 0600);

	(void)state;
	assert_int_equal(ftruncate(fd, SECRET_MAX + 1), 0);
	big = mem_printf("id=x,src=%s/big", d.path);
	assert_fails(secrets_add(&s, big, &err), &err, EFBIG, "big");
	assert_fails(secrets_add(&s, "id=x,src=/none", &err), &err, ENOENT,
		"/none");
	assert_fails(secrets_add(&s, "id=x,env=SECRET_NONE", &err), &err,
		ENOENT, "no variable");
	assert_fails(secrets_add(&s, "src=/x", &err), &err, EINVAL,
		"needs an id");
	assert_fails(secrets_add(&s, "id=x,src=a,env=b", &err), &err, EINVAL,
		"both");
	assert_fails(secrets_add(&s, "id=x,type=url", &err), &err, EINVAL,
		"not file or env");
	assert_fails(secrets_add(&s, "id=x,mode=3", &err), &err, EINVAL,
		"is not one of");
	assert_int_equal(s.count, 0);
}

static void
agents(void **state)
{
	cleanup_value(strv_release) struct strv a = { 0 };
	cleanup_value(agents_release) struct agents own = { 0 };
	unit_dir_auto d = unit_dir_make();
	autofree char *given = mem_printf("me=%s/key", d.path);
	autofree char *program = NULL;
	autoerror err = { 0 };

	(void)state;
	unit_write(d.fd, "key", "no socket");
	if (proc_find("ssh-agent", &program) == 0)
		assert_fails(secret_add_agent(&a, &own, given, &err), &err,
			EACCES, "ssh-add does not take key");
	assert_fails(secret_add_agent(&a, &own, "me=/none", &err), &err, ENOENT,
		"/none");
	assert_int_equal(unsetenv("SSH_AUTH_SOCK"), 0);
	assert_fails(secret_add_agent(&a, &own, "default", &err), &err, EINVAL,
		"SSH_AUTH_SOCK is not set");
	assert_fails(secret_add_agent(&a, &own, "=x", &err), &err, EINVAL,
		"needs an id");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_files_and_variables),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(agents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
