/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/arena.h"

static void
pieces(void **state)
{
	cleanup(arena_free) struct arena *a = arena_new(1000);
	char *zeros = arena_alloc(a, 100);
	size_t i;

	(void)state;
	for (i = 0; i < 100; i++)
		assert_int_equal(zeros[i], 0);
	assert_string_equal(arena_strndup(a, "abc", 2), "ab");
	assert_false(arena_is_full(a));
	arena_alloc(a, 1000);
	assert_true(arena_is_full(a));
	assert_null(arena_free(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
