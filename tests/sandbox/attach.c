/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts put to their places while somebody changes what leads there. */
#include "tests/sandbox/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "sandbox/attach.h"
#include "util/num.h"

/* SLIPWAY_RACES=60000 for the whole of it. */
#define TRIES 3000
#define PART 200
#define MIN_SWAPS 500

struct counts {
	unsigned long swaps, done;
};

/*
 * BASE/out/file		"secret": nothing is shown of it or put into it
 * BASE/out/x/			nothing is mounted here
 * BASE/root/a/file		"fine"
 * BASE/root/a/x/
 * BASE/root/l -> ../out	swapped with a all the time
 */
struct arena {
	struct unit_dir base;
	char root[4096];
	pid_t attacker;
	struct counts *counts;	/* shared with attacker and victims */
};

static void
arena_make(struct arena *a)
{
	a->base = unit_dir_make();
	unit_mkdir(a->base.fd, "out");
	unit_mkdir(a->base.fd, "root");
	unit_mkdir(a->base.fd, "root/a");
	unit_mkdir(a->base.fd, "root/to");
	unit_mkdir(a->base.fd, "root/a/x");
	unit_mkdir(a->base.fd, "out/x");
	unit_write(a->base.fd, "out/file", "secret");
	unit_write(a->base.fd, "root/a/file", "fine");
	unit_symlink(a->base.fd, "root/l", "../out");
	(void)snprintf(a->root, sizeof(a->root), "%s/root", a->base.path);
	a->counts = mmap(NULL, sizeof(*a->counts), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(a->counts != MAP_FAILED);
	a->attacker = fork();
	if (a->attacker)
		return;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (renameat2(a->base.fd, "root/a", a->base.fd, "root/l",
		       RENAME_EXCHANGE) == 0)
		__atomic_add_fetch(&a->counts->swaps, 1, __ATOMIC_RELAXED);
	_exit(1);
}

static void
arena_remove(struct arena *a)
{
	int status;

	assert_int_equal(kill(a->attacker, SIGKILL), 0);
	assert_int_equal(waitpid(a->attacker, &status, 0), a->attacker);
	/* It fought to its end. */
	assert_true(WIFSIGNALED(status));
	(void)munmap(a->counts, sizeof(*a->counts));
	unit_dir_remove(&a->base);
}

/* The arena from within a mount namespace: descriptors that were opened outside
 * do not show its mounts. */
struct view {
	const char *root;
	int base_fd, root_fd;
};

static void
view_release(struct view *v)
{
	scope_close(&v->base_fd);
	scope_close(&v->root_fd);
}

/* A mount below "a" may come to lie in root/a only, and what is missing for it
 * be made there only. */
static bool
target_leaks(const struct view *v, bool *ret_done)
{
	static const struct mounts_option options[] = {
		{ "mode", "0711" }, { 0 },
	};
	struct sandbox_mount m = {
		.target = "/a/x", .make_target = true, .tmpfs = options,
	};
	bool one = attach_mount(v->root_fd, &m, NULL) == 0;
	struct stat st;

	m.target = "/a/new";
	*ret_done = attach_mount(v->root_fd, &m, NULL) == 0 && one;
	return fstatat(v->base_fd, "out/x", &st, 0) < 0 ||
		(st.st_mode & 07777) == 0711 ||
		fstatat(v->base_fd, "out/new", &st, 0) == 0;
}

/* What is shown of "a" may be root/a only. */
static bool
source_leaks(const struct view *v, bool *ret_done)
{
	const struct sandbox_mount m = {
		.source = v->root, .inside = "a", .target = "/to",
		.read_only = true,
	};
	char text[8] = "";
	autofree char *to = mem_printf("%s/to", v->root);
	autoclose int file = -1;
	int r;

	*ret_done = attach_mount(v->root_fd, &m, NULL) == 0;
	if (!*ret_done)
		return false;
	file = openat(v->base_fd, "root/to/file", O_RDONLY | O_CLOEXEC);
	r = (int)read(file, text, sizeof(text) - 1);
	(void)umount2(to, MNT_DETACH);
	return r > 0 && strcmp(text, "fine") != 0;
}

typedef bool leak_test(const struct view *v, bool *ret_done);

/* In a mount namespace that goes with its mounts. */
static int
try_part(const struct arena *a, leak_test *leaks)
{
	cleanup_value(view_release) struct view v = {
		.root = a->root, .base_fd = -1, .root_fd = -1,
	};
	bool done;

	if (unshare(CLONE_NEWNS) < 0)
		return 2;
	v.base_fd = open(a->base.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	v.root_fd = open(a->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (int n = 0; n < PART; n++) {
		if (leaks(&v, &done))
			return 1;
		a->counts->done += done;
	}
	return 0;
}

static unsigned long
count_swaps(const struct arena *a)
{
	return __atomic_load_n(&a->counts->swaps, __ATOMIC_RELAXED);
}

static void
race(leak_test *leaks)
{
	const char *wanted = getenv("SLIPWAY_RACES");
	uint64_t tries = TRIES;
	struct arena a;
	int status;
	pid_t pid;

	if (wanted)
		assert_int_equal(num_parse(wanted, 1000000, &tries, NULL), 0);
	arena_make(&a);
	/* Also until both had their turns, where there is one processor. */
	for (uint64_t n = 0; n < tries || count_swaps(&a) < MIN_SWAPS ||
		!a.counts->done; n += PART) {
		pid = fork();
		if (pid == 0)
			_exit(try_part(&a, leaks));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	arena_remove(&a);
}

static void
targets_do_not_leak(void **state)
{
	(void)state;
	race(target_leaks);
}

static void
sources_do_not_leak(void **state)
{
	(void)state;
	race(source_leaks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_do_not_leak),
		cmocka_unit_test(sources_do_not_leak),
	};

	return cmocka_run_group_tests(tests, inside_enter, NULL);
}
