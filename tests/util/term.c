/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/mem.h"
#include "util/scope.h"
#include "util/term.h"

static void
widths(void **state)
{
	(void)state;
	assert_int_equal(term_text_width(""), 0);
	assert_int_equal(term_text_width("abc"), 3);
	assert_int_equal(term_text_width("b\xc3\xa4r"), 3);
	assert_int_equal(term_text_width("\xe6\xbc\xa2"), 2);
	assert_int_equal(term_text_width("e\xcc\x81"), 1);
	assert_int_equal(term_text_width("\xff\xfe"), 2);
	assert_int_equal(term_text_width("\033[31mred\033[0m"), 3);
}

static void
assert_safe(const char *text, bool color, const char *wanted)
{
	cleanup_value(buf_release) struct buf b = { 0 };

	buf_init(&b, 1000);
	term_add_safe(&b, text, strlen(text), color);
	assert_string_equal(buf_text(&b), wanted);
}

static void
foreign_text_is_harmless(void **state)
{
	(void)state;
	assert_safe("a\tb", false, "a       b");
	assert_safe("a\b\x01\x7f"
		    "b",
		false, "ab");
	assert_safe("\033[1;31mred\033[m", false, "red");
	assert_safe("\033[1;31mred\033[m", true, "\033[1;31mred\033[m");
	assert_safe("\033[2J\033[Hx\033]0;t\a\033P1\033\\\033cy", true, "xy");
	assert_safe("\033[31", true, "[31");
	assert_safe("\xc2\x9b"
		    "2J",
		true, "2J");
	assert_safe("\xc0\x80\xe2\x82", false,
		"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	assert_safe("\xc3\xa4", false, "\xc3\xa4");
	assert_safe("\033]never ends", true, "");
}

static void
cuts_between_characters(void **state)
{
	cleanup_value(buf_release) struct buf b = { 0 };

	(void)state;
	buf_init(&b, 100);
	term_add_cut(&b, "a\xe6\xbc\xa2\xe6\xbc\xa2", 4);
	assert_string_equal(buf_text(&b), "a\xe6\xbc\xa2");
	buf_reset(&b);
	term_add_cut(&b, "abc\033[0m", 1);
	assert_string_equal(buf_text(&b), "a\033[0m");
}

static void
sequences(void **state)
{
	cleanup_value(buf_release) struct buf b = { 0 };

	(void)state;
	buf_init(&b, 100);
	term_add_erase(&b, 3);
	term_add_erase(&b, 0);
	term_add_color(&b, TERM_RED);
	term_add_color(&b, TERM_PLAIN);
	assert_string_equal(
		buf_text(&b), "\r\033[3A\033[J\r\033[J\033[31m\033[0m");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths),
		cmocka_unit_test(foreign_text_is_harmless),
		cmocka_unit_test(cuts_between_characters),
		cmocka_unit_test(sequences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
