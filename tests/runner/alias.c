/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/alias.h"
#include "util/mem.h"

static int dir_fd;

static void
write_file(const char *name, const char *text)
{
	autoclose int fd = openat(
		dir_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static int
make_dir(void **state)
{
	char path[] = "/tmp/slipway-alias-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(path));
	dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dir_fd >= 0);
	assert_int_equal(rmdir(path), 0);
	return 0;
}

static int
read_aliases(
	const char *text, bool always, struct aliases **ret, struct error *err)
{
	struct template_data data = { .root = &value_nil };
	struct strv defaults = { 0 };
	struct alias_source s = { .name = "f",
		.dir_fd = dir_fd,
		.defaults = &defaults,
		.data = &data,
		.always = always };

	return aliases_read(text, strlen(text), &s, ret, err);
}

#define NEW "version: v1.1.0\n"

static void
assert_replaces(const char *block, const char *text, const char *wanted)
{
	cleanup(aliases_free) struct aliases *a = NULL;
	autofree char *all = mem_printf(NEW "%s\nsteps:\n%s", block, text);
	cleanup_value(buf_release) struct buf out = { 0 };
	autoerror err = { 0 };

	buf_init(&out, MiB(1));
	if (read_aliases(all, false, &a, &err) < 0)
		fail_msg("%s", err.text);
	assert_non_null(a);
	aliases_replace(a, all, strlen(all), &out);
	assert_string_equal(
		strstr(buf_text(&out), "steps:\n") + strlen("steps:\n"),
		wanted);
}

#define BLOCK "alias:\n  values:\n    repo: r/x\n    a1: \"{{`q`}}\"\n"

static void
automaton(void **state)
{
	(void)state;
	assert_replaces(BLOCK, "$repo", "r/x");
	assert_replaces(BLOCK, "$repo:$ID!", "r/x:{{.Run.ID}}!");
	assert_replaces(BLOCK, "$repo$ID", "r/x{{.Run.ID}}");
	assert_replaces(BLOCK, "$$repo $$$repo", "$repo $r/x");
	assert_replaces(BLOCK, "$nope$repo", "$nope$repo");
	assert_replaces(BLOCK, "$nope $repo", "$nope r/x");
	assert_replaces(BLOCK, "${repo} $(x) $? $", "${repo} $(x) $? $");
	assert_replaces(BLOCK, "$ID_x $ID2 $id", "{{.Run.ID}}_x $ID2 $id");
	assert_replaces(BLOCK, "$a1", "q");
	assert_replaces(
		BLOCK, "# $repo\n  # $repo\n$repo", "# $repo\n  # $repo\nr/x");
}

static void
directives(void **state)
{
	(void)state;
	assert_replaces("alias: {directive: '@', values: {x: y}}",
		"@x $x @@x @n@x", "y $x @x @n@x");
	assert_replaces("alias: {directive: \xc3\xa4, values: {x: y}}",
		"\xc3\xa4x\xc3\xa4\xc3\xa4", "y\xc3\xa4");
}

static void
lines_stay(void **state)
{
	static const char text[] = NEW "alias:\n  values: {x: y}\n"
				       "# no: end\n\nsteps: $x\n";
	cleanup(aliases_free) struct aliases *a = NULL;
	cleanup_value(buf_release) struct buf out = { 0 };

	(void)state;
	buf_init(&out, MiB(1));
	assert_int_equal(read_aliases(text, false, &a, NULL), 0);
	aliases_replace(a, text, strlen(text), &out);
	assert_string_equal(buf_text(&out), NEW "\n\n\n\nsteps: y\n");
}

static void
versions(void **state)
{
	static const char *const old[] = { "version: v1.0.0\n",
		"'version' : \"1.0-preview-1\" # x\n",
		"steps: []\nversion:V1.0.0", "steps: []\n" };
	static const char *const new[] = { "version: v1.1.0\n",
		"\"version\": 1.1\n", "version:v1.1.0\n" };
	struct aliases *a = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(old); i++) {
		assert_int_equal(read_aliases(old[i], false, &a, NULL), 0);
		assert_null(a);
	}
	for (i = 0; i < ARRAY_SIZE(new); i++) {
		assert_int_equal(read_aliases(new[i], false, &a, NULL), 0);
		assert_non_null(a);
		a = aliases_free(a);
	}
	assert_int_equal(read_aliases("steps: []\n", true, &a, NULL), 0);
	assert_non_null(a);
	aliases_free(a);
}

static void
images(void **state)
{
	cleanup(aliases_free) struct aliases *a = NULL;

	(void)state;
	assert_int_equal(read_aliases(NEW "alias: {values: {my: a/b:1}}\n",
				 false, &a, NULL),
		0);
	assert_string_equal(aliases_image(a, "my"), "a/b:1");
	assert_string_equal(
		aliases_image(a, "acr"), "mcr.microsoft.com/acr/acr-cli:0.19");
	assert_null(aliases_image(a, "ID"));
	assert_null(aliases_image(a, "bash:3"));
	assert_null(aliases_image(a, "-t"));
	assert_null(aliases_image(NULL, "acr"));
}

static void
assert_refused(const char *text, int code, const char *message)
{
	struct aliases *a = NULL;
	autoerror err = { 0 };

	assert_int_equal(read_aliases(text, true, &a, &err), -code);
	assert_string_equal(err.text, message);
	assert_null(a);
}

static void
mistakes(void **state)
{
	(void)state;
	assert_refused(NEW "alias: []\n", EINVAL,
		"f:2:8: 'alias' is a list, not a map");
	assert_refused(NEW "alias:\n  values:\n    a_b: c\n", EINVAL,
		"f:4:5: alias 'a_b' is not of letters and digits");
	assert_refused(NEW "alias:\n  values: {a: [b]}\n", EINVAL,
		"f:3:15: alias 'a' is a list, not a text");
	assert_refused(NEW "alias: {values: x}\n", EINVAL,
		"f:2:17: aliases are a text, not a map");
	assert_refused(NEW "alias: {value: {}}\n", EINVAL,
		"f:2:9: unknown key 'value', did you mean 'values'?");
	assert_refused(NEW "alias: {directive: ab}\n", EINVAL,
		"f:2:20: directive 'ab' is not one character, or is a letter");
	assert_refused(NEW "alias: {src: http://x/y}\n", EINVAL,
		"f:2:14: alias file 'http://x/y' is on the net");
	assert_refused(NEW "alias:\n  values: {{\n", EINVAL,
		"f:3:11: an action without its end '}}'");
}

static int
write_sources(void **state)
{
	char path[] = "/tmp/slipway-alias-XXXXXX";

	close(dir_fd);
	assert_non_null(mkdtemp(path));
	dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dir_fd >= 0);
	*state = mem_strdup(path);
	write_file("one", "x: 1\ny: 1\nz: 1\nID: mine\n");
	write_file("two", "y: 2\nz: 2\n");
	write_file("bad", "\nno-name: 2\n");
	return 0;
}

static int
remove_sources(void **state)
{
	unlinkat(dir_fd, "one", 0);
	unlinkat(dir_fd, "two", 0);
	unlinkat(dir_fd, "bad", 0);
	assert_int_equal(rmdir(*state), 0);
	free(*state);
	return 0;
}

static void
sources(void **state)
{
	autoerror err = { 0 };
	struct aliases *a = NULL;

	(void)state;
	assert_replaces("alias: {src: [one, two], values: {z: 3}}", "$x$y$z$ID",
		"123mine");
	assert_refused(NEW "alias: {src: [bad]}\n", EINVAL,
		"bad:2:1: alias 'no-name' is not of letters and digits");
	assert_int_equal(
		read_aliases(NEW "alias: {src: [none]}\n", false, &a, &err),
		-ENOENT);
	assert_int_equal(err.kind, ERROR_LOCAL);
	error_release(&err);
	assert_int_equal(
		read_aliases(NEW "alias: {src: [../x]}\n", false, &a, &err),
		-EXDEV);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(automaton),
		cmocka_unit_test(directives),
		cmocka_unit_test(lines_stay),
		cmocka_unit_test(versions),
		cmocka_unit_test(images),
		cmocka_unit_test(mistakes),
		cmocka_unit_test_setup_teardown(
			sources, write_sources, remove_sources),
	};

	return cmocka_run_group_tests(tests, make_dir, NULL);
}
