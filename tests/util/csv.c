/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "util/csv.h"

static void
fields(void **state)
{
	static const struct {
		const char *text, *fields;
	} cases[] = {
		{ "", "" },
		{ "a", "a" },
		{ "a,b=c,", "a|b=c|" },
		{ ",", "|" },
		{ " a , b ", " a | b " },
		{ "\"a,b\",c", "a,b|c" },
		{ "\"say \"\"hi\"\"\"", "say \"hi\"" },
		{ "\"\",x", "|x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_value(strv_release) struct strv found = { 0 };
		autoerror err = { 0 };

		assert_ok(csv_split(cases[i].text, &found, &err), &err);
		assert_text(strv_join(&found, "|"), cases[i].fields);
	}
}

static void
what_is_no_record(void **state)
{
	cleanup_value(strv_release) struct strv found = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_fails(csv_split("a\"b", &found, &err), &err, EINVAL,
		"a quote within");
	assert_fails(csv_split("\"a", &found, &err), &err, EINVAL,
		"a quote is missing");
	assert_fails(csv_split("\"a\"b", &found, &err), &err, EINVAL,
		"a comma is missing");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(what_is_no_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
