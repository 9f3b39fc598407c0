/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "util/buf.h"

#define autobuf cleanup_value(buf_release) struct buf

static void
empty_is_empty_text(void **state)
{
	autobuf b = { 0 };

	(void)state;
	assert_string_equal(buf_text(&b), "");
	assert_text(buf_steal(&b), "");
	buf_release(&b);
	buf_release(&b);
}

static void
additions_follow_each_other(void **state)
{
	autobuf b = { 0 };
	autofree char *many = mem_alloc(1001);

	(void)state;
	buf_init(&b, KiB(4));
	buf_adds(&b, "ab");
	buf_addc(&b, 'c');
	buf_addf(&b, "%d", 42);
	buf_add(&b, "\0z", 2);
	assert_int_equal(b.len, 7);
	assert_memory_equal(b.data, "abc42\0z", 8);

	buf_reset(&b);
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(b.max, KiB(4));
	memset(many, 'x', 1000);
	many[1000] = '\0';
	buf_addf(&b, "%s", many);
	assert_string_equal(buf_text(&b), many);
}

static void
ceiling_is_kept(void **state)
{
	autoerror err = { 0 };
	autobuf b = { 0 };

	(void)state;
	buf_init(&b, 5);
	buf_adds(&b, "12345");
	assert_ok(buf_check(&b, "text", &err), &err);
	buf_adds(&b, "6");
	assert_string_equal(buf_text(&b), "12345");
	assert_fails(buf_check(&b, "text", &err), &err, EFBIG,
		"text is larger than 5 bytes");
	buf_reset(&b);
	assert_ok(buf_check(&b, "text", &err), &err);
	/* What still fits is kept. */
	buf_adds(&b, "abcdefg");
	assert_string_equal(buf_text(&b), "abcde");
	assert_true(b.overflow);
}

static void
all_zero_holds_nothing(void **state)
{
	autobuf b = { 0 };

	(void)state;
	buf_adds(&b, "x");
	assert_true(b.overflow);
	assert_string_equal(buf_text(&b), "");
}

static void
room_is_for_writing(void **state)
{
	autobuf b = { 0 };
	char *room;

	(void)state;
	buf_init(&b, 10);
	room = buf_room(&b, 10);
	assert_non_null(room);
	memcpy(room, "0123456789", 10);
	buf_grew(&b, 10);
	assert_string_equal(buf_text(&b), "0123456789");
	assert_null(buf_room(&b, 1));
	assert_true(b.overflow);
	assert_non_null(buf_room(&b, 0));
}

static void
sizes_do_not_wrap(void **state)
{
	autobuf b = { 0 };

	(void)state;
	buf_init(&b, 100);
	buf_adds(&b, "x");
	assert_null(buf_room(&b, SIZE_MAX));
}

static void
steal_leaves_it_empty(void **state)
{
	autobuf b = { 0 };

	(void)state;
	buf_init(&b, 10);
	buf_adds(&b, "mine");
	assert_text(buf_steal(&b), "mine");
	assert_int_equal(b.len, 0);
	buf_adds(&b, "next");
	assert_string_equal(buf_text(&b), "next");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_is_empty_text),
		cmocka_unit_test(additions_follow_each_other),
		cmocka_unit_test(ceiling_is_kept),
		cmocka_unit_test(all_zero_holds_nothing),
		cmocka_unit_test(room_is_for_writing),
		cmocka_unit_test(sizes_do_not_wrap),
		cmocka_unit_test(steal_leaves_it_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
