/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/outputs.h"
#include "util/mem.h"

static void
lines(void **state)
{
	cleanup_value(strv_release) struct strv v = { 0 };

	(void)state;
	assert_int_equal(outputs_parse("a=1\n\nb_2=x = y\nc<<END\n1\n\n2\nEND\n"
				       "a=3\nd=\ne<<.\n.",
				 &v, NULL),
		0);
	assert_int_equal(v.count, 5);
	assert_string_equal(strv_env_get(&v, "a"), "3");
	assert_string_equal(strv_env_get(&v, "b_2"), "x = y");
	assert_string_equal(strv_env_get(&v, "c"), "1\n\n2");
	assert_string_equal(strv_env_get(&v, "d"), "");
	assert_string_equal(strv_env_get(&v, "e"), "");
}

static void
assert_refused(const char *text, const char *message)
{
	cleanup_value(strv_release) struct strv v = { 0 };
	autoerror err = { 0 };

	assert_int_equal(outputs_parse(text, &v, &err), -EINVAL);
	assert_string_equal(err.text, message);
}

static void
mistakes(void **state)
{
	cleanup_value(buf_release) struct buf many = { 0 };
	int i;

	(void)state;
	assert_refused("a=1\nwhat\n",
		"line 2 of the outputs is neither NAME=VALUE nor NAME<<WORD");
	assert_refused("=1\n",
		"line 1 of the outputs is neither NAME=VALUE nor NAME<<WORD");
	assert_refused("a.b=1\n",
		"line 1 of the outputs is neither NAME=VALUE nor NAME<<WORD");
	assert_refused("a<<END\nx\n",
		"line 1 of the outputs begins what does not end");
	buf_init(&many, MiB(1));
	for (i = 0; i <= OUTPUTS_MAX; i++)
		buf_addf(&many, "a%d=\n", i);
	assert_refused(
		buf_text(&many), "line 1001 of the outputs is one too many");
}

static void
files(void **state)
{
	char home[] = "/tmp/slipway-outputs-XXXXXX";
	cleanup_value(strv_release) struct strv v = { 0 };
	struct step s = { .kind = STEP_CMD, .index = 7 };
	autofree char *path = NULL;
	autoerror err = { 0 };
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(home));
	path = mem_printf("%s/.output-7", home);
	assert_int_equal(outputs_read(home, &s, &v, NULL), 0);
	assert_int_equal(outputs_begin(home, &s, true, NULL), 0);
	assert_string_equal(
		strv_env_get(&s.env, "SLIPWAY_OUTPUT"), "/acb/home/.output-7");
	f = fopen(path, "we");
	assert_non_null(f);
	assert_true(fputs("k=v\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(outputs_read(home, &s, &v, NULL), 0);
	assert_string_equal(strv_env_get(&v, "k"), "v");
	/* What the step made of it is not followed. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_true(outputs_read(home, &s, &v, &err) < 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	error_release(&err);
	assert_int_equal(outputs_read(home, &s, &v, &err), -EINVAL);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(home), 0);
	strv_release(&s.env);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
