/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/stat.h>

#include "builder/recipe.h"

static struct context *
opened(const char *path)
{
	struct context *c = NULL;
	autoerror err = { 0 };

	assert_ok(context_open_dir(path, &c, &err), &err);
	return c;
}

/* What was read says "FROM <base>", and stood at dir/name. */
static void
check(const struct unit_dir *d, const char *file, const char *name,
	const char *base)
{
	cleanup(context_free) struct context *c = opened(d->path);
	cleanup(dockerfile_free) struct dockerfile *f = NULL;
	autofree char *path = NULL;
	autofree char *expected = mem_printf("%s/%s", d->path, name);
	autoerror err = { 0 };

	assert_ok(recipe_read(c, file, &f, &path, &err), &err);
	assert_string_equal(path, expected);
	assert_string_equal(dockerfile_name(f), expected);
	assert_string_equal(f->stages[0].base, base);
}

static void
check_fails(const char *context, const char *file, int code,
	enum error_kind kind, const char *message)
{
	cleanup(context_free) struct context *c = opened(context);
	struct dockerfile *f = NULL;
	autoerror err = { 0 };
	char *path = NULL;
	int r;

	r = recipe_read(c, file, &f, &path, &err);
	assert_int_equal(err.kind, kind);
	assert_fails(r, &err, code, message);
	assert_null(f);
	assert_null(path);
}

static void
names_in_the_context(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autofree char *absolute = mem_printf("%s/other", d.path);

	(void)state;
	unit_write(d.fd, "Containerfile", "FROM container");
	check(&d, NULL, "Containerfile", "container");
	unit_write(d.fd, "Dockerfile", "FROM docker");
	check(&d, NULL, "Dockerfile", "docker");
	unit_write(d.fd, "other", "FROM other");
	check(&d, "other", "other", "other");
	check(&d, absolute, "other", "other");
}

static void
from_here_before_the_context(void **state)
{
	unit_dir_auto here = unit_dir_make();
	unit_dir_auto d = unit_dir_make();
	cleanup(context_free) struct context *c = opened(d.path);
	cleanup(dockerfile_free) struct dockerfile *f = NULL;
	autoclose int before = -1;
	autofree char *path = NULL;
	autoerror err = { 0 };

	(void)state;
	unit_write(here.fd, "my.df", "FROM here");
	unit_write(d.fd, "my.df", "FROM context");
	before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(fchdir(here.fd), 0);
	assert_ok(recipe_read(c, "my.df", &f, &path, &err), &err);
	assert_int_equal(fchdir(before), 0);
	assert_string_equal(path, "my.df");
	assert_string_equal(f->stages[0].base, "here");
}

static void
standard_input(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(context_free) struct context *c = opened(d.path);
	cleanup(dockerfile_free) struct dockerfile *f = NULL;
	autoclose int before = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	autoclose int fd = -1;
	char *path = NULL;
	autoerror err = { 0 };

	(void)state;
	unit_write(d.fd, "text", "FROM input");
	fd = openat(d.fd, "text", O_RDONLY | O_CLOEXEC);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	assert_ok(recipe_read(c, "-", &f, &path, &err), &err);
	if (before >= 0)
		assert_int_equal(dup2(before, STDIN_FILENO), STDIN_FILENO);
	assert_null(path);
	assert_string_equal(dockerfile_name(f), "Dockerfile");
	assert_string_equal(f->stages[0].base, "input");
}

static void
what_cannot_be_read(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoclose int fd = -1;

	(void)state;
	check_fails(d.path, NULL, ENOENT, ERROR_LOCAL, "no Dockerfile at '");
	check_fails(d.path, "none", ENOENT, ERROR_LOCAL,
		"no Dockerfile at 'none'");
	unit_mkdir(d.fd, "Dockerfile");
	check_fails(d.path, NULL, EISDIR, ERROR_LOCAL, "cannot read '");
	unit_symlink(d.fd, "loop", "loop");
	check_fails(d.path, "loop", ELOOP, ERROR_LOCAL, "cannot open '");
	unit_write(d.fd, "bad", "FRUM x");
	check_fails(d.path, "bad", EINVAL, ERROR_REQUEST, "bad:1:1: ");
	fd = openat(d.fd, "big", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_int_equal(ftruncate(fd, MiB(16) + 1), 0);
	check_fails(d.path, "big", EFBIG, ERROR_LOCAL, "cannot read '");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_in_the_context),
		cmocka_unit_test(from_here_before_the_context),
		cmocka_unit_test(standard_input),
		cmocka_unit_test(what_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
