/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <limits.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "util/fs.h"

#define autobuf cleanup_value(buf_release) struct buf
#define autostrv cleanup_value(strv_release) struct strv

static void
read_file_up_to_the_ceiling(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autobuf b = { 0 };
	autoerror err = { 0 };

	(void)state;
	unit_write(d.fd, "f", "12345");
	assert_ok(fs_read_file(d.fd, "f", 5, &b, &err), &err);
	assert_string_equal(buf_text(&b), "12345");
	assert_int_equal(b.len, 5);
	assert_fails(fs_read_file(d.fd, "f", 4, &b, &err), &err, EFBIG,
		"cannot read 'f'");
	/* Untouched by the failure, replaced by success. */
	assert_string_equal(buf_text(&b), "12345");
	unit_write(d.fd, "f", "");
	assert_ok(fs_read_file(d.fd, "f", 0, &b, &err), &err);
	assert_int_equal(b.len, 0);
}

static void
read_only_regular_files(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autobuf b = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_fails(fs_read_file(d.fd, "none", 9, &b, &err), &err, ENOENT,
		"cannot open 'none'");
	assert_fails(fs_read_file(d.fd, ".", 9, &b, &err), &err, EINVAL,
		"'.' is not a regular file");
	assert_int_equal(mkfifoat(d.fd, "fifo", 0600), 0);
	assert_fails(fs_read_file(d.fd, "fifo", 9, &b, &err), &err, EINVAL,
		"not a regular file");
	/* Says it has size 0, and has contents. */
	assert_ok(fs_read_file(AT_FDCWD, "/proc/self/status", MiB(1), &b, &err),
		&err);
	assert_non_null(strstr(buf_text(&b), "Name:"));
}

static void
read_fd_from_where_it_stands(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoclose int fd = -1;
	autobuf b = { 0 };
	autoerror err = { 0 };

	(void)state;
	unit_write(d.fd, "f", "abcdef");
	fd = openat(d.fd, "f", O_RDONLY | O_CLOEXEC);
	assert_int_equal(lseek(fd, 4, SEEK_SET), 4);
	assert_ok(fs_read_fd(fd, 10, &b, &err), &err);
	assert_string_equal(buf_text(&b), "ef");
	assert_fails(fs_read_fd(-1, 10, &b, &err), &err, EBADF, "cannot read");
}

static void
read_at_needs_all(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoclose int fd = -1;
	autoerror err = { 0 };
	char data[4];

	(void)state;
	unit_write(d.fd, "f", "abcdef");
	fd = openat(d.fd, "f", O_RDONLY | O_CLOEXEC);
	assert_ok(fs_read_at(fd, data, 4, 2, &err), &err);
	assert_memory_equal(data, "cdef", 4);
	assert_fails(fs_read_at(fd, data, 4, 3, &err), &err, ENODATA,
		"unexpected end");
	assert_fails(fs_read_at(-1, data, 4, 3, &err), &err, EBADF,
		"cannot read");
}

static void
write_goes_on_after_short_writes(void **state)
{
	autofree char *many = mem_zalloc(MiB(1)), *got = mem_alloc(MiB(1));
	autoerror err = { 0 };
	int fds[2], status;
	pid_t pid;

	(void)state;
	memset(many, 'm', MiB(1));
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)close(fds[0]);
		_exit(fs_write(fds[1], many, MiB(1), NULL) < 0);
	}
	(void)close(fds[1]);
	for (size_t len = 0; len < MiB(1);) {
		ssize_t n = read(fds[0], got + len, MiB(1) - len);

		assert_true(n > 0);
		len += (size_t)n;
	}
	assert_memory_equal(many, got, MiB(1));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_fails(fs_write(fds[0], "x", 1, &err), &err, EBADF,
		"cannot write");
	(void)close(fds[0]);
}

static void
full_device_is_an_error(void **state)
{
	autoclose int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	autoerror err = { 0 };

	(void)state;
	assert_fails(fs_write(fd, "x", 1, &err), &err, ENOSPC,
		"cannot write: No space left on device");
}

static void
copy_between_files(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autofree char *many = mem_zalloc(300001);
	autoclose int from = -1, to = -1;
	autobuf b = { 0 };
	autoerror err = { 0 };
	uint64_t copied = 0;

	(void)state;
	memset(many, 'm', 300000);
	unit_write(d.fd, "from", many);
	from = openat(d.fd, "from", O_RDONLY | O_CLOEXEC);
	to = openat(d.fd, "to", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_ok(fs_copy_data(from, to, 100000, &copied, &err), &err);
	assert_int_equal(copied, 100000);
	assert_ok(fs_copy_data(from, to, UINT64_MAX, &copied, &err), &err);
	assert_int_equal(copied, 200000);
	assert_ok(fs_copy_data(from, to, 5, &copied, &err), &err);
	assert_int_equal(copied, 0);
	assert_ok(fs_read_file(d.fd, "to", 300000, &b, &err), &err);
	assert_string_equal(buf_text(&b), many);
}

static void
copy_where_the_kernel_cannot(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoclose int from = -1, to = -1, proc = -1;
	autobuf b = { 0 };
	autoerror err = { 0 };
	uint64_t copied = 0;
	int fds[2];

	(void)state;
	/* Out of a pipe, into a file that appends. */
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(write(fds[1], "piped", 5), 5);
	(void)close(fds[1]);
	to = openat(d.fd, "to", O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	assert_ok(fs_copy_data(fds[0], to, 3, NULL, &err), &err);
	assert_ok(fs_copy_data(fds[0], to, UINT64_MAX, &copied, &err), &err);
	assert_int_equal(copied, 2);
	(void)close(fds[0]);
	assert_ok(fs_read_file(d.fd, "to", 100, &b, &err), &err);
	assert_string_equal(buf_text(&b), "piped");
	/* Out of a file that has no size. */
	proc = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	assert_ok(fs_copy_data(proc, to, UINT64_MAX, &copied, &err), &err);
	assert_true(copied > 0);
	/* Not at all. */
	from = openat(d.fd, "to", O_RDONLY | O_CLOEXEC);
	assert_fails(fs_copy_data(from, from, 1, NULL, &err), &err, EBADF,
		"cannot write");
	assert_fails(fs_copy_data(-1, to, 1, NULL, &err), &err, EBADF,
		"cannot read");
}

static void
publish_is_whole_and_has_its_mode(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoclose int tmp = -1;
	autobuf b = { 0 };
	autostrv left = { 0 };
	autoerror err = { 0 };
	struct stat st;

	(void)state;
	unit_mkdir(d.fd, "tmp");
	tmp = openat(d.fd, "tmp", O_PATH | O_CLOEXEC);
	(void)umask(077);
	assert_ok(fs_publish(tmp, d.fd, "f", "one", 3, 0664, &err), &err);
	assert_ok(fs_publish(tmp, d.fd, "f", "two", 3, 0664, &err), &err);
	assert_ok(fs_publish(tmp, d.fd, "empty", NULL, 0, 0600, &err), &err);
	(void)umask(022);
	assert_ok(fs_read_file(d.fd, "f", 100, &b, &err), &err);
	assert_string_equal(buf_text(&b), "two");
	assert_int_equal(fstatat(d.fd, "f", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0664);
	/* Neither success nor failure leave anything behind. */
	unit_mkdir(d.fd, "dir");
	assert_fails(fs_publish(tmp, d.fd, "dir", "x", 1, 0600, &err), &err,
		EISDIR, "cannot write 'dir': cannot rename");
	assert_fails(fs_publish(tmp, d.fd, "none/f", "x", 1, 0600, &err), &err,
		ENOENT, "cannot write 'none/f'");
	assert_ok(fs_list(tmp, 10, &left, &err), &err);
	assert_int_equal(left.count, 0);
	assert_fails(fs_publish(-1, d.fd, "f", "x", 1, 0600, &err), &err, EBADF,
		"cannot write 'f': cannot make a temporary file");
}

static void
publish_fails_over_the_file_size_limit(void **state)
{
	unit_dir_auto d = unit_dir_make();
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const struct rlimit little = { 2, 2 };

		(void)signal(SIGXFSZ, SIG_IGN);
		(void)setrlimit(RLIMIT_FSIZE, &little);
		_exit(-fs_publish(d.fd, d.fd, "f", "abc", 3, 0600, NULL));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EFBIG);
	assert_int_equal(fs_has(d.fd, "f", NULL), 0);
	/* unit_dir_remove() would not care, but nothing may be left. */
	assert_int_equal(rmdir(d.path), 0);
	assert_int_equal(mkdir(d.path, 0700), 0);
}

static void
temporary_things_have_names_of_their_own(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autofree char *one = NULL, *other = NULL, *dir = NULL;
	autoclose int one_fd = -1, other_fd = -1, sub_fd = -1;
	autoerror err = { 0 };
	struct stat st;

	(void)state;
	assert_ok(fs_make_temp_file(d.fd, &one, &one_fd, &err), &err);
	assert_ok(fs_make_temp_file(d.fd, &other, &other_fd, &err), &err);
	assert_string_not_equal(one, other);
	assert_int_equal(fs_has(d.fd, one, &err), 1);
	assert_int_equal(fstat(one_fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_ok(fs_make_temp_dir(d.fd, &dir, &sub_fd, &err), &err);
	assert_int_equal(fstat(sub_fd, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(fcntl(sub_fd, F_GETFD), FD_CLOEXEC);
	assert_fails(fs_make_temp_dir(one_fd, &dir, &sub_fd, &err), &err,
		ENOTDIR, "cannot make a temporary directory");
}

static void
list_is_sorted_and_limited(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autostrv names = { 0 };
	autoerror err = { 0 };

	(void)state;
	unit_write(d.fd, "b", "");
	unit_write(d.fd, "B", "");
	unit_mkdir(d.fd, "\xc3\xa4");
	unit_symlink(d.fd, ".h", "none");
	/* Twice, and the second time it is the same. */
	assert_ok(fs_list(d.fd, 4, &names, &err), &err);
	assert_ok(fs_list(d.fd, 4, &names, &err), &err);
	assert_text(strv_join(&names, " "), ".h B b \xc3\xa4");
	assert_fails(fs_list(d.fd, 3, &names, &err), &err, E2BIG,
		"more than 3 names");
	assert_int_equal(names.count, 4);
	assert_fails(fs_list(-1, 3, &names, &err), &err, EBADF, "cannot list");
}

static void
has_does_not_follow(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };

	(void)state;
	unit_symlink(d.fd, "dangling", "none");
	unit_write(d.fd, "f", "");
	assert_int_equal(fs_has(d.fd, "dangling", &err), 1);
	assert_int_equal(fs_has(d.fd, "f", &err), 1);
	assert_int_equal(fs_has(d.fd, "none", &err), 0);
	assert_int_equal(fs_has(d.fd, "f/none", &err), 0);
	assert_fails(fs_has(-1, "f", &err), &err, EBADF, "cannot look for 'f'");
}

static void
locks_exclude(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autoclose int one = open(d.path, O_RDONLY | O_CLOEXEC);
	autoclose int other = open(d.path, O_RDONLY | O_CLOEXEC);
	autoerror err = { 0 };

	(void)state;
	assert_ok(fs_lock(one, FS_LOCK_SHARED, &err), &err);
	assert_ok(fs_lock(other, FS_LOCK_SHARED, &err), &err);
	assert_fails(fs_lock(one, FS_LOCK_TRY, &err), &err, EWOULDBLOCK,
		"cannot lock");
	assert_ok(fs_lock(one, FS_LOCK_LOOK, &err), &err);
	(void)flock(other, LOCK_UN);
	assert_ok(fs_lock(one, FS_LOCK_EXCLUSIVE, &err), &err);
	assert_fails(fs_lock(other, FS_LOCK_LOOK, &err), &err, EWOULDBLOCK,
		"cannot lock");
	assert_fails(fs_lock(other, FS_LOCK_TRY, &err), &err, EWOULDBLOCK,
		"cannot lock");
	assert_fails(fs_lock(-1, FS_LOCK_SHARED, &err), &err, EBADF,
		"cannot lock");
}

static void
links_are_read(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autofree char *longest = mem_alloc(PATH_MAX);
	autoerror err = { 0 };
	char *target = NULL;

	(void)state;
	memset(longest, 'x', PATH_MAX - 1);
	longest[PATH_MAX - 1] = '\0';
	unit_symlink(d.fd, "l", longest);
	assert_ok(fs_read_link(d.fd, "l", &target, &err), &err);
	assert_text(target, longest);
	target = NULL;
	unit_write(d.fd, "f", "");
	assert_fails(fs_read_link(d.fd, "f", &target, &err), &err, EINVAL,
		"cannot read link 'f'");
	assert_null(target);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_file_up_to_the_ceiling),
		cmocka_unit_test(read_only_regular_files),
		cmocka_unit_test(read_fd_from_where_it_stands),
		cmocka_unit_test(read_at_needs_all),
		cmocka_unit_test(write_goes_on_after_short_writes),
		cmocka_unit_test(full_device_is_an_error),
		cmocka_unit_test(copy_between_files),
		cmocka_unit_test(copy_where_the_kernel_cannot),
		cmocka_unit_test(publish_is_whole_and_has_its_mode),
		cmocka_unit_test(publish_fails_over_the_file_size_limit),
		cmocka_unit_test(temporary_things_have_names_of_their_own),
		cmocka_unit_test(list_is_sorted_and_limited),
		cmocka_unit_test(has_does_not_follow),
		cmocka_unit_test(locks_exclude),
		cmocka_unit_test(links_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
