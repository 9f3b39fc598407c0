/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/value.h"
#include "util/mem.h"

static struct arena *arena;

static int
make_arena(void **state)
{
	(void)state;
	arena = arena_new(MiB(1));
	return 0;
}

static int
free_arena(void **state)
{
	(void)state;
	arena = arena_free(arena);
	return 0;
}

static void
assert_prints(const struct value *v, const char *wanted)
{
	cleanup_value(buf_release) struct buf out = { 0 };

	buf_init(&out, MiB(1));
	value_format(v, &out);
	assert_string_equal(buf_text(&out), wanted);
}

static const struct value *
yaml(const char *text)
{
	cleanup(yaml_doc_free) struct yaml_doc *y = NULL;

	assert_int_equal(yaml_doc_parse(text, strlen(text), "f", &y, NULL), 0);
	return value_from_yaml(arena, yaml_doc_root(y));
}

static void
from_yaml(void **state)
{
	(void)state;
	assert_prints(yaml("{b: [1, 2.50, x], a: true, c: ~}"),
		"map[a:true b:[1 2.50 x] c:<nil>]");
	assert_int_equal(yaml("12")->kind, VALUE_INT);
	assert_int_equal(yaml("-12")->integer, -12);
	assert_int_equal(yaml("1e3")->kind, VALUE_FLOAT);
	assert_int_equal(yaml("'12'")->kind, VALUE_TEXT);
	assert_int_equal(yaml("012")->kind, VALUE_TEXT);
	assert_int_equal(yaml("1-2")->kind, VALUE_TEXT);
	assert_int_equal(yaml("yes")->kind, VALUE_TEXT);
	assert_int_equal(yaml("99999999999999999999")->kind, VALUE_TEXT);
}

static void
json(void **state)
{
	static const char text[] =
		"{\"a\":[1,2.5,true,null,\"x\"],\"b\":{\"c\":false}}";
	cleanup(json_free) struct json *in = NULL;
	cleanup(json_free) struct json *out = NULL;
	cleanup_value(buf_release) struct buf again = { 0 };

	(void)state;
	assert_int_equal(
		json_parse(text, strlen(text), MiB(1), "f", &in, NULL), 0);
	out = value_to_json(value_from_json(arena, in));
	buf_init(&again, MiB(1));
	json_format(out, &again);
	assert_string_equal(buf_text(&again), text);
}

static void
floats(void **state)
{
	(void)state;
	assert_prints(value_float(arena, 1.5), "1.5");
	assert_prints(value_float(arena, 3), "3");
	assert_prints(value_float(arena, 0.1), "0.1");
	assert_prints(value_float(arena, 1e20), "100000000000000000000");
	assert_prints(value_float(arena, 1e22), "1e+22");
}

static void
maps(void **state)
{
	struct value *map = value_map(arena);
	struct value *copy;
	char key[2] = "a";

	(void)state;
	for (key[0] = 'z'; key[0] >= 'a'; key[0]--)
		value_put(arena, map, key, value_int(arena, key[0]));
	value_put(arena, map, "m", &value_true);
	assert_int_equal(map->count, 26);
	assert_string_equal(map->keys[0], "a");
	assert_ptr_equal(value_get(map, "m"), &value_true);
	assert_null(value_get(map, "mm"));
	copy = value_copy(arena, map);
	assert_true(value_equal(copy, map));
	value_remove(copy, "m");
	value_remove(copy, "m");
	assert_int_equal(copy->count, 25);
	assert_null(value_get(copy, "m"));
	assert_false(value_equal(copy, map));
}

static void
truth(void **state)
{
	struct value *list = value_list(arena);

	(void)state;
	assert_false(value_is_true(&value_nil));
	assert_false(value_is_true(value_int(arena, 0)));
	assert_false(value_is_true(value_float(arena, 0)));
	assert_false(value_is_true(value_text(arena, "")));
	assert_false(value_is_true(list));
	value_append(arena, list, &value_nil);
	assert_true(value_is_true(list));
	assert_true(value_is_true(value_text(arena, "0")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_yaml),
		cmocka_unit_test(json),
		cmocka_unit_test(floats),
		cmocka_unit_test(maps),
		cmocka_unit_test(truth),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
