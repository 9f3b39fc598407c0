/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launch: what a sandbox costs, part by part. Starts `busybox true` in 100 of
 * them, one after the other, on a root of one layer, and prints the least and
 * the middle time of each part in microseconds.
 *
 * usage: tests/bench/launch [NETWORK [IDENTITY [BUSYBOX [MACHINE WAY]]]]
 *
 * NETWORK is host, none or private, IDENTITY that of slipway --identity; a
 * BUSYBOX of another MACHINE, "arm64", is run by WAY: binfmt, host or exec.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sandbox/launch.h"
#include "sandbox/userns.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

#define ROUNDS 100

enum part { PART_ROOTFS, PART_LAUNCH, PART_EXIT, PART_CLOSE, PART_ALL, PARTS };

static const char *const part_names[] = {
	"mount the root", "launch until exec", "exec until exit", "close",
	"all of it",
};

static int64_t took[PARTS][ROUNDS];

/* What is asked for. */
struct bench {
	enum network_mode network;
	enum identity identity;
	const char *busybox, *machine;
	enum foreign_way way;
	struct egress *egress;
};

static int64_t
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* dir/trees/bb with one static program in it. */
static int
make_layer(int dir_fd, const char *busybox, struct error *err)
{
	autoclose int bin = -1;
	autoclose int from = -1;
	autoclose int to = -1;
	uint64_t copied;
	int r;

	r = fs_make_dirs(dir_fd, "trees/bb/bin", 0755, &bin, err);
	if (r < 0)
		return r;
	from = open(busybox, O_RDONLY | O_CLOEXEC);
	to = openat(bin, "true", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	if (from < 0 || to < 0)
		return error_errno(err, "cannot copy '%s'", busybox);
	return fs_copy_data(from, to, UINT64_MAX, &copied, err);
}

static int
run_once(const char *dir, const struct bench *b, int round,
	struct error *err)
{
	cleanup(rootfs_close) struct rootfs *root = NULL;
	cleanup(sandbox_free) struct sandbox *s = NULL;
	cleanup_value(strv_release) struct strv argv = { 0 };
	cleanup_value(strv_release) struct strv env = { 0 };
	autofree char *base = mem_printf("%s/trees", dir);
	const char *lowers[] = { "bb" };
	struct sandbox_spec spec = {
		.argv = &argv, .env = &env, .network = b->network,
		.egress = b->egress, .machine = b->machine,
		.emulation = b->way,
		.in_fd = -1, .out_fd = 1, .error_fd = 2,
	};
	struct proc_end end;
	int64_t t[5];
	int r;

	strv_add(&argv, "true");
	strv_add(&env, "PATH=/bin");
	t[0] = now_us();
	r = rootfs_open(base, lowers, 1, dir, &root, err);
	spec.rootfs = root;
	t[1] = now_us();
	if (r == 0)
		r = sandbox_launch(&spec, &s, err);
	t[2] = now_us();
	if (r == 0)
		r = sandbox_wait(s, -1, &end, err);
	t[3] = now_us();
	if (r < 0)
		return r;
	if (proc_end_status(&end) != 0)
		return error_set(err, EPROTO, "it ended with %d",
			proc_end_status(&end));
	s = sandbox_free(s);
	root = rootfs_close(root);
	t[4] = now_us();
	for (r = 0; r < PART_ALL; r++)
		took[r][round] = t[r + 1] - t[r];
	took[PART_ALL][round] = t[4] - t[0];
	return 0;
}

static void
print(void)
{
	int i;

	(void)printf("%-20s %8s %8s\n", "us", "least", "middle");
	for (i = 0; i < PARTS; i++) {
		qsort(took[i], ROUNDS, sizeof(took[i][0]), compare);
		(void)printf("%-20s %8lld %8lld\n", part_names[i],
			(long long)took[i][0],
			(long long)took[i][ROUNDS / 2]);
	}
}

static int
bench(const char *dir, struct bench *b, struct error *err)
{
	autoclose int dir_fd = -1;
	struct userns ns;
	int64_t start;
	int i, r;

	start = now_us();
	r = userns_enter(b->identity, &ns, err);
	if (r < 0)
		return r;
	(void)printf("enter as %s: %lld us\n", identity_name(ns.identity),
		(long long)(now_us() - start));
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return error_errno(err, "cannot open '%s'", dir);
	r = make_layer(dir_fd, b->busybox, err);
	if (r == 0)
		r = egress_choose(b->network, &b->network, &b->egress, err);
	for (i = 0; r == 0 && i < ROUNDS; i++)
		r = run_once(dir, b, i, err);
	(void)fs_remove_tree(dir_fd, "trees", NULL);
	if (r == 0)
		print();
	return r;
}

int
main(int argc, char *argv[])
{
	char dir[] = "/var/tmp/slipway-bench-XXXXXX";
	struct bench b = { .busybox = "/bin/busybox" };
	autoerror problem = { 0 };
	int r = 0;

	if (argc > 1)
		r = network_parse(argv[1], &b.network, &problem);
	if (r == 0 && argc > 2)
		r = identity_parse(argv[2], &b.identity, &problem);
	if (argc > 3)
		b.busybox = argv[3];
	if (argc > 5)
		b.machine = argv[4];
	if (r == 0 && argc > 5)
		r = foreign_parse(argv[5], &b.way, &problem);
	if (r == 0 && !mkdtemp(dir))
		r = error_errno(&problem, "cannot make '%s'", dir);
	if (r == 0) {
		r = bench(dir, &b, &problem);
		(void)egress_free(b.egress);
		(void)rmdir(dir);
	}
	if (r < 0)
		(void)fprintf(stderr, "launch: %s\n", problem.text);
	return r < 0;
}
