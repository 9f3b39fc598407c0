/* SPDX-License-Identifier: Apache-2.0 */
/* unit: what every unit test needs; include it first. */
#ifndef TESTS_LIB_UNIT_H
#define TESTS_LIB_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/error.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

/* The call gave 0; its story is shown if it did not. */
static inline void
unit_check_ok(int r, const struct error *err, const char *file, int line)
{
	if (r >= 0)
		return;
	print_error("%s\n", err->text ? err->text : strerror(-r));
	_fail(file, line);
}

/* The call gave -code, with a story that has `text` in it; forgets it. */
static inline void
unit_check_fails(int r, struct error *err, int code, const char *text,
	const char *file, int line)
{
	if (r != -code || err->code != code || !strstr(err->text, text)) {
		print_error("expected -%d '%s', got %d '%s'\n", code, text, r,
			err->text ? err->text : "");
		_fail(file, line);
	}
	error_release(err);
}

#define assert_ok(call, err) unit_check_ok(call, err, __FILE__, __LINE__)
#define assert_fails(call, err, code, text)                                    \
	unit_check_fails(call, err, code, text, __FILE__, __LINE__)

/* The string is equal, and is freed. */
#define assert_text(made, expected)                                            \
	do {                                                                   \
		char *made_ = (made);                                          \
		assert_string_equal(made_, expected);                          \
		free(made_);                                                   \
	} while (0)

/* A directory of its own for the test program, removed at its end. */
struct unit_dir {
	char path[64];
	int fd;
};

static inline struct unit_dir
unit_dir_make(void)
{
	struct unit_dir d = { "/var/tmp/slipway-unit-XXXXXX", -1 };

	assert_non_null(mkdtemp(d.path));
	d.fd = open(d.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(d.fd >= 0);
	return d;
}

static inline void
unit_dir_remove(struct unit_dir *d)
{
	autoerror err = { 0 };

	(void)close(d->fd);
	unit_check_ok(fs_remove_tree(AT_FDCWD, d->path, &err), &err, __FILE__,
		__LINE__);
}

#define unit_dir_auto cleanup_value(unit_dir_remove) struct unit_dir

/* Files and directories for a test to work on. */
static inline void
unit_write(int dir_fd, const char *name, const char *text)
{
	autoclose int fd = -1;

	fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static inline void
unit_mkdir(int dir_fd, const char *name)
{
	assert_int_equal(mkdirat(dir_fd, name, 0755), 0);
}

static inline void
unit_symlink(int dir_fd, const char *name, const char *target)
{
	assert_int_equal(symlinkat(target, dir_fd, name), 0);
}

#endif
