/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "util/fs.h"

/*
 * BASE/secret		what must not be reached
 * BASE/root/		where paths are resolved, with links to everywhere
 */
struct fixture {
	struct unit_dir base;
	int root;
};

static struct fixture fx;

static int
fixture_make(void **state)
{
	(void)state;
	fx.base = unit_dir_make();
	unit_write(fx.base.fd, "secret", "secret");
	unit_mkdir(fx.base.fd, "root");
	fx.root = openat(fx.base.fd, "root", O_PATH | O_CLOEXEC);
	assert_true(fx.root >= 0);
	unit_write(fx.root, "file", "in");
	unit_mkdir(fx.root, "dir");
	unit_mkdir(fx.root, "dir/sub");
	unit_write(fx.root, "dir/sub/leaf", "leaf");
	unit_symlink(fx.root, "abs", "/dir");
	unit_symlink(fx.root, "up", "../../../file");
	unit_symlink(fx.root, "rel", "dir/sub");
	unit_symlink(fx.root, "dir/back", "..");
	unit_symlink(fx.root, "dir/absfile", "/file");
	unit_symlink(fx.root, "chain", "abs");
	unit_symlink(fx.root, "loop", "loop");
	unit_symlink(fx.root, "dangling", "made/later");
	unit_symlink(fx.root, "out", "../secret");
	unit_symlink(fx.root, "slashes", "//dir///sub//");
	return 0;
}

static int
fixture_remove(void **state)
{
	(void)state;
	(void)close(fx.root);
	unit_dir_remove(&fx.base);
	return 0;
}

struct open_case {
	const char *path;
	enum fs_resolve how;
	int flags;
	int code;		/* expected errno value, or 0 */
	const char *target;	/* what is opened then, below root */
};

#define DIR_PATH (O_PATH | O_DIRECTORY)
#define LINK_ITSELF (O_PATH | O_NOFOLLOW)

static const struct open_case open_cases[] = {
	{ "file", FS_IN_ROOT, O_RDONLY, 0, "file" },
	{ "/file", FS_IN_ROOT, O_RDONLY, 0, "file" },
	{ "//dir//sub//", FS_IN_ROOT, DIR_PATH, 0, "dir/sub" },
	{ "/", FS_IN_ROOT, DIR_PATH, 0, "." },
	{ ".", FS_IN_ROOT, DIR_PATH, 0, "." },
	{ "..", FS_IN_ROOT, DIR_PATH, 0, "." },
	{ "../../..", FS_IN_ROOT, DIR_PATH, 0, "." },
	{ "../secret", FS_IN_ROOT, O_RDONLY, ENOENT, NULL },
	{ "dir/../file", FS_IN_ROOT, O_RDONLY, 0, "file" },
	{ "dir/sub/..", FS_IN_ROOT, DIR_PATH, 0, "dir" },
	{ "up", FS_IN_ROOT, O_RDONLY, 0, "file" },
	{ "out", FS_IN_ROOT, O_RDONLY, ENOENT, NULL },
	{ "abs", FS_IN_ROOT, DIR_PATH, 0, "dir" },
	{ "abs", FS_IN_ROOT, O_PATH, 0, "dir" },
	{ "abs/sub/leaf", FS_IN_ROOT, O_RDONLY, 0, "dir/sub/leaf" },
	{ "chain/sub/leaf", FS_IN_ROOT, O_RDONLY, 0, "dir/sub/leaf" },
	{ "rel/leaf", FS_IN_ROOT, O_RDONLY, 0, "dir/sub/leaf" },
	{ "rel/../../file", FS_IN_ROOT, O_RDONLY, 0, "file" },
	{ "slashes/leaf", FS_IN_ROOT, O_RDONLY, 0, "dir/sub/leaf" },
	{ "dir/back/file", FS_IN_ROOT, O_RDONLY, 0, "file" },
	{ "dir/absfile", FS_IN_ROOT, O_RDONLY, 0, "file" },
	{ "dir/absfile", FS_IN_ROOT, O_PATH, 0, "file" },
	{ "dir/absfile", FS_IN_ROOT, LINK_ITSELF, 0, "dir/absfile" },
	{ "abs", FS_IN_ROOT, O_RDONLY | O_NOFOLLOW, ELOOP, NULL },
	{ "abs/", FS_IN_ROOT, O_PATH | O_NOFOLLOW, 0, "dir" },
	{ "abs", FS_IN_ROOT, DIR_PATH | O_NOFOLLOW, ENOTDIR, NULL },
	{ "loop", FS_IN_ROOT, O_RDONLY, ELOOP, NULL },
	{ "loop/x", FS_IN_ROOT, O_RDONLY, ELOOP, NULL },
	{ "loop", FS_IN_ROOT, LINK_ITSELF, 0, "loop" },
	{ "dangling", FS_IN_ROOT, O_RDONLY, ENOENT, NULL },
	{ "file/x", FS_IN_ROOT, O_RDONLY, ENOTDIR, NULL },
	{ "file/", FS_IN_ROOT, O_RDONLY, ENOTDIR, NULL },
	{ "file", FS_IN_ROOT, DIR_PATH, ENOTDIR, NULL },
	{ "none/x", FS_IN_ROOT, O_RDONLY, ENOENT, NULL },
	{ "", FS_IN_ROOT, O_RDONLY, ENOENT, NULL },
	{ "dir", FS_IN_ROOT, O_WRONLY, EISDIR, NULL },

	{ "dir/sub/leaf", FS_BENEATH, O_RDONLY, 0, "dir/sub/leaf" },
	{ "dir/../file", FS_BENEATH, O_RDONLY, 0, "file" },
	{ "rel/leaf", FS_BENEATH, O_RDONLY, 0, "dir/sub/leaf" },
	{ "dir/back/file", FS_BENEATH, O_RDONLY, 0, "file" },
	{ "/file", FS_BENEATH, O_RDONLY, EXDEV, NULL },
	{ "..", FS_BENEATH, DIR_PATH, EXDEV, NULL },
	{ "dir/../../root/file", FS_BENEATH, O_RDONLY, EXDEV, NULL },
	{ "abs", FS_BENEATH, DIR_PATH, EXDEV, NULL },
	{ "up", FS_BENEATH, O_RDONLY, EXDEV, NULL },
	{ "out", FS_BENEATH, O_RDONLY, EXDEV, NULL },
	{ "abs", FS_BENEATH, LINK_ITSELF, 0, "abs" },

	{ "dir/sub/leaf", FS_NO_LINKS, O_RDONLY, 0, "dir/sub/leaf" },
	{ "dir/../file", FS_NO_LINKS, O_RDONLY, 0, "file" },
	{ "rel/leaf", FS_NO_LINKS, O_RDONLY, ELOOP, NULL },
	{ "rel", FS_NO_LINKS, DIR_PATH, ELOOP, NULL },
	{ "dir/absfile", FS_NO_LINKS, O_PATH, ELOOP, NULL },
	{ "dir/absfile", FS_NO_LINKS, O_RDONLY, ELOOP, NULL },
	{ "dir/absfile", FS_NO_LINKS, LINK_ITSELF, 0, "dir/absfile" },
	{ "..", FS_NO_LINKS, DIR_PATH, EXDEV, NULL },
	{ "/file", FS_NO_LINKS, O_RDONLY, EXDEV, NULL },
};

static bool
is_same(int fd, const char *target)
{
	struct stat a, b;

	if (fstat(fd, &a) < 0 ||
		fstatat(fx.root, target, &b, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static unsigned
check_case(const struct open_case *c)
{
	autoerror err = { 0 };
	autoclose int fd = -1;
	int r;

	r = fs_open_in(fx.root, c->path, c->how, c->flags, 0, &fd, &err);
	if (r == -c->code && err.code == c->code && (r == 0) == (fd >= 0) &&
		(r < 0 || (is_same(fd, c->target) &&
				  fcntl(fd, F_GETFD) == FD_CLOEXEC)))
		return 0;
	print_error("'%s' how %d flags %o: %d, expected %d\n", c->path, c->how,
		c->flags, r, -c->code);
	return 1;
}

/* These run in children too, where cmocka's asserts do not work: they count
 * what is wrong. */
static unsigned
check_open(void)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(open_cases); i++)
		wrong += check_case(&open_cases[i]);
	return wrong;
}

static unsigned
check_true(bool good, const char *condition, int line)
{
	if (!good)
		print_error("line %d: %s\n", line, condition);
	return !good;
}

#define CHECK(condition) check_true(condition, #condition, __LINE__)

static unsigned
check_create(void)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL;
	autoclose int fd = -1, again = -1, dir = -1, through = -1;
	autoerror err = { 0 };
	unsigned wrong = 0;
	struct stat st;

	(void)umask(022);
	wrong += CHECK(fs_open_in(fx.root, "abs/new", FS_IN_ROOT, flags, 0640,
			       &fd, &err) == 0);
	wrong += CHECK(fstatat(fx.root, "dir/new", &st, 0) == 0 &&
		(st.st_mode & 07777) == 0640);
	wrong += CHECK(fs_open_in(fx.root, "dir/new", FS_IN_ROOT, flags, 0640,
			       &again, &err) == -EEXIST);
	wrong += CHECK(fs_open_in(fx.root, "dangling", FS_IN_ROOT, flags, 0640,
			       &again, &err) == -EEXIST);
	wrong += CHECK(fs_open_in(fx.root, "dir/", FS_IN_ROOT,
			       O_WRONLY | O_CREAT, 0640, &dir,
			       &err) == -EISDIR);
	/* Through a link to a file that is not there yet. */
	wrong += CHECK(symlinkat("/dir/target", fx.root, "dir/to") == 0);
	wrong += CHECK(fs_open_in(fx.root, "dir/to", FS_IN_ROOT,
			       O_WRONLY | O_CREAT, 0600, &through, &err) == 0);
	wrong += CHECK(fstatat(fx.root, "dir/target", &st, 0) == 0);
	wrong += CHECK(unlinkat(fx.root, "dir/new", 0) == 0);
	wrong += CHECK(unlinkat(fx.root, "dir/to", 0) == 0);
	wrong += CHECK(unlinkat(fx.root, "dir/target", 0) == 0);
	return wrong;
}

static unsigned
check_parent_of(const char *path, const char *dir, const char *name)
{
	autofree char *got = NULL;
	autoerror err = { 0 };
	autoclose int fd = -1;

	return CHECK(fs_open_parent(fx.root, path, &fd, &got, &err) == 0 &&
		is_same(fd, dir) && strcmp(got, name) == 0);
}

static unsigned
check_no_parent_of(const char *path, int code)
{
	autofree char *got = NULL;
	autoerror err = { 0 };
	autoclose int fd = -1;

	return CHECK(fs_open_parent(fx.root, path, &fd, &got, &err) == -code &&
		fd == -1 && !got);
}

static unsigned
check_parent(void)
{
	autofree char *long_path = mem_alloc(5000);

	memset(long_path, 'x', 4998);
	memcpy(long_path + 4996, "/y", 3);
	return check_parent_of("file", ".", "file") +
		check_parent_of("/file", ".", "file") +
		check_parent_of("/abs/x/", "dir", "x") +
		check_parent_of("dir/sub/leaf//", "dir/sub", "leaf") +
		check_parent_of("../up", ".", "up") +
		check_no_parent_of("", EINVAL) +
		check_no_parent_of("/", EINVAL) +
		check_no_parent_of("dir/..", EINVAL) +
		check_no_parent_of(".", EINVAL) +
		check_no_parent_of("none/x", ENOENT) +
		check_no_parent_of("file/x", ENOTDIR) +
		check_no_parent_of("out/x", ENOENT) +
		check_no_parent_of(long_path, ENAMETOOLONG);
}

static unsigned
check_dirs_of(const char *path, int code, const char *target)
{
	autoerror err = { 0 };
	autoclose int fd = -1;
	int r;

	r = fs_make_dirs(fx.root, path, 02755, &fd, &err);
	if (code)
		return CHECK(r == -code && fd == -1 && err.text);
	return CHECK(r == 0 && is_same(fd, target));
}

static unsigned
check_make_dirs(void)
{
	struct stat st;
	unsigned wrong;

	(void)umask(077);
	wrong = check_dirs_of("dir/sub", 0, "dir/sub") +
		check_dirs_of("/", 0, ".") +
		check_dirs_of("abs/a/b/../c/./d/", 0, "dir/a/c/d") +
		check_dirs_of("/../../e", 0, "e") +
		check_dirs_of("dangling/x", 0, "made/later/x") +
		check_dirs_of("", ENOENT, NULL) +
		check_dirs_of("file", ENOTDIR, NULL) +
		check_dirs_of("file/x", ENOTDIR, NULL) +
		check_dirs_of("loop/x", ELOOP, NULL);
	wrong += CHECK(fstatat(fx.root, "dir/a/b", &st, 0) == 0 &&
		(st.st_mode & 07777) == 02755);
	wrong += CHECK(fs_remove_tree(fx.root, "made", NULL) == 0);
	wrong += CHECK(fs_remove_tree(fx.root, "e", NULL) == 0);
	wrong += CHECK(fs_remove_tree(fx.root, "dir/a", NULL) == 0);
	return wrong;
}

static unsigned
check_all(void)
{
	return check_open() + check_create() + check_parent() +
		check_make_dirs();
}

static void
by_the_kernel(void **state)
{
	(void)state;
	assert_int_equal(check_all(), 0);
}

/* From here on openat2(2) says `code`. */
static int
deny_openat2(unsigned code)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | code),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return -1;
	return syscall(SYS_openat2, -1, NULL, NULL, 0) < 0 &&
			errno == (int)code
		? 0
		: -1;
}

static int
run_denied(unsigned code, unsigned (*check)(void))
{
	int status;
	pid_t pid;

	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(deny_openat2(code) < 0 ? 125 : (int)check());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
walked_where_openat2_is_missing(void **state)
{
	(void)state;
	assert_int_equal(run_denied(ENOSYS, check_all), 0);
}

static void
walked_where_openat2_is_denied(void **state)
{
	(void)state;
	assert_int_equal(run_denied(EPERM, check_all), 0);
}

static unsigned
check_deep(void)
{
	char path[2 * 257 + 1] = "";
	autoclose int fd = -1, deep = -1, too_deep = -1;
	unsigned wrong = 0;

	for (size_t i = 0; i < 256; i++)
		memcpy(path + 2 * i, "d/", 3);
	wrong += CHECK(fs_make_dirs(fx.root, path, 0755, &fd, NULL) == 0);
	wrong += CHECK(fs_open_in(fx.root, path, FS_NO_LINKS, DIR_PATH, 0,
			       &deep, NULL) == 0);
	memcpy(path + 2 * 256, "d/", 3);
	wrong += CHECK(fs_make_dirs(fx.root, path, 0755, &too_deep, NULL) ==
		-ENAMETOOLONG);
	wrong += CHECK(too_deep == -1);
	wrong += CHECK(fs_remove_tree(fx.root, "d", NULL) == 0);
	return wrong;
}

static void
walk_has_a_limit(void **state)
{
	(void)state;
	assert_int_equal(run_denied(ENOSYS, check_deep), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_the_kernel),
		cmocka_unit_test(walked_where_openat2_is_missing),
		cmocka_unit_test(walked_where_openat2_is_denied),
		cmocka_unit_test(walk_has_a_limit),
	};

	return cmocka_run_group_tests(tests, fixture_make, fixture_remove);
}
