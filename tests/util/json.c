/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "util/json.h"

#define autojson cleanup(json_free) struct json
#define autobuf cleanup_value(buf_release) struct buf

static struct json *
parse(const char *text)
{
	autoerror err = { 0 };
	struct json *j = NULL;

	assert_ok(json_parse(text, strlen(text), MiB(1), "text", &j, &err),
		&err);
	return j;
}

static void
assert_json(const struct json *j, const char *expected)
{
	autobuf b = { .max = MiB(1) };

	json_format(j, &b);
	assert_string_equal(buf_text(&b), expected);
}

static void
assert_bad(const char *text, const char *story)
{
	autoerror err = { 0 };
	struct json *j = NULL;

	assert_fails(json_parse(text, strlen(text), MiB(1), "text", &j, &err),
		&err, EBADMSG, story);
	assert_null(j);
}

static void
bad_text_is_refused(void **state)
{
	(void)state;
	assert_bad("", "not valid JSON");
	assert_bad("{", "text is not valid JSON: line 1");
	assert_bad("{} x", "not valid JSON");
	assert_bad("{\"a\":1,\"a\":2}", "duplicate");
	assert_bad("{\"a\":{\"b\":1,\"b\":1}}", "duplicate");
	assert_bad("\"\xff\"", "unable to decode byte 0xff");
	assert_bad("\"\\u0000\"", "\\u0000");
	assert_bad("123456789012345678901234567890", "big");
	assert_bad("[1,]", "not valid JSON");
	assert_bad("nul", "not valid JSON");
	assert_bad("\"a\nb\"", "not valid JSON");
}

static void
size_is_limited(void **state)
{
	autoerror err = { 0 };
	autojson *j = NULL;

	(void)state;
	assert_ok(json_parse("[1]", 3, 3, "list", &j, &err), &err);
	assert_fails(json_parse("[1] ", 4, 3, "list", &j, &err), &err, EBADMSG,
		"list is larger than 3 bytes");
}

static int
parse_nested(unsigned depth, char open, char close, struct error *err)
{
	autobuf b = { .max = KiB(1) };
	autojson *j = NULL;

	for (unsigned i = 0; i < depth; i++) {
		buf_addc(&b, open);
		if (open == '{')
			buf_adds(&b, "\"]}\\\"[{\":");
	}
	if (open == '{')
		buf_addc(&b, '1');
	for (unsigned i = 0; i < depth; i++)
		buf_addc(&b, close);
	return json_parse(b.data, b.len, b.len, "nest", &j, err);
}

static void
depth_is_limited(void **state)
{
	autoerror err = { 0 };

	(void)state;
	assert_ok(parse_nested(64, '[', ']', &err), &err);
	assert_ok(parse_nested(64, '{', '}', &err), &err);
	assert_fails(parse_nested(65, '[', ']', &err), &err, EBADMSG,
		"nest is nested more than 64 levels deep");
	assert_fails(parse_nested(65, '{', '}', &err), &err, EBADMSG,
		"64 levels");
	/* Brackets in texts do not count, nor do many beside each other. */
	json_free(parse("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
			"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"["
			"\",[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],"
			"[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],"
			"[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]"));
}

static void
format_is_canonical(void **state)
{
	autojson *j = parse(" { \"b\" : [ 1 , -2, true,false , null ],\n"
			    "\"a\":\"<\\u00e9&\\/\\n\\u0001\\\"\\\\>\" } ");
	autobuf pretty = { .max = KiB(1) };

	(void)state;
	assert_json(j, "{\"b\":[1,-2,true,false,null],"
		       "\"a\":\"<\xc3\xa9&/\\n\\u0001\\\"\\\\>\"}");
	json_format_pretty(j, &pretty);
	assert_string_equal(buf_text(&pretty),
		"{\n  \"b\": [\n    1,\n    -2,\n    true,\n    false,\n"
		"    null\n  ],\n"
		"  \"a\": \"<\xc3\xa9&/\\n\\u0001\\\"\\\\>\"\n}");
}

static void
members_keep_their_places(void **state)
{
	autojson *o = json_new_object();

	(void)state;
	json_set_text(o, "z", "1");
	json_set_number(o, "a", INT64_MIN);
	json_set_bool(o, "m", true);
	json_set(o, "n", json_new_null());
	json_set_text(o, "z", "2");
	assert_json(o, "{\"z\":\"2\",\"a\":-9223372036854775808,"
		       "\"m\":true,\"n\":null}");
	json_set(o, "a", NULL);
	json_set_text(o, "m", NULL);
	json_set(o, "not there", NULL);
	json_set_text(o, "a", "last");
	assert_json(o, "{\"z\":\"2\",\"n\":null,\"a\":\"last\"}");
}

static void
what_is_not_there_is_null(void **state)
{
	autojson *o = parse("{\"n\":null,\"t\":\"x\",\"i\":5,\"r\":1.5,"
			    "\"b\":false}");

	(void)state;
	assert_null(json_get(o, "n"));
	assert_null(json_get(o, "none"));
	assert_null(json_get(json_get(o, "t"), "x"));
	assert_null(json_get(NULL, "x"));
	assert_string_equal(json_get_text(o, "t"), "x");
	assert_null(json_get_text(o, "i"));
	assert_int_equal(json_get_number(o, "i", 7), 5);
	assert_int_equal(json_get_number(o, "r", 7), 7);
	assert_int_equal(json_get_number(o, "t", 7), 7);
	assert_false(json_get_bool(o, "b", true));
	assert_true(json_get_bool(o, "t", true));
	assert_null(json_at(o, 0));
	assert_null(json_text(NULL));
	assert_int_equal(json_number(NULL, 3), 3);
	assert_int_equal(json_count(NULL), 0);
	assert_int_equal(json_count(json_get(o, "t")), 0);
	assert_int_equal(json_count(o), 5);
	assert_null(json_first(NULL));
	assert_null(json_copy(NULL));
	assert_null(json_free(NULL));
	assert_null(json_new_text(NULL));
}

static void
lists_of_texts(void **state)
{
	cleanup_value(strv_release) struct strv v = { 0 };
	autojson *o = parse("{\"l\":[\"a\",\"b\"],"
			    "\"m\":[\"a\",1],\"t\":\"x\"}");
	autojson *list = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_ok(json_get_list(o, "none", &v, &err), &err);
	assert_int_equal(v.count, 0);
	assert_fails(json_get_list(o, "m", &v, &err), &err, EBADMSG,
		"'m' is not a list of texts");
	assert_fails(json_get_list(o, "t", &v, &err), &err, EBADMSG,
		"'t' is not a list");
	assert_int_equal(v.count, 0);
	assert_ok(json_get_list(o, "l", &v, &err), &err);
	list = json_new_list(&v);
	json_append(list, json_new_number(3));
	assert_json(list, "[\"a\",\"b\",3]");
	assert_int_equal(json_count(list), 3);
	assert_string_equal(json_text(json_at(list, 1)), "b");
	assert_null(json_at(list, 3));
}

static void
equal_values(void **state)
{
	static const char *const texts[] = { "null", "true", "false", "1", "2",
		"1.5", "1.0", "\"\"", "\"a\"", "[]", "[1]", "[1,2]", "[2,1]",
		"{}", "{\"a\":1}", "{\"b\":1}", "{\"a\":2}", "{\"a\":null}",
		"{\"a\":1,\"b\":2}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(texts); k++) {
			autojson *a = parse(texts[i]), *b = parse(texts[k]);

			assert_int_equal(json_equal(a, b), i == k);
		}
	}
}

static void
order_and_copies_do_not_matter(void **state)
{
	autojson *a = parse("{\"a\":1,\"b\":[{\"c\":\"d\"}]}");
	autojson *b = parse("{\"b\":[{\"c\":\"d\"}],\"a\":1}");
	autojson *copy = json_copy(a);

	(void)state;
	assert_true(json_equal(a, b));
	assert_true(json_equal(a, copy));
	json_set_text(json_at(json_get(copy, "b"), 0), "c", "e");
	assert_false(json_equal(a, copy));
	assert_true(json_equal(NULL, NULL));
}

static void
kinds(void **state)
{
	autojson *a = parse("[null,true,1,1.5,\"\",[],{}]");
	static const enum json_kind expected[] = { JSON_NULL_, JSON_BOOL,
		JSON_NUMBER, JSON_NUMBER, JSON_TEXT, JSON_ARRAY, JSON_OBJECT_ };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_int_equal(json_kind(json_at(a, i)), expected[i]);
	assert_int_equal(json_kind(NULL), JSON_NULL_);
}

static void
walk_in_order(void **state)
{
	autojson *o = parse("{\"z\":1,\"a\":2,\"m\":3}");
	autobuf seen = { .max = 100 };

	(void)state;
	for (void *i = json_first(o); i; i = json_next(o, i))
		buf_addf(&seen, "%s%lld", json_member_name(i),
			(long long)json_number(json_member_value(i), -1));
	assert_string_equal(buf_text(&seen), "z1a2m3");
}

static void
bytes_that_are_no_text_are_replaced(void **state)
{
	autojson *o = json_new_object();

	(void)state;
	json_set_text(o, "a", "x\xff\xc3\xa9\xc3y\xed\xa0\x80\xf0\x9f\x98\x80");
	json_set_text(o, "\xfe", "name");
	assert_json(o, "{\"a\":\"x\xef\xbf\xbd\xc3\xa9\xef\xbf\xbdy"
		       "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
		       "\xf0\x9f\x98\x80\",\"\xef\xbf\xbd\":\"name\"}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_text_is_refused),
		cmocka_unit_test(size_is_limited),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(format_is_canonical),
		cmocka_unit_test(members_keep_their_places),
		cmocka_unit_test(what_is_not_there_is_null),
		cmocka_unit_test(lists_of_texts),
		cmocka_unit_test(equal_values),
		cmocka_unit_test(order_and_copies_do_not_matter),
		cmocka_unit_test(kinds),
		cmocka_unit_test(walk_in_order),
		cmocka_unit_test(bytes_that_are_no_text_are_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
