/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "util/listing.h"

static void
assert_printed(const char *format, const char *expected)
{
	static const char *const headings[] = { "NAME", "SIZE" };
	cleanup(listing_free) struct listing *l = listing_new(headings, 2);
	autofree char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	const char *const names[] = { "a", "longer" };
	int i;

	for (i = 0; i < 2; i++) {
		struct json *row = json_new_object();
		const char *cells[] = { names[i], "1kB" };

		json_set_text(row, "Name", names[i]);
		json_set_number(row, "Size", 1000);
		listing_add(l, cells, row);
	}
	listing_print(to, l, format);
	assert_int_equal(fclose(to), 0);
	assert_string_equal(text, expected);
}

static void
test_formats(void **state)
{
	static const char table[] = "NAME     SIZE\n"
				    "a        1kB\n"
				    "longer   1kB\n";

	(void)state;
	assert_printed(NULL, table);
	assert_printed("table", table);
	assert_printed("ndjson", "{\"Name\":\"a\",\"Size\":1000}\n"
				 "{\"Name\":\"longer\",\"Size\":1000}\n");
	assert_printed("json",
		"[\n  {\n    \"Name\": \"a\",\n    \"Size\": 1000\n  },\n"
		"  {\n    \"Name\": \"longer\",\n    \"Size\": 1000\n  }\n]\n");
}

static void
test_empty(void **state)
{
	static const char *const headings[] = { "NAME" };
	cleanup(listing_free) struct listing *l = listing_new(headings, 1);
	autofree char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	listing_print(to, l, "json");
	listing_print(to, l, "ndjson");
	listing_print(to, l, NULL);
	assert_int_equal(fclose(to), 0);
	assert_string_equal(text, "[]\nNAME\n");
	assert_null(listing_free(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
