/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/workspace.h"
#include "util/fs.h"
#include "util/mem.h"

static char dir[] = "/tmp/slipway-workspace-XXXXXX";
static char *context, *state_path;
static int dir_fd = -1;

static void
write_file(const char *name, mode_t mode)
{
	autoclose int fd =
		openat(dir_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, name, strlen(name)), (ssize_t)strlen(name));
	assert_int_equal(fchmod(fd, mode), 0);
}

static int
make_context(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	context = mem_printf("%s/context", dir);
	/* Within the context: it must not be copied into itself. */
	state_path = mem_printf("%s/context/state", dir);
	assert_int_equal(mkdirat(dir_fd, "context", 0755), 0);
	assert_int_equal(mkdirat(dir_fd, "context/sub", 0750), 0);
	assert_int_equal(mkdirat(dir_fd, "context/closed", 0500), 0);
	write_file("context/sub/file", 0640);
	write_file("context/program", 0755);
	assert_int_equal(symlinkat("/nowhere", dir_fd, "context/link"), 0);
	assert_int_equal(mkfifoat(dir_fd, "context/fifo", 0600), 0);
	return 0;
}

static int
remove_context(void **state)
{
	(void)state;
	(void)close(dir_fd);
	free(context);
	free(state_path);
	return fs_remove_tree(AT_FDCWD, dir, NULL);
}

static void
assert_mode(int fd, const char *name, mode_t mode)
{
	struct stat info;

	assert_int_equal(fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(info.st_mode & 07777, mode);
}

static void
copies_and_removes(void **state)
{
	cleanup(workspace_free) struct workspace *w = NULL;
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *run = mem_printf("%s/runs/abc", state_path);
	char target[20] = "";
	int fd;

	(void)state;
	assert_int_equal(workspace_open(state_path, "abc", context,
				 IDENTITY_AUTO, &w, NULL),
		0);
	fd = workspace_fd(w);
	assert_int_equal(access(workspace_path(w), F_OK), 0);
	buf_init(&text, 100);
	assert_int_equal(fs_read_file(fd, "sub/file", 100, &text, NULL), 0);
	assert_string_equal(buf_text(&text), "context/sub/file");
	assert_mode(fd, "sub", 0750);
	assert_mode(fd, "closed", 0500);
	assert_mode(fd, "sub/file", 0640);
	assert_mode(fd, "program", 0755);
	assert_int_equal(readlinkat(fd, "link", target, 19), 8);
	assert_string_equal(target, "/nowhere");
	assert_int_equal(fs_has(fd, "fifo", NULL), 0);
	assert_int_equal(fs_has(fd, "state/runs", NULL), 0);
	w = workspace_free(w);
	assert_int_equal(access(run, F_OK), -1);
}

static void
an_empty_context(void **state)
{
	cleanup(workspace_free) struct workspace *w = NULL;
	cleanup_value(strv_release) struct strv names = { 0 };
	autofree char *id = workspace_new_id();

	(void)state;
	assert_int_equal(strlen(id), 8);
	assert_true(id[0] >= 'a' && id[0] <= 'z');
	assert_int_equal(workspace_open(state_path, id, "/dev/null",
				 IDENTITY_AUTO, &w, NULL),
		0);
	assert_int_equal(fs_list(workspace_fd(w), 10, &names, NULL), 0);
	assert_int_equal(names.count, 0);
}

static void
mistakes(void **state)
{
	cleanup(workspace_free) struct workspace *w = NULL;
	cleanup(workspace_free) struct workspace *other = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(workspace_open(state_path, "Abc", context,
				 IDENTITY_AUTO, &other, &err),
		-EINVAL);
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_int_equal(workspace_open(state_path, "../x", context,
				 IDENTITY_AUTO, &other, &err),
		-EINVAL);
	assert_int_equal(workspace_open(state_path, "a", "/no/such",
				 IDENTITY_AUTO, &other, &err),
		-ENOENT);
	assert_int_equal(err.kind, ERROR_LOCAL);
	assert_int_equal(workspace_open(state_path, "a", "/etc/passwd",
				 IDENTITY_AUTO, &other, &err),
		-ENOTDIR);
	assert_int_equal(workspace_open(state_path, "a", "/dev/null",
				 IDENTITY_AUTO, &w, &err),
		0);
	assert_int_equal(workspace_open(state_path, "a", "/dev/null",
				 IDENTITY_AUTO, &other, &err),
		-EEXIST);
	assert_int_equal(access(workspace_path(w), F_OK), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_and_removes),
		cmocka_unit_test(an_empty_context),
		cmocka_unit_test(mistakes),
	};

	return cmocka_run_group_tests(tests, make_context, remove_context);
}
