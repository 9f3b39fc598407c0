/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "builder/registry-flags.h"
#include "util/log.h"

static void
names(void **state)
{
	const struct registry_flags f = { .host = "reg.example:5000" };
	struct output_flags o = { 0 };

	(void)state;
	strv_add(&o.tag_texts, "app:1");
	strv_add(&o.tag_texts, "team/app");
	strv_add(&o.tag_texts, "localhost/app:1");
	strv_add(&o.tag_texts, "other.example/app");
	strv_add(&o.tag_texts, "docker.io/library/app");
	registry_flags_apply(&f, &o);
	assert_true(o.push);
	assert_string_equal(o.tag_texts.items[0], "reg.example:5000/app:1");
	assert_string_equal(o.tag_texts.items[1], "reg.example:5000/team/app");
	assert_string_equal(o.tag_texts.items[2], "localhost/app:1");
	assert_string_equal(o.tag_texts.items[3], "other.example/app");
	assert_string_equal(o.tag_texts.items[4], "docker.io/library/app");
	output_flags_release(&o);
}

static void
nothing_to_push(void **state)
{
	const struct registry_flags none = { 0 };
	const struct registry_flags f = { .host = "h" };
	struct output_flags o = { 0 };

	(void)state;
	log_set_level(LOG_QUIET);
	registry_flags_apply(&f, &o);
	assert_false(o.push);
	strv_add(&o.tag_texts, "app");
	registry_flags_apply(&none, &o);
	assert_string_equal(o.tag_texts.items[0], "app");
	assert_false(o.push);
	output_flags_release(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(nothing_to_push),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
