/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/challenge.h"

#define autochallenges cleanup_value(challenge_list_release) struct challenges

/* Parsed, and its one parameter read. */
static const struct {
	const char *header, *scheme, *name, *value;
} good[] = {
	{ "Bearer realm=\"https://a/t\",service=\"r\",scope=\"x:y:pull,push\"",
		"bearer", "scope", "x:y:pull,push" },
	{ "Basic realm=\"x, \\\"y\\\"\"", "basic", "realm", "x, \"y\"" },
	{ "BASIC REALM=simple", "basic", "realm", "simple" },
	{ "Basic realm = \"a\" , charset=\"UTF-8\"", "basic", "charset",
		"UTF-8" },
	{ "Negotiate, Basic realm=\"a\"", "basic", "realm", "a" },
	{ "Negotiate YWJj==, Bearer realm=\"b\"", "bearer", "realm", "b" },
	{ "Digest realm=\"d\", qop=\"auth,int\", Basic realm=\"a\"", "basic",
		"realm", "a" },
	{ ",, Basic realm=\"a\",,", "basic", "realm", "a" },
	{ "Bearer realm=https://a/t?x=1,service=s", "bearer", "realm",
		"https://a/t?x=1" },
	{ "Bearer realm=\"\"", "bearer", "realm", "" },
};

static void
reads_what_registries_send(void **state)
{
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		autochallenges c = { 0 };
		const struct challenge *found;

		assert_ok(challenge_list_parse(&c, good[i].header, &err), &err);
		found = challenge_list_find(&c, good[i].scheme);
		assert_non_null(found);
		assert_string_equal(challenge_get(found, good[i].name),
			good[i].value);
		assert_null(challenge_get(found, "nothing"));
	}
}

static void
several_headers_add_up(void **state)
{
	autoerror err = { 0 };
	autochallenges c = { 0 };

	(void)state;
	assert_ok(challenge_list_parse(&c, "Negotiate", &err), &err);
	assert_ok(challenge_list_parse(&c, "Basic realm=\"a\"", &err), &err);
	assert_int_equal(c.count, 2);
	assert_null(challenge_list_find(&c, "bearer"));
}

static void
malformed_is_refused(void **state)
{
	static const char *const bad[] = {
		"\"Basic\"", "Basic realm=\"open", "Basic realm=,x", "= x",
		"Basic realm=\"a\\",
	};
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		autochallenges c = { 0 };

		assert_fails(challenge_list_parse(&c, bad[i], &err), &err,
			EINVAL, "malformed");
	}
}

static void
there_are_limits(void **state)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autoerror err = { 0 };
	autochallenges many = { 0 };
	autochallenges wide = { 0 };

	(void)state;
	buf_init(&text, KiB(8));
	for (int i = 0; i < 17; i++)
		buf_addf(&text, "S%d a=b,", i);
	assert_fails(challenge_list_parse(&many, buf_text(&text), &err), &err,
		E2BIG, "16");
	assert_int_equal(many.count, 16);
	buf_reset(&text);
	buf_adds(&text, "S ");
	for (int i = 0; i < 33; i++)
		buf_addf(&text, "p%d=b,", i);
	assert_fails(challenge_list_parse(&wide, buf_text(&text), &err), &err,
		EINVAL, "malformed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_registries_send),
		cmocka_unit_test(several_headers_add_up),
		cmocka_unit_test(malformed_is_refused),
		cmocka_unit_test(there_are_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
