/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/task-graph.h"

#define HEAD "version: v1.1.0\nsteps:\n"

static void
assert_refused(const char *text, const char *message)
{
	struct task *t = NULL;
	autoerror err = { 0 };

	assert_int_equal(
		task_parse(text, strlen(text), "t", &t, &err), -EINVAL);
	assert_string_equal(err.text, message);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

static void
cycles(void **state)
{
	(void)state;
	assert_refused(HEAD "- {id: a, cmd: x, when: [b]}\n"
			    "- {id: b, cmd: x, when: [a]}\n",
		"t:3:3: steps wait for each other: a \xe2\x86\x92 b "
		"\xe2\x86\x92 a");
	assert_refused(HEAD "- {id: z, cmd: x, when: ['-']}\n"
			    "- {id: a, cmd: x, when: [z, c]}\n"
			    "- {id: b, cmd: x}\n"
			    "- {id: c, cmd: x, when: ['*']}\n",
		"t:4:3: steps wait for each other: a \xe2\x86\x92 c "
		"\xe2\x86\x92 a");
	assert_refused(HEAD "- {id: a, cmd: x, when: [none]}\n",
		"t:3:25: step 'a' waits for 'none', which is no step");
}

static void
parents(void **state)
{
	static const char text[] = HEAD "- {id: a, cmd: x, when: [c, c]}\n"
					"- {id: b, cmd: x}\n"
					"- {id: c, cmd: x, when: ['-']}\n"
					"- {id: d, cmd: x, when: ['*', b]}\n";
	cleanup(task_free) struct task *t = NULL;
	size_t list[4];

	(void)state;
	assert_int_equal(task_parse(text, strlen(text), "t", &t, NULL), 0);
	assert_int_equal(task_parents(t, 0, list), 1);
	assert_int_equal(list[0], 2);
	assert_int_equal(task_parents(t, 1, list), 1);
	assert_int_equal(list[0], 0);
	assert_int_equal(task_parents(t, 2, list), 0);
	assert_int_equal(task_parents(t, 3, list), 3);
	assert_int_equal(task_find_step(t, "c"), 2);
	assert_int_equal(task_find_step(t, "e"), 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cycles),
		cmocka_unit_test(parents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
