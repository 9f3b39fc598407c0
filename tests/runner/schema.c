/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runner/schema.h"
#include "util/mem.h"

static void
every_key_has_a_form(void **state)
{
	const char *missing = "";
	cleanup(json_free) struct json *j = schema_new(&missing);
	const struct json *step, *defs = json_get(j, "$defs");

	(void)state;
	if (missing)
		fail_msg("nobody knows what '%s' holds", missing);
	step = json_get(json_get(defs, "step"), "properties");
	assert_int_equal(
		json_kind(json_get(step, "volumeMounts")), JSON_OBJECT_);
	assert_string_equal(json_get_text(json_get(step, "timeout"), "$ref"),
		"#/$defs/time");
	assert_string_equal(
		json_get_text(json_get(json_get(defs, "time"), "anyOf") ? j : j,
			"title"),
		"slipway task file");
}

/* Each "$ref" leads somewhere. */
static void
check_references(const struct json *j, const struct json *defs)
{
	static const char prefix[] = "#/$defs/";
	const char *ref =
		json_kind(j) == JSON_OBJECT_ ? json_get_text(j, "$ref") : NULL;
	size_t i;

	if (ref)
		assert_non_null(json_get(defs, ref + sizeof(prefix) - 1));
	if (json_kind(j) == JSON_ARRAY)
		for (i = 0; i < json_count(j); i++)
			check_references(json_at(j, i), defs);
	if (json_kind(j) == JSON_OBJECT_)
		for (void *m = json_first(j); m; m = json_next(j, m))
			check_references(json_member_value(m), defs);
}

static void
references_lead_somewhere(void **state)
{
	cleanup(json_free) struct json *j = schema_new(NULL);

	(void)state;
	check_references(j, json_get(j, "$defs"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_has_a_form),
		cmocka_unit_test(references_lead_somewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
