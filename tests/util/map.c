/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "util/map.h"

static unsigned released;

static void
count_release(void *value)
{
	(void)value;
	released++;
}

static void
set_get_remove(void **state)
{
	cleanup(map_free) struct map *m = map_new(NULL);
	char one[] = "one", empty[] = "empty";

	(void)state;
	assert_null(map_get(m, "a"));
	map_set(m, "a", one);
	map_set(m, "", empty);
	map_set(m, "null", NULL);
	assert_string_equal(map_get(m, "a"), "one");
	assert_string_equal(map_get(m, ""), "empty");
	assert_null(map_get(m, "null"));
	assert_true(map_has(m, "null"));
	assert_int_equal(map_count(m), 3);
	map_remove(m, "a");
	map_remove(m, "not there");
	assert_false(map_has(m, "a"));
	assert_int_equal(map_count(m), 2);
}

static void
values_are_released_once(void **state)
{
	struct map *m = map_new(count_release);
	char value;

	(void)state;
	released = 0;
	map_set(m, "a", &value);
	map_set(m, "a", &value);	/* the same: still held */
	assert_int_equal(released, 0);
	map_set(m, "a", &released);
	assert_int_equal(released, 1);
	map_remove(m, "a");
	assert_int_equal(released, 2);
	map_set(m, "b", &value);
	map_set(m, "c", NULL);
	assert_null(map_free(m));
	assert_int_equal(released, 3);
	assert_null(map_free(NULL));
}

static void
names_are_sorted(void **state)
{
	cleanup(map_free) struct map *m = map_new(NULL);
	autofree const char **names = NULL;
	autofree const char **none = NULL;
	char name[16];

	(void)state;
	none = map_names(m);
	assert_non_null(none);
	for (unsigned i = 0; i < 10000; i++) {
		(void)snprintf(name, sizeof(name), "%05u", i * 7919 % 10000);
		map_set(m, name, m);
	}
	assert_int_equal(map_count(m), 10000);
	names = map_names(m);
	for (unsigned i = 0; i < 10000; i++) {
		(void)snprintf(name, sizeof(name), "%05u", i);
		assert_string_equal(names[i], name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_get_remove),
		cmocka_unit_test(values_are_released_once),
		cmocka_unit_test(names_are_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
