/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>

#include "builder/chmod.h"

static const struct {
	const char *text;
	mode_t from;
	bool is_dir;
	mode_t to;
} changes[] = {
	{ "0644", 0755, false, 0644 },
	{ "755", 0600, true, 0755 },
	{ "0", 0777, false, 0 },
	{ "7777", 0, false, 07777 },
	{ "+x", 0644, false, 0755 },
	{ "a+x", 0644, false, 0755 },
	{ "u+x", 0644, false, 0744 },
	{ "go-r", 0644, false, 0600 },
	{ "u=rwX,go=rX", 0600, false, 0644 },
	{ "u=rwX,go=rX", 0700, false, 0755 },
	{ "u=rwX,go=rX", 0600, true, 0755 },
	{ "g=u", 0640, false, 0660 },
	{ "o=g", 0750, false, 0755 },
	{ "g=o", 0704, false, 0744 },
	{ "a-w,u+s", 0755, false, 04555 },
	{ "g+s", 0755, true, 02755 },
	{ "+t", 0777, true, 01777 },
	{ "u+w-x", 0555, false, 0655 },
	{ "=", 0777, false, 0 },
};

static void
modes_change(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(changes); n++) {
		cleanup_value(chmod_release) struct chmod c = { 0 };
		autoerror err = { 0 };

		assert_ok(chmod_parse(changes[n].text, &c, &err), &err);
		if (chmod_apply(&c, changes[n].from, changes[n].is_dir) !=
			changes[n].to)
			print_error("'%s' on %o\n", changes[n].text,
				changes[n].from);
		assert_int_equal(chmod_apply(&c, changes[n].from,
					 changes[n].is_dir),
			changes[n].to);
	}
}

static void
nothing_given_changes_nothing(void **state)
{
	const struct chmod none = { 0 };

	(void)state;
	assert_int_equal(chmod_apply(&none, S_IFREG | 04755, false), 04755);
}

static void
nonsense_is_refused(void **state)
{
	static const char *const bad[] = { "", "8", "10000", "0o644", "rwx",
		"u", "u+q", "u+r,", ",u+r", "u+r g+r", "-1" };
	struct chmod c = { 0 };
	autoerror err = { 0 };

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++)
		assert_fails(chmod_parse(bad[n], &c, &err), &err, EINVAL,
			"invalid chmod parameter");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes_change),
		cmocka_unit_test(nothing_given_changes_nothing),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
