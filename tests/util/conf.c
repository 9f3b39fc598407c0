/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
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

#include "util/conf.h"

static char dir[] = "/tmp/slipway-conf-XXXXXX";
static char *file;

static int
make_home(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	(void)setenv("HOME", dir, 1);
	(void)unsetenv("XDG_DATA_HOME");
	(void)unsetenv("XDG_STATE_HOME");
	(void)setenv("XDG_CONFIG_HOME", "not/absolute", 1);
	(void)unsetenv("SLIPWAY_CONFIG");
	(void)unsetenv("SLIPWAY_ROOT");
	return asprintf(&file, "%s/slipway.conf", dir) < 0;
}

static int
remove_home(void **state)
{
	(void)state;
	(void)unlink(file);
	(void)rmdir(dir);
	free(file);
	return 0;
}

static void
write_file(const char *text)
{
	FILE *f = fopen(file, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	(void)setenv("SLIPWAY_CONFIG", file, 1);
}

static void
nothing_set_is_fine(void **state)
{
	cleanup(conf_free) struct conf *c = NULL;
	autofree char *path = NULL;
	autofree char *wanted = NULL;

	(void)state;
	assert_int_equal(conf_load(&c, NULL), 0);
	assert_null(conf_get(c, "root"));
	path = conf_store_path(c);
	assert_true(asprintf(&wanted, "%s/.local/share/slipway", dir) > 0);
	assert_string_equal(path, wanted);
}

static void
options_beat_environment_beats_file(void **state)
{
	cleanup(conf_free) struct conf *c = NULL;
	autofree char *path = NULL;

	(void)state;
	write_file("# a comment\n\nroot = /from/file\n"
		   "progress=\"plain\"\nlog = debug \n");
	(void)setenv("SLIPWAY_ROOT", "/from/env", 1);
	assert_int_equal(conf_load(&c, NULL), 0);
	(void)unsetenv("SLIPWAY_ROOT");
	assert_string_equal(conf_get(c, "root"), "/from/env");
	assert_string_equal(conf_get(c, "progress"), "plain");
	assert_string_equal(conf_get(c, "log"), "debug");
	conf_set(c, "root", NULL);
	assert_string_equal(conf_get(c, "root"), "/from/env");
	conf_set(c, "root", "/from//option/");
	path = conf_store_path(c);
	assert_string_equal(path, "/from/option");
}

static void
assert_refused(const char *text, const char *message, const char *hint)
{
	cleanup(conf_free) struct conf *c = NULL;
	autoerror err = { 0 };

	write_file(text);
	assert_int_equal(conf_load(&c, &err), -EINVAL);
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_non_null(strstr(err.text, message));
	if (hint)
		assert_string_equal(err.hint, hint);
}

static void
mistakes_have_a_line(void **state)
{
	(void)state;
	assert_refused("root = /x\nprogres = plain\n",
		"slipway.conf:2: unknown setting 'progres'",
		"did you mean 'progress'?");
	assert_refused("root\n", "slipway.conf:1: no '=' in 'root'", NULL);
}

static void
named_file_must_exist(void **state)
{
	cleanup(conf_free) struct conf *c = NULL;
	autoerror err = { 0 };

	(void)state;
	(void)setenv("SLIPWAY_CONFIG", "/nonexistent/slipway.conf", 1);
	assert_int_equal(conf_load(&c, &err), -ENOENT);
	assert_null(c);
}

static void
large_files_are_refused(void **state)
{
	cleanup(conf_free) struct conf *c = NULL;
	FILE *f = fopen(file, "we");
	int i;

	(void)state;
	assert_non_null(f);
	for (i = 0; i < 70000; i++)
		assert_true(fputs("#...\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
	(void)setenv("SLIPWAY_CONFIG", file, 1);
	assert_int_equal(conf_load(&c, NULL), -EFBIG);
}

static void
base_directories(void **state)
{
	autofree char *state_dir = NULL;
	autofree char *config = NULL;
	autofree char *libexec = NULL;
	autofree char *wanted = NULL;

	(void)state;
	(void)setenv("XDG_STATE_HOME", "/var/state", 1);
	state_dir = conf_xdg_path("STATE");
	assert_string_equal(state_dir, "/var/state/slipway");
	config = conf_xdg_path("CONFIG");
	assert_true(asprintf(&wanted, "%s/.config/slipway", dir) > 0);
	assert_string_equal(config, wanted);
	(void)setenv("SLIPWAY_LIBEXEC", "/some/where", 1);
	libexec = conf_libexec_path();
	assert_string_equal(libexec, "/some/where");
}

static void
settings_are_listed(void **state)
{
	const char *help = NULL;
	size_t i;

	(void)state;
	for (i = 0; conf_setting(i, &help); i++)
		assert_true(*help);
	assert_true(i > 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_set_is_fine),
		cmocka_unit_test(options_beat_environment_beats_file),
		cmocka_unit_test(mistakes_have_a_line),
		cmocka_unit_test(named_file_must_exist),
		cmocka_unit_test(large_files_are_refused),
		cmocka_unit_test(base_directories),
		cmocka_unit_test(settings_are_listed),
	};

	return cmocka_run_group_tests(tests, make_home, remove_home);
}
