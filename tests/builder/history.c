/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/history.h"

static void
quotes_as_go_does(void **state)
{
	static const struct {
		const char *text, *quoted;
	} rows[] = {
		{ "a", "\"a\"" },
		{ "", "\"\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "\a\b\f\n\r\t\v", "\"\\a\\b\\f\\n\\r\\t\\v\"" },
		{ "\x01\x7f", "\"\\x01\\x7f\"" },
		{ "\xc3\xa9", "\"\xc3\xa9\"" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		struct buf b = { 0 };

		buf_init(&b, HISTORY_MAX);
		history_add_quoted(&b, rows[n].text);
		assert_text(buf_steal(&b), rows[n].quoted);
	}
}

static void
lists_have_blanks_and_no_commas(void **state)
{
	cleanup_value(strv_release) struct strv items = { 0 };
	struct buf b = { 0 };

	(void)state;
	buf_init(&b, HISTORY_MAX);
	history_add_quoted_list(&b, &items);
	history_add_list(&b, &items);
	strv_add(&items, "/bin/sh");
	strv_add(&items, "-c");
	history_add_quoted_list(&b, &items);
	history_add_list(&b, &items);
	assert_text(buf_steal(&b), "[][][\"/bin/sh\" \"-c\"][/bin/sh -c]");
}

static void
durations_as_go_does(void **state)
{
	static const struct {
		int64_t nanoseconds;
		const char *text;
	} rows[] = {
		{ 0, "0s" },
		{ 1, "1ns" },
		{ 1500, "1.5\u00b5s" },
		{ 2000000, "2ms" },
		{ 500000000, "500ms" },
		{ 1000000000, "1s" },
		{ 1500000000, "1.5s" },
		{ 90000000000, "1m30s" },
		{ 3600000000000, "1h0m0s" },
		{ 3661000000001, "1h1m1.000000001s" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		struct buf b = { 0 };

		buf_init(&b, HISTORY_MAX);
		history_add_duration(&b, rows[n].nanoseconds);
		assert_text(buf_steal(&b), rows[n].text);
	}
}

static void
numbers_are_runes(void **state)
{
	static const uint32_t numbers[] = { 0, 3, 9, 39, 65, 92, 127, 200,
		70000 };
	struct buf b = { 0 };

	(void)state;
	buf_init(&b, HISTORY_MAX);
	for (size_t n = 0; n < ARRAY_SIZE(numbers); n++)
		history_add_rune(&b, numbers[n]);
	assert_text(buf_steal(&b),
		"'\\x00''\\x03''\\t''\\'''A''\\\\''\\x7f''\\u00c8''\\U00011170'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_as_go_does),
		cmocka_unit_test(lists_have_blanks_and_no_commas),
		cmocka_unit_test(durations_as_go_does),
		cmocka_unit_test(numbers_are_runes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
