/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/sighting.h"

#define autostrv cleanup_value(strv_release) struct strv

static void
remembers_the_latest(void **state)
{
	cleanup(store_free) struct store *s = NULL;
	unit_dir_auto dir = unit_dir_make();
	autofree char *path = mem_printf("%s/store", dir.path);
	struct digest d, other;
	autoerror err = { 0 };
	autostrv none = { 0 }, some = { 0 }, many = { 0 };

	(void)state;
	assert_ok(store_open(path, &s, &err), &err);
	digest_of("x", 1, &d);
	digest_of("y", 1, &other);
	sighting_list(s, &d, "h", "p", &none);
	assert_int_equal(none.count, 0);

	sighting_add(s, &d, "h/a");
	sighting_add(s, &d, "h/b/c");
	sighting_add(s, &d, "h/a");
	sighting_add(s, &d, "hh/d");
	sighting_add(s, &other, "h/e");
	sighting_list(s, &d, "h", "a", &some);
	assert_text(strv_join(&some, " "), "b/c");

	for (int i = 0; i < 20; i++) {
		autofree char *name = mem_printf("h/n%d", i);

		sighting_add(s, &d, name);
	}
	sighting_list(s, &d, "h", "", &many);
	assert_int_equal(many.count, 8);
	assert_string_equal(many.items[0], "n19");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remembers_the_latest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
