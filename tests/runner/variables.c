/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/variables.h"
#include "util/mem.h"
#include "util/scope.h"

static const struct run_words words = { "cf2a", "reg.example.com:5000", NULL,
	"workspace" };

static const struct value *
get(const struct variables *v, const char *path)
{
	cleanup_value(strv_release) struct strv keys = { 0 };
	const struct value *at = variables_root(v);
	size_t i;

	strv_split(&keys, path, '.');
	for (i = 0; i < keys.count && at; i++)
		at = value_get(at, keys.items[i]);
	assert_non_null(at);
	return at;
}

static void
the_run(void **state)
{
	cleanup(variables_free) struct variables *v = variables_new(&words);
	const char *date = get(v, "Run.Date")->text;

	(void)state;
	assert_string_equal(get(v, "Run.ID")->text, "cf2a");
	assert_string_equal(get(v, "Build.ID")->text, "cf2a");
	assert_string_equal(
		get(v, "Run.Registry")->text, "reg.example.com:5000");
	assert_string_equal(get(v, "Run.RegistryName")->text, "reg");
	assert_string_equal(get(v, "Run.TaskName")->text, "");
	assert_string_equal(get(v, "Run.Commit")->text, "");
	assert_string_equal(get(v, "Run.SharedVolume")->text, "workspace");
	assert_string_equal(get(v, "Run.OS")->text, "linux");
	assert_true(strlen(get(v, "Run.Architecture")->text) > 2);
	assert_int_equal(strlen(date), strlen("20240102-030405z"));
	assert_int_equal(date[15], 'z');
}

static int
set(struct variables *v, const char *assignment)
{
	return variables_set(v, VARIABLES_TEXT, assignment, NULL);
}

static void
settings(void **state)
{
	cleanup(variables_free) struct variables *v = variables_new(&words);
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(set(v, "a.b=c=9,d"), 0);
	assert_string_equal(get(v, "Values.a.b")->text, "c=9,d");
	assert_int_equal(set(v, "a.c="), 0);
	assert_string_equal(get(v, "Values.a.b")->text, "c=9,d");
	assert_string_equal(get(v, "Values.a.c")->text, "");
	assert_int_equal(
		variables_set(v, VARIABLES_TEXT, "none", &err), -EINVAL);
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_int_equal(set(v, "=x"), -EINVAL);
}

static void
other_sources(void **state)
{
	cleanup(variables_free) struct variables *v = variables_new(&words);
	char path[] = "/tmp/slipway-variables-XXXXXX";
	autoclose int fd = mkstemp(path);
	autofree char *assignment = mem_printf("f=%s", path);
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(write(fd, "a\nb", 3), 3);
	assert_int_equal(variables_set(v, VARIABLES_FILE, assignment, NULL), 0);
	assert_string_equal(get(v, "Values.f")->text, "a\nb");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(
		variables_set(v, VARIABLES_FILE, assignment, &err), -ENOENT);
	assert_int_equal(err.kind, ERROR_LOCAL);
	error_release(&err);
	assert_int_equal(
		variables_set(v, VARIABLES_JSON, "j={\"x\":[1]}", NULL), 0);
	assert_int_equal(get(v, "Values.j.x")->items[0]->integer, 1);
	assert_int_equal(
		variables_set(v, VARIABLES_JSON, "j={", &err), -EBADMSG);
	assert_int_equal(err.kind, ERROR_REQUEST);
	error_release(&err);
	assert_int_equal(variables_set(v, VARIABLES_SECRET, "s=hush", NULL), 0);
	assert_string_equal(get(v, "Values.s")->text, "hush");
	assert_string_equal(variables_secrets(v)->items[0], "hush");
	assert_int_equal(
		variables_set(v, VARIABLES_SECRET, "hush", &err), -EINVAL);
	assert_string_equal(err.text, "our environment has no such variable");
}

static int
add(struct variables *v, const char *text, struct error *err)
{
	return variables_add_values(v, text, strlen(text), "f", err);
}

static void
values(void **state)
{
	cleanup(variables_free) struct variables *v = variables_new(&words);
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(
		add(v, "a: 1.50\nb: {c: yes, d: ~}\nl: [1, x]\n", NULL), 0);
	assert_string_equal(get(v, "Values.a")->text, "1.50");
	assert_string_equal(get(v, "Values.b.c")->text, "yes");
	assert_int_equal(get(v, "Values.b.d")->kind, VALUE_NIL);
	assert_int_equal(get(v, "Values.l")->count, 2);
	assert_int_equal(set(v, "b.c=no"), 0);
	assert_string_equal(get(v, "Values.b.c")->text, "no");
	assert_int_equal(add(v, "", NULL), 0);
	assert_int_equal(add(v, "- a\n", &err), -EINVAL);
	assert_string_equal(err.text, "f:1:1: values are a list, not a map");
	assert_int_equal(add(v, "a: [\n", NULL), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_run),
		cmocka_unit_test(settings),
		cmocka_unit_test(other_sources),
		cmocka_unit_test(values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
