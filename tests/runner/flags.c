/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/flags.h"
#include "util/scope.h"

static int
parse(const char *text, struct flags *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv argv = { 0 };

	strv_split(&argv, text, ' ');
	return flags_parse(&argv, 0, ret, err);
}

static void
takes(void **state)
{
	cleanup_value(flags_release) struct flags f = { 0 };
	autofree char *forward = NULL;
	autofree char *words = NULL;

	(void)state;
	assert_int_equal(parse("-it --rm -d --name x -e A=1 -eB -v a:/b "
			       "-p 80:80 --net n -m 1g --read-only "
			       "--cap-add=ALL img -x --name y", &f, NULL), 0);
	assert_true(f.detach);
	assert_true(f.remove);
	assert_string_equal(f.names.items[0], "x");
	assert_int_equal(f.env.count, 2);
	assert_string_equal(f.env.items[1], "B");
	assert_string_equal(f.volumes.items[0], "a:/b");
	assert_string_equal(f.publish.items[0], "80:80");
	assert_string_equal(f.networks.items[0], "n");
	forward = strv_join(&f.forward, " ");
	assert_string_equal(
		forward, "--memory=1g --read-only --cap-add=ALL");
	words = strv_join(&f.words, " ");
	assert_string_equal(words, "img -x --name y");
}

static void
assert_refused(const char *text, const char *message)
{
	cleanup_value(flags_release) struct flags f = { 0 };
	autoerror err = { 0 };

	assert_int_equal(parse(text, &f, &err), -EINVAL);
	assert_string_equal(err.text, message);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

static void
refuses(void **state)
{
	(void)state;
	assert_refused("-d", "there is no image behind the options");
	assert_refused("-v /var/run/docker.sock:/s img",
		"there is no Docker socket here");
	assert_refused("--isolation=hyperv img",
		"that isolation is for Windows only");
	assert_refused("--gpus all img",
		"unknown option '--gpus', did you mean '--cpus'?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
