/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sandbox/inside.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "sandbox/mounts.h"

static void
make_layers(const struct unit_dir *d)
{
	unit_mkdir(d->fd, "tmp");
	unit_mkdir(d->fd, "trees");
	unit_mkdir(d->fd, "trees/low");
	unit_mkdir(d->fd, "trees/top");
	unit_write(d->fd, "trees/low/a", "low");
	unit_write(d->fd, "trees/low/b", "low");
	unit_write(d->fd, "trees/top/a", "top");
}

static struct rootfs *
open_layers(const struct unit_dir *d, bool read_only)
{
	static const char *const lowers[] = { "low", "top" };
	autofree char *base = mem_printf("%s/trees", d->path);
	autofree char *scratch = mem_printf("%s/tmp", d->path);
	struct rootfs *r = NULL;
	autoerror err = { 0 };

	if (read_only)
		assert_ok(rootfs_open_read_only(base, lowers, 2, scratch, &r,
			&err), &err);
	else
		assert_ok(rootfs_open(base, lowers, 2, scratch, &r, &err),
			&err);
	return r;
}

static void
assert_holds(int dir_fd, const char *name, const char *text)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	autoerror err = { 0 };

	buf_init(&b, KiB(1));
	assert_ok(fs_read_file(dir_fd, name, KiB(1), &b, &err), &err);
	assert_string_equal(buf_text(&b), text);
}

/* rootfs_fd() is O_PATH. */
static int
open_merged(const struct rootfs *r)
{
	return openat(rootfs_fd(r), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void
topmost_wins(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *r = NULL;

	(void)state;
	make_layers(&d);
	assert_int_equal(mknodat(d.fd, "trees/top/b", S_IFCHR,
		makedev(0, 0)), 0);
	r = open_layers(&d, false);
	assert_holds(rootfs_fd(r), "a", "top");
	assert_int_equal(faccessat(rootfs_fd(r), "b", F_OK, 0), -1);
	assert_int_equal(faccessat(rootfs_fd(r), "proc", F_OK, 0), 0);
	assert_int_equal(faccessat(rootfs_fd(r), "etc/hosts", F_OK, 0), 0);
	assert_int_equal(access(rootfs_scratch(r), F_OK), 0);
}

static void
the_upper_directory_is_the_change(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *r = NULL;
	autofree char *name = NULL, *path = NULL;
	autoclose int merged = -1;
	autoerror err = { 0 };
	struct stat st;

	(void)state;
	make_layers(&d);
	r = open_layers(&d, false);
	merged = open_merged(r);
	assert_int_equal(rootfs_is_unchanged(r, &err), 1);
	unit_write(merged, "new", "text");
	assert_int_equal(unlinkat(merged, "a", 0), 0);
	(void)close(take_fd(&merged));
	assert_int_equal(rootfs_is_unchanged(r, &err), 0);
	assert_ok(rootfs_take_upper(r, &name, &err), &err);
	path = mem_printf("tmp/%s", name);
	assert_int_equal(renameat(d.fd, path, d.fd, "trees/new"), 0);
	assert_holds(d.fd, "trees/new/new", "text");
	assert_int_equal(fstatat(d.fd, "trees/new/a", &st, 0), 0);
	assert_true(S_ISCHR(st.st_mode) && st.st_rdev == 0);
	r = rootfs_close(r);
	assert_holds(d.fd, "trees/low/a", "low");
}

static void
many_changes_are_a_change(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *r = NULL;
	autoerror err = { 0 };

	(void)state;
	make_layers(&d);
	r = open_layers(&d, false);
	assert_int_equal(mkdirat(rootfs_fd(r), "x", 0755), 0);
	assert_int_equal(mkdirat(rootfs_fd(r), "y", 0755), 0);
	assert_int_equal(rootfs_is_unchanged(r, &err), 0);
}

static void
the_root_looks_like_the_topmost(void **state)
{
	const struct timespec times[2] = { { 1, 0 }, { 1234567890, 5 } };
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *r = NULL;
	autoerror err = { 0 };
	struct stat st;

	(void)state;
	make_layers(&d);
	assert_int_equal(fchmodat(d.fd, "trees/top", 01711, 0), 0);
	assert_int_equal(utimensat(d.fd, "trees/top", times, 0), 0);
	r = open_layers(&d, false);
	assert_int_equal(fstat(rootfs_fd(r), &st), 0);
	assert_int_equal(st.st_mode & 07777, 01711);
	assert_int_equal(st.st_mtim.tv_sec, 1234567890);
	assert_int_equal(fchmodat(rootfs_fd(r), ".", 0755, 0), 0);
	assert_int_equal(rootfs_is_unchanged(r, &err), 0);
}

static void
closing_leaves_nothing(void **state)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	unit_dir_auto d = unit_dir_make();
	autoclose int tmp = -1;
	autoerror err = { 0 };
	struct rootfs *r;

	(void)state;
	make_layers(&d);
	r = open_layers(&d, false);
	assert_int_equal(mkdirat(rootfs_fd(r), "x", 0755), 0);
	assert_null(rootfs_close(r));
	assert_null(rootfs_close(NULL));
	tmp = openat(d.fd, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_ok(fs_list(tmp, 10, &names, &err), &err);
	assert_int_equal(names.count, 0);
}

static void
can_be_looked_at_only(void **state)
{
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *r = NULL;
	autofree char *name = NULL;
	autoerror err = { 0 };

	(void)state;
	make_layers(&d);
	r = open_layers(&d, true);
	assert_holds(rootfs_fd(r), "a", "top");
	assert_int_equal(mkdirat(rootfs_fd(r), "x", 0755), -1);
	assert_int_equal(errno, EROFS);
	assert_int_equal(rootfs_is_unchanged(r, &err), 1);
	assert_fails(rootfs_take_upper(r, &name, &err), &err, EINVAL,
		"read-only");
	assert_int_equal(rootfs_open_read_only("/", NULL, 0, "/", &r, NULL),
		-EINVAL);
}

/* From here on the kernel is older than the new mount API. */
static int
deny_fsopen(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsopen, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* In a child, as a filter stays for ever. */
static void
assert_opens_without_fsopen(const char *base, const char *const *lowers,
	size_t count, const char *scratch)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		autoerror err = { 0 };
		struct rootfs *r = NULL;

		if (deny_fsopen() < 0 || rootfs_open(base, lowers, count,
			    scratch, &r, &err) < 0)
			_exit(1);
		assert_holds(rootfs_fd(r), "f", "498");
		rootfs_close(r);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Short names fit into the page of options mount(2) takes, long ones do not;
 * 499 are the most with ours. */
static void
stacks_as_many_as_the_kernel(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autofree char *base = mem_printf("%s/trees", d.path);
	autofree char *scratch = mem_printf("%s/tmp", d.path);
	const char *lowers[500];
	autoerror err = { 0 };
	struct rootfs *r = NULL;

	(void)state;
	unit_mkdir(d.fd, "tmp");
	unit_mkdir(d.fd, "trees");
	for (size_t i = 0; i < ARRAY_SIZE(lowers); i++) {
		char *path = mem_printf("trees/%064zx", i);
		autofree char *file = mem_printf("%s/f", path);
		autofree char *text = mem_printf("%zu", i);

		unit_mkdir(d.fd, path);
		unit_write(d.fd, file, text);
		lowers[i] = path + strlen("trees/");
	}
	assert_fails(rootfs_open(base, lowers, 500, scratch, &r, &err), &err,
		E2BIG, "501 layers are more than the 500");
	assert_ok(rootfs_open(base, lowers, 499, scratch, &r, &err), &err);
	assert_holds(rootfs_fd(r), "f", "498");
	r = rootfs_close(r);
	assert_opens_without_fsopen(base, lowers, 499, scratch);
	assert_ok(rootfs_open(base, lowers, 30, scratch, &r, &err), &err);
	assert_holds(rootfs_fd(r), "f", "29");
	r = rootfs_close(r);
	for (size_t i = 0; i < ARRAY_SIZE(lowers); i++)
		free((char *)(uintptr_t)lowers[i] - strlen("trees/"));
}

static void
refuses_what_is_not_there(void **state)
{
	const char *missing[] = { "nothing" }, *bad[] = { "a:b" };
	unit_dir_auto d = unit_dir_make();
	autoerror err = { 0 };
	struct rootfs *r = NULL;

	(void)state;
	unit_mkdir(d.fd, "a:b");
	assert_fails(rootfs_open(d.path, missing, 1, d.path, &r, &err), &err,
		ENOENT, "cannot find layer");
	assert_fails(rootfs_open(d.path, bad, 1, d.path, &r, &err), &err,
		EINVAL, "cannot be a layer's name");
	assert_fails(rootfs_open("/nonexistent", bad, 1, d.path, &r, &err),
		&err, ENOENT, "cannot open '/nonexistent'");
	assert_fails(rootfs_open(d.path, NULL, 0, "/nonexistent", &r, &err),
		&err, ENOENT, "cannot open '/nonexistent'");
	assert_null(r);
}

/* A store on an overlay, as in a container: the upper directory is made in
 * memory and arrives where it would have been. */
static void
works_on_an_overlay(void **state)
{
	unit_dir_auto d = unit_dir_make();
	struct unit_dir in = { .fd = -1 };
	cleanup(rootfs_close) struct rootfs *outer = NULL, *r = NULL;
	autofree char *name = NULL, *path = NULL;
	autoerror err = { 0 };

	(void)state;
	make_layers(&d);
	outer = open_layers(&d, false);
	/* By a name that fits. */
	assert_int_equal(mkdirat(rootfs_fd(outer), "home", 0755), 0);
	path = mem_printf("%s/home", rootfs_path(outer));
	unit_symlink(d.fd, "in", path);
	free(take_ptr(&path));
	(void)snprintf(in.path, sizeof(in.path), "%.40s/in", d.path);
	in.fd = open(in.path, O_RDONLY | O_CLOEXEC);
	make_layers(&in);
	r = open_layers(&in, false);
	assert_true(rootfs_is_in_memory(r));
	assert_false(rootfs_is_in_memory(outer));
	assert_holds(rootfs_fd(r), "a", "top");
	assert_int_equal(mkdirat(rootfs_fd(r), "new", 0755), 0);
	assert_ok(rootfs_take_upper(r, &name, &err), &err);
	path = mem_printf("tmp/%s/new", name);
	assert_int_equal(faccessat(in.fd, path, F_OK, 0), 0);
	r = rootfs_close(r);
	(void)close(in.fd);
}

/* From here on mount(2) makes no overlay; nothing else of ours uses it. */
static int
deny_mount(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mount, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void
change_copy(int merged)
{
	autoerror err = { 0 };

	unit_write(merged, "new", "text");
	assert_int_equal(unlinkat(merged, "b", 0), 0);
	assert_ok(fs_remove_tree(merged, "dir", &err), &err);
	unit_mkdir(merged, "dir");
}

/* A name in the upper directory is a whiteout. */
static bool
is_hidden(int dir_fd, const char *upper, const char *name)
{
	autofree char *path = mem_printf("tmp/%s/%s", upper, name);
	struct stat st;

	return fstatat(dir_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		S_ISCHR(st.st_mode) && st.st_rdev == 0;
}

static bool
is_in_upper(int dir_fd, const char *upper, const char *name)
{
	autofree char *path = mem_printf("tmp/%s/%s", upper, name);

	return faccessat(dir_fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* `hides_each`: there are no attributes to mark a directory with. */
static void
assert_copies(const struct unit_dir *d, bool hides_each)
{
	static const struct rootfs_point point = { "/dir/x/y", false };
	cleanup(rootfs_close) struct rootfs *r = NULL;
	autofree char *name = NULL;
	autoerror err = { 0 };

	make_layers(d);
	unit_mkdir(d->fd, "trees/low/dir");
	unit_write(d->fd, "trees/low/dir/f", "low");
	r = open_layers(d, true);
	assert_non_null(rootfs_refusal(r));
	assert_int_equal(mkdirat(rootfs_fd(r), "x", 0755), -1);
	r = rootfs_close(r);
	r = open_layers(d, false);
	assert_false(rootfs_is_in_memory(r));
	assert_holds(rootfs_fd(r), "a", "top");
	assert_ok(rootfs_add_points(r, &point, 1, &err), &err);
	assert_int_equal(faccessat(rootfs_fd(r), "dir/x/y", F_OK, 0), 0);
	assert_int_equal(rootfs_is_unchanged(r, &err), 1);
	change_copy(rootfs_fd(r));
	assert_int_equal(rootfs_is_unchanged(r, &err), 0);
	assert_ok(rootfs_take_upper(r, &name, &err), &err);
	assert_true(is_in_upper(d->fd, name, "new"));
	assert_true(is_hidden(d->fd, name, "b"));
	assert_false(is_in_upper(d->fd, name, "a"));
	assert_false(is_in_upper(d->fd, name, "etc"));
	assert_int_equal(is_hidden(d->fd, name, "dir/f"), hides_each);
}

/* A file system without attributes of the user. */
static void
mount_ramfs(struct unit_dir *d)
{
	autoclose int fd = -1;
	autoerror err = { 0 };

	assert_ok(mounts_create("ramfs", NULL, MOUNTS_PLAIN, &fd, &err), &err);
	assert_ok(mounts_attach(fd, d->fd, &err), &err);
	(void)close(d->fd);
	d->fd = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void
copies_where_there_is_no_overlay(void **state)
{
	unit_dir_auto d = unit_dir_make();
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct unit_dir in = d;

		if (deny_mount() < 0)
			_exit(2);
		assert_copies(&in, false);
		mount_ramfs(&in);
		assert_copies(&in, true);
		_exit(umount2(in.path, MNT_DETACH) < 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
points_are_seen_and_not_kept(void **state)
{
	static const struct rootfs_point points[] = {
		{ "/a", true }, { "/dir/x/y", false }, { "/link/z", true },
		{ "/../new", true },
	};
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *r = NULL;
	struct timespec times[2] = { { 1000, 0 }, { 1000, 0 } };
	autoerror err = { 0 };
	struct stat st;

	(void)state;
	make_layers(&d);
	unit_mkdir(d.fd, "trees/low/dir");
	unit_symlink(d.fd, "trees/top/link", "/dir/gone");
	assert_int_equal(fchmodat(d.fd, "trees/low/dir", 0710, 0), 0);
	assert_int_equal(utimensat(d.fd, "trees/low/dir", times, 0), 0);
	r = open_layers(&d, false);
	assert_ok(rootfs_add_points(r, points, 4, &err), &err);
	assert_int_equal(fstatat(rootfs_fd(r), "dir", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0710);
	assert_int_equal(st.st_mtim.tv_sec, 1000);
	assert_int_equal(fstatat(rootfs_fd(r), "dir/x/y", &st, 0), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(fstatat(rootfs_fd(r), "dir/gone/z", &st, 0), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(fstatat(rootfs_fd(r), "new", &st, 0), 0);
	assert_holds(rootfs_fd(r), "a", "top");
	assert_int_equal(rootfs_is_unchanged(r, &err), 1);
}

static void
points_that_cannot_be(void **state)
{
	static const struct rootfs_point below_file = { "/a/x", false };
	static const struct rootfs_point circle = { "/round/x", false };
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *r = NULL;
	autoerror err = { 0 };

	(void)state;
	make_layers(&d);
	unit_symlink(d.fd, "trees/top/round", "round");
	r = open_layers(&d, false);
	assert_fails(rootfs_add_points(r, &below_file, 1, &err), &err, ENOTDIR,
		"/a/x");
	assert_fails(rootfs_add_points(r, &circle, 1, &err), &err, ELOOP,
		"/round/x");
}

static void
bare_has_only_what_the_layers_have(void **state)
{
	static const char *const lowers[] = { "low", "top" };
	unit_dir_auto d = unit_dir_make();
	autofree char *base = mem_printf("%s/trees", d.path);
	autofree char *scratch = mem_printf("%s/tmp", d.path);
	autoerror err = { 0 };

	(void)state;
	make_layers(&d);
	for (size_t count = 0; count <= 2; count++) {
		cleanup(rootfs_close) struct rootfs *r = NULL;
		cleanup_value(strv_release) struct strv names = { 0 };
		autoclose int fd = -1;

		assert_ok(rootfs_open_bare(base, lowers, count, scratch, &r,
			&err), &err);
		fd = open_merged(r);
		assert_ok(fs_list(fd, 10, &names, &err), &err);
		assert_int_equal(names.count, count ? 2 : 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points_are_seen_and_not_kept),
		cmocka_unit_test(points_that_cannot_be),
		cmocka_unit_test(bare_has_only_what_the_layers_have),
		cmocka_unit_test(topmost_wins),
		cmocka_unit_test(the_upper_directory_is_the_change),
		cmocka_unit_test(many_changes_are_a_change),
		cmocka_unit_test(the_root_looks_like_the_topmost),
		cmocka_unit_test(closing_leaves_nothing),
		cmocka_unit_test(can_be_looked_at_only),
		cmocka_unit_test(stacks_as_many_as_the_kernel),
		cmocka_unit_test(refuses_what_is_not_there),
		cmocka_unit_test(works_on_an_overlay),
		cmocka_unit_test(copies_where_there_is_no_overlay),
	};

	return cmocka_run_group_tests(tests, inside_enter, NULL);
}
