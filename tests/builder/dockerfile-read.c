/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/dockerfile.h"
#include "util/strv.h"

/* Files by "name=text". */
static int
read_file(const void *context, const char *path, char **ret_name,
	struct buf *text, struct error *err)
{
	const char *found = strv_env_get(context, path);

	if (!found)
		return error_set(err, ENOENT, "no file '%s'", path);
	buf_adds(text, found);
	*ret_name = mem_strdup(path);
	return 0;
}

static int
parse(const struct strv *files, const char *text, struct dockerfile **ret,
	struct error *err)
{
	const struct include_reader reader = { read_file, files };

	return dockerfile_parse("D", text, strlen(text), &reader, ret, err);
}

static void
check_fails(const struct strv *files, const char *text, int code,
	const char *message, const char *hint)
{
	struct dockerfile *d = NULL;
	autoerror err = { 0 };
	int r;

	r = parse(files, text, &d, &err);
	assert_int_equal(err.kind, ERROR_REQUEST);
	if (hint)
		assert_non_null(strstr(err.hint, hint));
	assert_fails(r, &err, code, message);
	assert_null(d);
}

static void
instructions_take_the_place_of_an_include(void **state)
{
	cleanup_value(strv_release) struct strv files = { 0 };
	cleanup(dockerfile_free) struct dockerfile *d = NULL;
	const struct instr *i;
	autoerror err = { 0 };

	(void)state;
	strv_add(&files, "a=ARG X\nFROM one\nUSER u\ninclude b\n");
	strv_add(&files, "b=\n# nothing but\nRUN <<E\nx\nE\n");
	assert_ok(parse(&files, "INCLUDE a\nCMD x\n", &d, &err), &err);
	assert_int_equal(d->origin_count, 3);
	assert_int_equal(d->global_count, 1);
	assert_int_equal(d->stage_count, 1);
	assert_int_equal(d->stages[0].count, 3);
	i = &d->stages[0].instrs[1];
	assert_int_equal(i->kind, INSTR_RUN);
	assert_string_equal(i->origin->file, "b");
	assert_int_equal(i->line, 3);
	assert_string_equal(d->stages[0].instrs[2].origin->file, "D");
	(void)error_set(&err, EINVAL, "no");
	assert_int_equal(dockerfile_error_at(d, i, &err), -EINVAL);
	assert_string_equal(err.text, "b:3:1: no");
	assert_string_equal(
		err.hint, "RUN <<E\n^\nincluded at a:4:1, included at D:1:1");
}

static void
mistakes_are_placed_where_they_are(void **state)
{
	cleanup_value(strv_release) struct strv files = { 0 };

	(void)state;
	strv_add(&files, "a=FROM x\n  CPY a b\n");
	strv_add(&files, "stray=\nRUN x\n");
	strv_add(&files, "self=FROM x\nINCLUDE self\n");
	strv_add(&files, "one=INCLUDE two");
	strv_add(&files, "two=INCLUDE one");
	strv_add(&files, "tick=# escape=`\nFROM x\n");
	check_fails(&files, "\nINCLUDE a", EINVAL, "a:2:3: unknown instruction",
		"\nincluded at D:2:1");
	check_fails(&files, "INCLUDE stray", EINVAL,
		"stray:2:1: no build stage in current context", "D:1:1");
	check_fails(&files, "INCLUDE self", ELOOP,
		"self:2:1: 'self' includes itself", "included at D:1:1");
	check_fails(&files, "INCLUDE one", ELOOP, "'one' includes itself",
		"included at one:1:1, included at D:1:1");
	check_fails(&files, "FROM x\n INCLUDE none\n", ENOENT,
		"D:2:2: INCLUDE 'none': no file 'none'", "INCLUDE none");
	check_fails(&files, "INCLUDE tick", EINVAL,
		"tick:1:1: its escape is another than that of 'D'",
		"included at D:1:1");
	check_fails(&files, "INCLUDE", EINVAL,
		"INCLUDE requires exactly one argument", NULL);
	check_fails(&files, "INCLUDE a b", EINVAL,
		"INCLUDE requires exactly one argument", NULL);
	check_fails(&files, "FROM x\nONBUILD INCLUDE a", EINVAL,
		"INCLUDE isn't allowed as an ONBUILD trigger", NULL);
}

/* A chain of files, each including the next, and many files beside each
 * other. */
static void
includes_are_limited(void **state)
{
	cleanup_value(strv_release) struct strv chain = { 0 };
	cleanup_value(strv_release) struct strv many = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };

	(void)state;
	for (int n = 0; n < 20; n++)
		strv_addf(&chain, "%d=INCLUDE %d\n", n, n + 1);
	check_fails(&chain, "INCLUDE 0", ELOOP, "more than 16 INCLUDEs deep",
		"included at 0:1:1");
	strv_add(&many, "x=ARG x\n");
	buf_init(&text, KiB(64));
	for (int n = 0; n < 200; n++)
		buf_adds(&text, "INCLUDE x\n");
	check_fails(&many, buf_text(&text), E2BIG, "more than 200 files", NULL);
}

static void
without_a_reader_nothing_is_included(void **state)
{
	struct dockerfile *d = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_fails(dockerfile_parse("D", "INCLUDE a", 9, NULL, &d, &err),
		&err, EINVAL, "there is no context to read it from");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions_take_the_place_of_an_include),
		cmocka_unit_test(mistakes_are_placed_where_they_are),
		cmocka_unit_test(includes_are_limited),
		cmocka_unit_test(without_a_reader_nothing_is_included),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
