/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/utf8.h"

static void
check(const char *text, const uint32_t *expected, size_t count)
{
	cleanup_value(buf_release) struct buf back = { 0 };
	autofree uint32_t *chars = NULL;
	size_t found;

	chars = utf8_decode(text, &found);
	assert_int_equal(found, count);
	assert_memory_equal(chars, expected, count * sizeof(*chars));
	buf_init(&back, KiB(1));
	for (size_t i = 0; i < found; i++)
		utf8_add(&back, chars[i]);
	assert_string_equal(buf_text(&back), text);
}

#define CHECK(text, ...)                                                       \
	check(text, (const uint32_t[]){ __VA_ARGS__ },                         \
		sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))

static void
characters_of_every_length(void **state)
{
	(void)state;
	check("", NULL, 0);
	CHECK("a\x7f", 'a', 0x7f);
	CHECK("\xc2\x80\xdf\xbf", 0x80, 0x7ff);
	CHECK("\xe0\xa0\x80\xef\xbf\xbf", 0x800, 0xffff);
	CHECK("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 0x10000, 0x10ffff);
}

/* RFC 3629, section 3. */
static void
what_is_not_utf8_comes_back_as_it_was(void **state)
{
	(void)state;
	CHECK("\x80x", 0xdc80, 'x');
	CHECK("\xff", 0xdcff);
	CHECK("\xc0\x80", 0xdcc0, 0xdc80);	 /* too long for NUL */
	CHECK("\xe0\x80\xaf", 0xdce0, 0xdc80, 0xdcaf);
	CHECK("\xed\xa0\x80", 0xdced, 0xdca0, 0xdc80);	/* a surrogate */
	CHECK("\xf4\x90\x80\x80", 0xdcf4, 0xdc90, 0xdc80, 0xdc80);
	CHECK("\xc3", 0xdcc3);			 /* the text ends */
	CHECK("\xe2\x82z", 0xdce2, 0xdc82, 'z');
}

static void
the_end_stays_the_end(void **state)
{
	const char *text = "";

	(void)state;
	assert_int_equal(utf8_next(&text), 0);
	assert_int_equal(utf8_next(&text), 0);
	assert_string_equal(text, "");
}

static void
letters(void **state)
{
	static const struct {
		uint32_t c;
		bool is_letter;
	} table[] = {
		{ 'a', true }, { 'Z', true }, { '_', false }, { '0', false },
		{ ' ', false }, { 0x7f, false }, { 0xe4, true },
		{ 0xa0, false }, { 0xd7, false }, { 0xaa, true },
		{ 0x3b1, true }, { 0x2014, false }, { 0x4e2d, true },
		{ 0xdcff, false }, { 0x1f600, false }, { 0x10ffff, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_int_equal(
			utf8_is_letter(table[i].c), table[i].is_letter);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_of_every_length),
		cmocka_unit_test(what_is_not_utf8_comes_back_as_it_was),
		cmocka_unit_test(the_end_stays_the_end),
		cmocka_unit_test(letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
