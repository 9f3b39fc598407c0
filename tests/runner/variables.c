/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/variables.h"
#include "util/scope.h"

static const struct run_words words = { "cf2a", "reg.example.com:5000", NULL,
	"workspace" };

static void
the_run(void **state)
{
	cleanup(map_free) struct map *v = variables_new(&words);
	const char *date = map_get(v, "Run.Date");

	(void)state;
	assert_string_equal(map_get(v, "Run.ID"), "cf2a");
	assert_string_equal(map_get(v, "Build.ID"), "cf2a");
	assert_string_equal(map_get(v, "Run.Registry"), "reg.example.com:5000");
	assert_string_equal(map_get(v, "Run.RegistryName"), "reg");
	assert_string_equal(map_get(v, "Run.TaskName"), "");
	assert_string_equal(map_get(v, "Run.SharedVolume"), "workspace");
	assert_string_equal(map_get(v, "Run.OS"), "linux");
	assert_true(strlen(map_get(v, "Run.Architecture")) > 2);
	assert_int_equal(strlen(date), strlen("20240102-030405z"));
	assert_int_equal(date[15], 'z');
}

static void
settings(void **state)
{
	cleanup(map_free) struct map *v = variables_new(&words);
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(variables_set(v, "a.b=c=9,d", NULL), 0);
	assert_string_equal(map_get(v, "Values.a.b"), "c=9,d");
	assert_int_equal(variables_set(v, "a.b=", NULL), 0);
	assert_string_equal(map_get(v, "Values.a.b"), "");
	assert_int_equal(variables_set(v, "none", &err), -EINVAL);
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_int_equal(variables_set(v, "=x", NULL), -EINVAL);
}

static int
add(struct map *v, const char *text, struct error *err)
{
	return variables_add_values(v, text, strlen(text), "f", err);
}

static void
values(void **state)
{
	cleanup(map_free) struct map *v = variables_new(&words);
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(add(v, "a: 1.50\nb: {c: yes, d: ~}\n", NULL), 0);
	assert_string_equal(map_get(v, "Values.a"), "1.50");
	assert_string_equal(map_get(v, "Values.b.c"), "yes");
	assert_string_equal(map_get(v, "Values.b.d"), "");
	assert_int_equal(add(v, "", NULL), 0);
	assert_int_equal(add(v, "- a\n", &err), -EINVAL);
	assert_string_equal(err.text, "f:1:1: values are a list, not a map");
	assert_int_equal(add(v, "a: [1]\n", &err), -EINVAL);
	assert_string_equal(
		err.text, "f:1:4: a list of values is not supported yet");
	assert_int_equal(add(v, "a: [\n", &err), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_run),
		cmocka_unit_test(settings),
		cmocka_unit_test(values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
