/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/token.h"

#define autochallenges cleanup_value(challenge_list_release) struct challenges
#define autorequest cleanup_value(http_request_release) struct http_request

static const struct challenge *
bearer_of(struct challenges *c, const char *header)
{
	assert_int_equal(challenge_list_parse(c, header, NULL), 0);
	return challenge_list_find(c, "bearer");
}

static void
get_form(void **state)
{
	struct credential who = { .user = mem_strdup("al ice"),
		.password = mem_strdup("p") };
	autoerror err = { 0 };
	autochallenges c = { 0 };
	autorequest q = { 0 };

	(void)state;
	assert_ok(token_request(bearer_of(&c,
			"Bearer realm=\"https://t/x?y=1\",service=\"a b\""),
			"https://r", &who,
			"repository:a:pull,push repository:b:pull", TOKEN_GET,
			NULL, &q, &err), &err);
	assert_string_equal(q.method, "GET");
	assert_string_equal(q.url, "https://t/x?y=1&service=a%20b"
		"&scope=repository%3Aa%3Apull%2Cpush"
		"&scope=repository%3Ab%3Apull"
		"&account=al%20ice&client_id=slipway");
	assert_string_equal(q.authorization, "Basic YWwgaWNlOnA=");
	credential_release(&who);
}

static void
post_form(void **state)
{
	struct credential who = { .identity_token = mem_strdup("r&f") };
	autoerror err = { 0 };
	autochallenges c = { 0 };
	autorequest q = { 0 };

	(void)state;
	assert_ok(token_request(bearer_of(&c, "Bearer realm=\"https://t/x\""),
			"https://r", &who, "repository:a:pull", TOKEN_POST,
			NULL, &q, &err), &err);
	assert_string_equal(q.method, "POST");
	assert_string_equal(q.text, "grant_type=refresh_token"
		"&refresh_token=r%26f&client_id=slipway"
		"&scope=repository%3Aa%3Apull");
	assert_null(q.authorization);
	credential_release(&who);
}

static void
refuses_bad_realms(void **state)
{
	static const struct {
		const char *header, *text;
	} bad[] = {
		{ "Bearer service=\"x\"", "no token server" },
		{ "Bearer realm=\"file:///etc/passwd\"", "no token server" },
		{ "Bearer realm=\"http://t/x\"", "unencrypted" },
	};
	struct credential who = { 0 };
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		autochallenges c = { 0 };
		autorequest q = { 0 };

		assert_fails(token_request(bearer_of(&c, bad[i].header),
				"https://r", &who, "s", TOKEN_GET, NULL, &q,
				&err), &err, EACCES, bad[i].text);
	}
}

static void
reads_answers(void **state)
{
	static const struct {
		const char *text, *token;
		int64_t life_ms;
	} good[] = {
		{ "{\"token\": \"t\"}", "Bearer t", 48000 },
		{ "{\"access_token\": \"a\", \"expires_in\": 300}", "Bearer a",
			240000 },
		{ "{\"token\": \"t\", \"expires_in\": 1}", "Bearer t", 48000 },
		{ "{\"token\": \"t\", \"expires_in\": 99999999}", "Bearer t",
			69120000 },
	};
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		autofree char *got = NULL;
		int64_t life_ms;

		assert_ok(token_parse(good[i].text, strlen(good[i].text), &got,
				&life_ms, &err), &err);
		assert_string_equal(got, good[i].token);
		assert_int_equal(life_ms, good[i].life_ms);
	}
}

static void
refuses_answers(void **state)
{
	static const char *const bad[] = {
		"", "[]", "{}", "{", "{\"token\": 1}", "{\"token\": \"a\\r\\nb\"}",
	};
	autoerror err = { 0 };
	int64_t life_ms;
	char *got = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_fails(token_parse(bad[i], strlen(bad[i]), &got, &life_ms,
				&err), &err, EBADMSG, "token");
	assert_null(got);
}

static void
joins_scopes(void **state)
{
	(void)state;
	assert_text(token_join_scopes("a b", "b c  a"), "a b c");
	assert_text(token_join_scopes("a", ""), "a");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(get_form),
		cmocka_unit_test(post_form),
		cmocka_unit_test(refuses_bad_realms),
		cmocka_unit_test(reads_answers),
		cmocka_unit_test(refuses_answers),
		cmocka_unit_test(joins_scopes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
