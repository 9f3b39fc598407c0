/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/property.h"
#include "util/mem.h"
#include "util/strv.h"

struct thing {
	char *text;
	int64_t duration_ms;
	uint64_t count;
	bool flag;
	struct strv list;
	struct strv env;
	uint64_t size, mode;
};

#define F(field) offsetof(struct thing, field)

static const struct property table[] = {
	{ "text", property_text, F(text) },
	{ "duration", property_duration, F(duration_ms) },
	{ "count", property_count, F(count) },
	{ "flag", property_bool, F(flag) },
	{ "list", property_list, F(list) },
	{ "env", property_env, F(env) },
	{ "harmless", property_harmless },
	{ "size", property_size, F(size) },
	{ "mode", property_mode, F(mode) },
	{ NULL },
};

static void
release(struct thing *t)
{
	free(t->text);
	strv_release(&t->list);
	strv_release(&t->env);
}

static int
read_thing(const char *text, struct thing *ret, struct error *err)
{
	cleanup(yaml_doc_free) struct yaml_doc *y = NULL;

	assert_int_equal(yaml_doc_parse(text, strlen(text), "f", &y, NULL), 0);
	return property_read_all(y, yaml_doc_root(y), table, ret, err);
}

static void
every_reader(void **state)
{
	cleanup_value(release) struct thing t = { 0 };

	(void)state;
	assert_int_equal(
		read_thing("text: 1.5\nduration: 1m\ncount: 7\n"
			   "flag: on\nlist: [a, b]\nenv: [A=1, 'A=\"2\"']\n"
			   "harmless: {x: y}\nsize: 1.5k\nmode: 0640\n",
			&t, NULL),
		0);
	assert_string_equal(t.text, "1.5");
	assert_int_equal(t.duration_ms, 60000);
	assert_int_equal(t.count, 7);
	assert_int_equal(t.size, 1536);
	assert_int_equal(t.mode, 0640);
	assert_true(t.flag);
	assert_int_equal(t.list.count, 2);
	assert_int_equal(t.env.count, 1);
	assert_string_equal(t.env.items[0], "A=2");
}

static void
one_for_a_list(void **state)
{
	cleanup_value(release) struct thing t = { 0 };

	(void)state;
	assert_int_equal(read_thing("list: a\nenv: A=1\n", &t, NULL), 0);
	assert_string_equal(t.list.items[0], "a");
	assert_string_equal(t.env.items[0], "A=1");
}

static void
assert_refused(const char *text, const char *message)
{
	cleanup_value(release) struct thing t = { 0 };
	autoerror err = { 0 };

	assert_int_equal(read_thing(text, &t, &err), -EINVAL);
	assert_string_equal(err.text, message);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

static void
mistakes(void **state)
{
	(void)state;
	assert_refused(
		"txet: a", "f:1:1: unknown key 'txet', did you mean 'text'?");
	assert_refused("something: a", "f:1:1: unknown key 'something'");
	assert_refused("text: [a]", "f:1:7: 'text' is a list, not a text");
	assert_refused("list: {a: b}", "f:1:7: 'list' is a map, not a list");
	assert_refused("duration: soon",
		"f:1:11: 'duration' is 'soon', not a "
		"time like 90, 90s or 1h30m");
	assert_refused("duration: 99999999999",
		"f:1:11: 'duration' is "
		"'99999999999', not a time like 90, 90s or 1h30m");
	assert_refused("count: 1000001",
		"f:1:8: 'count' is '1000001', not a "
		"whole number up to 1000000");
	assert_refused("flag: 2", "f:1:7: 'flag' is neither true nor false");
	assert_refused(
		"env: [=x]", "f:1:6: 'env' has '=x', which is not NAME=VALUE");
	assert_refused("duration: 010",
		"f:1:11: 'duration' is '010', not a time like 90, 90s or "
		"1h30m");
	assert_refused(
		"size: big", "f:1:7: 'size' is 'big', not a size like 512m or 1.5g");
	assert_refused(
		"mode: 0999", "f:1:7: 'mode' is '0999', not a mode like 0400");
}

/* As the registry service reads the same words. */
static void
lenient_numbers(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{ "duration: 010", 8000 },
		{ "duration: 0x10", 16000 },
		{ "duration: 0b11", 3000 },
		{ "duration: 1_000", 1000000 },
		{ "duration: 2.9", 2000 },
		{ "duration: -5", 0 },
		{ "duration: 1m", 60000 },
		{ "duration: 90\nduration: 80", 80000 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup(yaml_doc_free) struct yaml_doc *y = NULL;
		cleanup_value(release) struct thing t = { 0 };

		assert_int_equal(
			yaml_doc_parse_lenient(cases[i].text,
				strlen(cases[i].text), "f", &y, NULL),
			0);
		assert_int_equal(property_read_all(y, yaml_doc_root(y), table,
					 &t, NULL),
			0);
		assert_int_equal(t.duration_ms, cases[i].ms);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reader),
		cmocka_unit_test(one_for_a_list),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(lenient_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
