/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/http-auth.h"

static void
a_secret_is_for_its_host(void **state)
{
	static const struct {
		const char *id, *url, *header;
	} rows[] = {
		{ "HTTP_AUTH_HEADER_h", "https://h/a", "Basic x" },
		{ "HTTP_AUTH_HEADER_h:443", "https://h/a", "Basic x" },
		{ "HTTP_AUTH_HEADER_H", "http://h:80/a", "Basic x" },
		{ "HTTP_AUTH_TOKEN_h", "https://h/a", "Bearer Basic x" },
		{ "HTTP_AUTH_TOKEN_h:80", "https://h/a", NULL },
		{ "HTTP_AUTH_TOKEN_h", "https://hh/a", NULL },
		{ "HTTP_AUTH_TOKEN_", "https://h/a", NULL },
		{ "OTHER", "https://h/a", NULL },
	};

	(void)state;
	setenv("VALUE", "Basic x\n", 1);
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		cleanup_value(secrets_release) struct secrets s = { 0 };
		autofree char *text = mem_printf("id=%s,env=VALUE", rows[n].id);
		autofree char *header = NULL;
		autoerror err = { 0 };

		assert_ok(secrets_add(&s, text, &err), &err);
		assert_ok(http_auth_find(&s, rows[n].url, &header, &err), &err);
		if (rows[n].header)
			assert_string_equal(header, rows[n].header);
		else
			assert_null(header);
	}
}

static void
no_second_line(void **state)
{
	cleanup_value(secrets_release) struct secrets s = { 0 };
	char *header = NULL;
	autoerror err = { 0 };
	int r;

	(void)state;
	setenv("VALUE", "a\nHost: b", 1);
	assert_ok(secrets_add(&s, "id=HTTP_AUTH_TOKEN_h,env=VALUE", &err),
		&err);
	r = http_auth_find(&s, "https://h/", &header, &err);
	assert_null(strstr(err.text, "Host"));
	assert_fails(r, &err, EINVAL, "control characters");
}

static void
a_user_is_taken_out(void **state)
{
	static const struct {
		const char *url, *plain, *header;
	} rows[] = {
		{ "https://h/a", "https://h/a", NULL },
		{ "https://u:p@h:1/a?b@c", "https://h:1/a?b@c",
			"Basic dTpw" },
		{ "https://u:p%40@h", "https://h", "Basic dTpwQA==" },
		{ "https://u%40x:p@h", "https://h", "Basic dUB4OnA=" },
		{ "https://h/a@b", "https://h/a@b", NULL },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		autofree char *plain = NULL, *header = NULL;

		http_auth_split(rows[n].url, &plain, &header);
		assert_string_equal(plain, rows[n].plain);
		if (rows[n].header)
			assert_string_equal(header, rows[n].header);
		else
			assert_null(header);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_is_for_its_host),
		cmocka_unit_test(no_second_line),
		cmocka_unit_test(a_user_is_taken_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
