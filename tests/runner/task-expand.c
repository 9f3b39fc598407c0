/* SPDX-License-Identifier: Apache-2.0 */
/* Includes, matrices and cleanup: which steps there are, and who waits for
 * whom. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/late.h"
#include "runner/task-graph.h"
#include "runner/task.h"
#include "runner/template.h"
#include "runner/variables.h"
#include "util/mem.h"

#define HEAD "version: v1.1.0\nsteps:\n"

/* "loop" includes itself. */
static int
include(void *context, const char *path, struct buf *ret, struct error *err)
{
	(void)context;
	if (strcmp(path, "loop") == 0)
		buf_adds(ret, "steps: [{include: loop}]\n");
	else if (strcmp(path, "two") == 0)
		buf_adds(ret, "steps: [{id: i1, cmd: x}, {id: i2, cmd: y}]\n");
	else if (strcmp(path, "bad") == 0)
		buf_adds(ret, "steps:\n- {id: i1, cmdd: x}\n");
	else if (strcmp(path, "list") == 0)
		buf_adds(ret, "- a\n- b\n");
	else if (strcmp(path, "more") == 0)
		buf_adds(ret, "step: []\n");
	else
		return error_set(err, ENOENT, "'%s' is not there", path);
	return 0;
}

static int
parse(const char *source, struct task **ret, struct error *err)
{
	const struct run_words words = { .id = "r1" };
	cleanup(variables_free) struct variables *v = variables_new(&words);
	cleanup(late_free) struct late *late = late_new();
	const struct template_data data = { .root = variables_root(v),
		.late = late };
	const struct task_source s = {
		.name = "t", .late = late, .variables = v, .include = include
	};
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	buf_init(&text, MiB(1));
	r = template_render(source, strlen(source), "t", &data, &text, err);
	if (r < 0)
		return r;
	return task_parse_from(buf_text(&text), text.len, &s, ret, err);
}

static struct task *
parsed(const char *text)
{
	struct task *t = NULL;
	autoerror err = { 0 };

	if (parse(text, &t, &err) < 0)
		fail_msg("%s", err.text);
	return t;
}

static void
assert_refused(const char *text, const char *message)
{
	struct task *t = NULL;
	autoerror err = { 0 };

	assert_int_equal(parse(text, &t, &err), -EINVAL);
	assert_string_equal(err.text, message);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

static void
matrices(void **state)
{
	cleanup(task_free) struct task *t = parsed(HEAD
		"- {id: a, cmd: x}\n"
		"- id: b\n  cmd: img {{.Matrix.os}} {{.Matrix.v | upper}}\n"
		"  matrix: {os: [linux/arm64, bsd], v: [a1, b2]}\n"
		"- {id: c, cmd: x}\n- {id: d, cmd: x, when: [b]}\n"
		"- {id: e, cmd: x, when: ['b[os=bsd,v=a1]']}\n");
	size_t list[8];

	(void)state;
	assert_int_equal(t->step_count, 8);
	assert_string_equal(t->steps[1].id, "b[os=linux/arm64,v=a1]");
	assert_string_equal(t->steps[1].cmd, "img linux/arm64 A1");
	assert_string_equal(t->steps[4].cmd, "img bsd B2");
	assert_string_equal(t->steps[4].base_id, "b");
	assert_int_equal(task_parents(t, 3, list), 1);
	assert_int_equal(list[0], 0);
	assert_int_equal(task_parents(t, 5, list), 4);
	assert_int_equal(list[3], 4);
	assert_int_equal(task_parents(t, 6, list), 4);
	assert_int_equal(task_parents(t, 7, list), 1);
	assert_int_equal(list[0], 3);
}

static void
mistakes_of_matrices(void **state)
{
	(void)state;
	assert_refused(HEAD "- {cmd: x, matrix: [a]}\n",
		"t:3:20: 'matrix' is no map of lists");
	assert_refused(HEAD "- {cmd: x, matrix: {a: []}}\n",
		"t:3:24: 'a' is no list of values");
	assert_refused(HEAD "- {cmd: x, matrix: {a: ['b c']}}\n",
		"t:3:25: 'b c' is no value of a matrix: letters, digits, '_', "
		"'-', '.', '/', ':'");
	assert_refused(HEAD "- {cmd: x, matrix: {'a.b': [c]}}\n",
		"t:3:21: 'a.b' is no name: letters, digits, '_', '-'");
	assert_refused(HEAD "- cmd: x {{.Matrix.a}}\n",
		"t:3:8: '.Matrix' is of a step with 'matrix'");
	assert_refused(HEAD "- {cmd: 'x {{.Matrix.b}}', matrix: {a: [c]}}\n",
		"t:3:9: matrix:1:3: there is no '.Matrix.b', did you mean 'a'?");
}

static void
includes(void **state)
{
	cleanup(task_free) struct task *t =
		parsed(HEAD "- {id: a, cmd: x}\n- include: two\n"
			    "- {id: b, cmd: x, when: [i1]}\n");
	size_t list[4];

	(void)state;
	assert_int_equal(t->step_count, 4);
	assert_string_equal(t->steps[2].id, "i2");
	assert_int_equal(t->steps[2].place.line, 1);
	assert_int_equal(task_parents(t, 1, list), 1);
	assert_int_equal(list[0], 0);
	assert_int_equal(task_parents(t, 3, list), 1);
	assert_int_equal(list[0], 1);
}

static void
mistakes_of_includes(void **state)
{
	(void)state;
	assert_refused(HEAD "- include: loop\n",
		"loop:1:19: too many files are included");
	assert_refused(HEAD "- include: none\n",
		"t:3:12: include: 'none' is not there");
	assert_refused(HEAD "- {include: two, id: a}\n",
		"t:3:3: 'include' stands alone");
	assert_refused(HEAD "- include: bad\n",
		"bad:2:12: unknown key 'cmdd', did you mean 'cmd'?");
	assert_refused(HEAD "- include: list\n",
		"list:1:1: the file is a list, not a map");
	assert_refused(HEAD "- include: more\n",
		"more:1:1: unknown key 'step', did you mean 'steps'?");
	assert_refused(HEAD "- include: [two, two]\n",
		"two:1:9: a step above has the id 'i1' too");
}

static void
cleanup_comes_last(void **state)
{
	cleanup(task_free) struct task *t = parsed(
		HEAD "- {id: a, cmd: x}\n- {id: b, cmd: x, when: ['-']}\n"
		     "cleanup:\n- {id: c, cmd: x}\n"
		     "- {id: d, cmd: x, runOn: failure}\n");
	size_t list[4];

	(void)state;
	assert_int_equal(t->step_count, 4);
	assert_true(t->steps[3].is_cleanup);
	assert_int_equal(t->steps[2].run_on, RUN_ON_ALWAYS);
	assert_int_equal(t->steps[3].run_on, RUN_ON_FAILURE);
	assert_int_equal(task_parents(t, 3, list), 2);
	assert_refused(HEAD "- {id: a, cmd: x}\n"
			    "cleanup: [{cmd: y, when: [a]}]\n",
		"t:4:26: steps of 'cleanup' wait for all others");
	assert_refused(HEAD "- {id: a, cmd: x, when: [b]}\n"
			    "cleanup: [{id: b, cmd: y}]\n",
		"t:3:25: step 'a' waits for 'b', which comes last");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matrices),
		cmocka_unit_test(mistakes_of_matrices),
		cmocka_unit_test(includes),
		cmocka_unit_test(mistakes_of_includes),
		cmocka_unit_test(cleanup_comes_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
