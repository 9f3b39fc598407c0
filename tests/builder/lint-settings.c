/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/lint-settings.h"

static void
parts_are_read(void **state)
{
	cleanup_value(lint_settings_release) struct lint_settings s = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_true(lint_settings_want(&s, "A", false));
	assert_false(lint_settings_want(&s, "A", true));
	assert_ok(lint_settings_parse(
			  "skip=A,b;error=true;experimental=C x", &s, &err),
		&err);
	assert_false(lint_settings_want(&s, "A", false));
	assert_false(lint_settings_want(&s, "B", false));
	assert_true(lint_settings_want(&s, "C", true));
	assert_false(lint_settings_want(&s, "D", true));
	assert_true(s.error);
	assert_ok(lint_settings_parse("skip=all", &s, &err), &err);
	assert_false(lint_settings_want(&s, "C", true));
	assert_ok(lint_settings_parse("", &s, &err), &err);
}

static void
nonsense_is_refused(void **state)
{
	static const struct {
		const char *text, *message;
	} table[] = {
		{ "skip", "'skip' is not name=value" },
		{ "error=yes", "error is true or false, not 'yes'" },
		{ "skip=a;other=b", "'other' is not known" },
	};
	struct lint_settings s = { 0 };
	autoerror err = { 0 };

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		int r = lint_settings_parse(table[n].text, &s, &err);

		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_fails(r, &err, EINVAL, table[n].message);
		assert_int_equal(s.skip.count, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_read),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
