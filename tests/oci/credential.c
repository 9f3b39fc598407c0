/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/credential.h"

#define autocredential cleanup_value(credential_release) struct credential

static void
parses_user_and_password(void **state)
{
	autoerror err = { 0 };
	autocredential c = { 0 };

	(void)state;
	assert_true(credential_is_none(&c));
	assert_ok(credential_parse("robot$x:a:b", "--creds", &c, &err), &err);
	assert_string_equal(c.user, "robot$x");
	assert_string_equal(c.password, "a:b");
	assert_string_equal(c.origin, "--creds");
	assert_false(credential_is_none(&c));
	assert_text(credential_basic(&c), "Basic cm9ib3QkeDphOmI=");
}

static void
refuses_without_colon_and_does_not_quote(void **state)
{
	autoerror err = { 0 };
	autocredential c = { 0 };

	(void)state;
	assert_int_equal(credential_parse("s3cret", "x", &c, &err), -EINVAL);
	assert_null(strstr(err.text, "s3cret"));
	assert_fails(credential_parse(":x", "x", &c, &err), &err, EINVAL,
		"USER:PASSWORD");
	assert_null(credential_basic(&c));
}

static void
travels_in_a_packet(void **state)
{
	cleanup(json_free) struct json *packet = json_new_object();
	autocredential from = { .identity_token = mem_strdup("i"),
		.registry_token = mem_strdup("r"), .origin = mem_strdup("o") };
	autocredential to = { 0 };

	(void)state;
	credential_to_packet(&from, packet);
	credential_from_packet(packet, &to);
	assert_null(to.user);
	assert_null(to.password);
	assert_string_equal(to.identity_token, "i");
	assert_string_equal(to.registry_token, "r");
	assert_string_equal(to.origin, "o");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_user_and_password),
		cmocka_unit_test(refuses_without_colon_and_does_not_quote),
		cmocka_unit_test(travels_in_a_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
