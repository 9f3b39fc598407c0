/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "util/fs-walk.h"
#include "util/fs.h"

#define TRIES 60000
#define MIN_SWAPS 2000

/*
 * BASE/secret			what must not be opened
 * BASE/out/x/			swapped with root/a/x by the second attacker
 * BASE/root/a/x/		swapped with root/b by the first attacker
 * BASE/root/a/secret		what may be opened
 * BASE/root/b -> ..
 */
struct arena {
	struct unit_dir base;
	int root;
	struct stat secret;
	unsigned long *swaps;	/* shared with the attacker */
	pid_t attacker;
};

static void
arena_make(struct arena *a)
{
	a->base = unit_dir_make();
	unit_mkdir(a->base.fd, "out");
	unit_mkdir(a->base.fd, "out/x");
	unit_mkdir(a->base.fd, "root");
	unit_mkdir(a->base.fd, "root/a");
	unit_mkdir(a->base.fd, "root/a/x");
	unit_write(a->base.fd, "secret", "secret");
	unit_write(a->base.fd, "root/a/secret", "fine");
	unit_symlink(a->base.fd, "root/b", "..");
	a->root = openat(a->base.fd, "root", O_PATH | O_CLOEXEC);
	assert_true(a->root >= 0);
	assert_int_equal(fstatat(a->base.fd, "secret", &a->secret, 0), 0);
	a->swaps = mmap(NULL, sizeof(*a->swaps), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(a->swaps != MAP_FAILED);
}

static void
arena_remove(struct arena *a)
{
	(void)munmap(a->swaps, sizeof(*a->swaps));
	(void)close(a->root);
	unit_dir_remove(&a->base);
}

static void
attack(struct arena *a, const char *one, const char *other)
{
	a->attacker = fork();
	assert_true(a->attacker >= 0);
	if (a->attacker)
		return;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (renameat2(a->base.fd, one, a->base.fd, other,
		       RENAME_EXCHANGE) == 0)
		__atomic_add_fetch(a->swaps, 1, __ATOMIC_RELAXED);
	_exit(1);
}

static void
stop_attack(struct arena *a)
{
	int status;

	assert_int_equal(kill(a->attacker, SIGKILL), 0);
	assert_int_equal(waitpid(a->attacker, &status, 0), a->attacker);
	/* It fought to its end. */
	assert_true(WIFSIGNALED(status));
}

static bool
is_leak(const struct arena *a, int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 &&
		st.st_dev == a->secret.st_dev && st.st_ino == a->secret.st_ino;
}

/* One try, by openat2 or by the walk that replaces it. */
static bool
leaks(const struct arena *a, const char *path, enum fs_resolve how, bool walk)
{
	const struct fs_walk w = { .root_fd = a->root, .path = path,
		.how = how, .flags = O_RDONLY };
	autoclose int fd = -1;

	if (walk)
		(void)fs_walk_open(&w, &fd);
	else
		(void)fs_open_in(a->root, path, how, O_RDONLY, 0, &fd, NULL);
	return is_leak(a, fd);
}

static void
defend(struct arena *a, const char *path)
{
	static const enum fs_resolve hows[] = { FS_IN_ROOT, FS_BENEATH,
		FS_NO_LINKS };
	unsigned leaked = 0;

	for (unsigned i = 0; i < TRIES ||
		__atomic_load_n(a->swaps, __ATOMIC_RELAXED) < MIN_SWAPS;
		i++)
		leaked += leaks(a, path, hows[i / 2 % 3], i % 2);
	assert_int_equal(leaked, 0);
}

static void
link_swapped_for_directory(void **state)
{
	struct arena a;

	(void)state;
	arena_make(&a);
	attack(&a, "root/a", "root/b");
	defend(&a, "a/secret");
	stop_attack(&a);
	arena_remove(&a);
}

static void
directory_moved_away_before_dot_dot(void **state)
{
	struct arena a;

	(void)state;
	arena_make(&a);
	attack(&a, "root/a/x", "out/x");
	defend(&a, "a/x/../../secret");
	stop_attack(&a);
	arena_remove(&a);
}

/* Without the defence the same attack succeeds: the test can fail. */
static void
attack_works_on_plain_open(void **state)
{
	unsigned leaked = 0;
	struct arena a;

	(void)state;
	arena_make(&a);
	attack(&a, "root/a", "root/b");
	for (unsigned i = 0; !leaked; i++) {
		autoclose int fd = openat(a.root, "a/secret",
			O_RDONLY | O_CLOEXEC);

		leaked += is_leak(&a, fd);
	}
	stop_attack(&a);
	arena_remove(&a);
	assert_true(leaked > 0);
}

#define CONTENT_SIZE KiB(256)
#define KILLS 40

static void
publish_for_ever(int tmp_fd, int dir_fd)
{
	autofree char *data = mem_alloc(CONTENT_SIZE);

	for (char c = 'a';; c = c == 'z' ? 'a' : c + 1) {
		memset(data, c, CONTENT_SIZE);
		if (fs_publish(tmp_fd, dir_fd, "f", data, CONTENT_SIZE, 0600,
			    NULL) < 0)
			_exit(1);
	}
}

/* All of one letter, all of it there. */
static void
assert_whole(int dir_fd)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	autoerror err = { 0 };

	assert_ok(fs_read_file(dir_fd, "f", CONTENT_SIZE, &b, &err), &err);
	assert_int_equal(b.len, CONTENT_SIZE);
	assert_memory_equal(b.data, b.data + 1, CONTENT_SIZE - 1);
}

static void
kill_publisher(int tmp_fd, int dir_fd, unsigned reads)
{
	int status;
	pid_t pid;

	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		publish_for_ever(tmp_fd, dir_fd);
	}
	for (unsigned i = 0; i < reads; i++)
		assert_whole(dir_fd);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_whole(dir_fd);
}

static void
killed_in_publish_leaves_it_whole(void **state)
{
	unit_dir_auto d = unit_dir_make();
	autofree char *data = mem_zalloc(CONTENT_SIZE);
	autoclose int tmp_fd = -1;
	autoerror err = { 0 };

	(void)state;
	unit_mkdir(d.fd, "tmp");
	tmp_fd = openat(d.fd, "tmp", O_PATH | O_CLOEXEC);
	assert_ok(fs_publish(tmp_fd, d.fd, "f", data, CONTENT_SIZE, 0600, &err),
		&err);
	/* The number of reads spreads the kills over the publisher's life. */
	for (unsigned i = 0; i < KILLS; i++)
		kill_publisher(tmp_fd, d.fd, i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attack_works_on_plain_open),
		cmocka_unit_test(link_swapped_for_directory),
		cmocka_unit_test(directory_moved_away_before_dot_dot),
		cmocka_unit_test(killed_in_publish_leaves_it_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
