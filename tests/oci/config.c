/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/config.h"

#define HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static const struct platform linux_arm = { "linux", "arm", "v7" };
static const struct platform linux_amd64 = { "linux", "amd64", "" };

static void
assert_format(const struct config *c, const char *expected)
{
	cleanup_value(buf_release) struct buf b = { .max = MiB(1) };

	config_format(c, &b);
	assert_string_equal(buf_text(&b), expected);
}

static struct config *
parsed(const char *text)
{
	struct config *c = NULL;
	autoerror err = { 0 };

	assert_ok(config_parse(text, strlen(text), &c, &err), &err);
	return c;
}

static void
test_new(void **state)
{
	cleanup(config_free) struct config *c = config_new(&linux_arm);
	autoerror err = { 0 };
	struct platform p;

	(void)state;
	assert_format(c,
		"{\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":\"v7\","
		"\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}");
	assert_ok(config_platform(c, &p, &err), &err);
	assert_true(platform_equal(&p, &linux_arm));
	assert_null(config_history(c));
}

static void
set_everything(struct config *c)
{
	cleanup_value(strv_release) struct strv list = { 0 };
	const struct history run = { .created = "1970-01-01T00:00:00Z",
		.created_by = "RUN x" };
	const struct history env = { .created_by = "ENV", .comment = "c",
		.empty_layer = true };
	struct digest d;

	assert_int_equal(digest_parse_hex(HEX, &d, NULL), 0);
	strv_add(&list, "a");
	config_add_history(c, &run);
	config_add_history(c, &env);
	config_add_diff_id(c, &d);
	config_set_member(c, "Labels", "z", "<&>");
	config_set_member(c, "Labels", "b", "1");
	config_set_member(c, "ExposedPorts", "80/tcp", NULL);
	config_set_list(c, "Cmd", &list);
	config_set_text(c, "User", "me");
	config_set_top(c, "author", "A");
	config_set_top(c, "created", "1970-01-01T00:00:00Z");
}

/* Members come in image-spec's order whatever the order of the calls. */
static void
test_format(void **state)
{
	cleanup(config_free) struct config *c = config_new(&linux_amd64);

	(void)state;
	set_everything(c);
	assert_format(c,
		"{\"created\":\"1970-01-01T00:00:00Z\",\"author\":\"A\","
		"\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{"
		"\"User\":\"me\",\"ExposedPorts\":{\"80/tcp\":{}},"
		"\"Cmd\":[\"a\"],\"Labels\":{\"b\":\"1\",\"z\":\"<&>\"}},"
		"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:" HEX
		"\"]},\"history\":[{\"created\":\"1970-01-01T00:00:00Z\","
		"\"created_by\":\"RUN x\"},{\"created_by\":\"ENV\","
		"\"comment\":\"c\",\"empty_layer\":true}]}");
	assert_int_equal(json_count(config_history(c)), 2);
}

static void
test_foreign_members_survive(void **state)
{
	cleanup(config_free) struct config *c = parsed(
		"{\"x.new\":{\"b\":1,\"a\":null},\"docker_version\":null,"
		"\"os\":\"linux\",\"architecture\":\"amd64\",\"author\":null,"
		"\"config\":{\"Foo\":1.5,\"Healthcheck\":{\"Test\":[\"NONE\"]},"
		"\"Cmd\":null,\"Volumes\":{\"/v\":null}}}");
	cleanup(config_free) struct config *copy = config_copy(c);

	(void)state;
	assert_format(copy,
		"{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{"
		"\"Volumes\":{\"/v\":null},\"Healthcheck\":{\"Test\":[\"NONE\"]},"
		"\"Foo\":1.5},\"x.new\":{\"b\":1,\"a\":null},"
		"\"docker_version\":null}");
}

static void
test_runtime(void **state)
{
	cleanup(config_free) struct config *c = parsed(
		"{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":null,"
		"\"rootfs\":null}");
	cleanup_value(strv_release) struct strv list = { 0 };
	const struct digest d = { { 1 } };
	autofree struct digest *ids = NULL;
	autoerror err = { 0 };
	size_t count = 7;

	(void)state;
	assert_ok(config_get_list(c, "Env", &list, &err), &err);
	assert_int_equal(list.count, 0);
	assert_null(config_get_text(c, "User"));
	assert_non_null(config_runtime(c));
	config_set_list(c, "Entrypoint", &list);
	assert_int_equal(json_kind(json_get(config_runtime(c), "Entrypoint")),
		JSON_ARRAY);
	config_set_list(c, "Entrypoint", NULL);
	assert_null(json_get(config_runtime(c), "Entrypoint"));
	config_set_text(c, "User", "a");
	assert_string_equal(config_get_text(c, "User"), "a");
	config_set_text(c, "User", NULL);
	assert_null(config_get_text(c, "User"));
	config_set_top(c, "author", "x");
	assert_string_equal(config_get_top(c, "author"), "x");
	config_set_top(c, "author", NULL);
	assert_null(config_get_top(c, "author"));
	config_add_diff_id(c, &d);
	assert_ok(config_diff_ids(c, &ids, &count, &err), &err);
	assert_int_equal(count, 1);
	json_set_number(config_runtime(c), "Env", 1);
	assert_fails(config_get_list(c, "Env", &list, &err), &err, EBADMSG,
		"image config");
}

static void
test_refused(void **state)
{
#define PLATFORM "\"os\":\"linux\",\"architecture\":\"amd64\""
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "", "JSON" },
		{ "[]", "no object" },
		{ "{}", "'os'" },
		{ "{\"os\":\"linux\"}", "'architecture'" },
		{ "{\"os\":1,\"architecture\":\"a\"}", "'os' is not a text" },
		{ "{\"os\":\"a b\",\"architecture\":\"a\"}", "no platform" },
		{ "{" PLATFORM ",\"config\":[]}", "'config' is not an object" },
		{ "{" PLATFORM ",\"rootfs\":[]}", "'rootfs' is not an object" },
		{ "{" PLATFORM ",\"history\":{}}", "'history' is not an array" },
		{ "{" PLATFORM ",\"rootfs\":{\"diff_ids\":{}}}",
			"'diff_ids' is not an array" },
		{ "{" PLATFORM ",\"rootfs\":{\"diff_ids\":[\"x\"]}}",
			"diff id 'x'" },
		{ "{" PLATFORM ",\"rootfs\":{\"diff_ids\":[null]}}",
			"diff id ''" },
		{ "{" PLATFORM "," PLATFORM "}", "duplicate" },
	};
	struct config *c = NULL;
	autoerror err = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_fails(config_parse(cases[i].text, strlen(cases[i].text),
				&c, &err), &err, EBADMSG, cases[i].message);
	assert_null(c);
}

static void
test_too_large(void **state)
{
	autofree char *text = mem_alloc(MiB(8) + 1);
	struct config *c = NULL;
	autoerror err = { 0 };

	(void)state;
	memset(text, ' ', MiB(8) + 1);
	assert_fails(config_parse(text, MiB(8) + 1, &c, &err), &err, EBADMSG,
		"larger than");
}

static void
test_too_many_layers(void **state)
{
	cleanup(config_free) struct config *c = config_new(&linux_amd64);
	const struct digest d = { { 1 } };
	autofree struct digest *ids = NULL;
	autoerror err = { 0 };
	size_t i, count;

	(void)state;
	for (i = 0; i < 10001; i++)
		config_add_diff_id(c, &d);
	assert_fails(config_diff_ids(c, &ids, &count, &err), &err, EBADMSG,
		"10001 layers");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_foreign_members_survive),
		cmocka_unit_test(test_runtime),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_too_many_layers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
