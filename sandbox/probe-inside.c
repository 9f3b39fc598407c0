/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/probe-inside.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "sandbox/egress.h"
#include "sandbox/foreign.h"
#include "sandbox/mounts.h"
#include "sandbox/network.h"
#include "sandbox/rootfs.h"
#include "sandbox/seccomp.h"
#include "util/fs.h"
#include "util/mem.h"

static int
enter(enum identity want, struct probe *p)
{
	autoerror problem = { 0 };
	struct userns ns = { 0 };
	int r = userns_enter(want, &ns, &problem);

	if (r < 0) {
		probe_add(p, "namespaces", PROBE_FAIL, problem.hint, "%s",
			problem.text);
		return r;
	}
	p->identity = ns.identity;
	if (ns.identity == IDENTITY_SINGLE)
		probe_add(p, "namespaces", PROBE_WARN, "get a range of ids, "
			"as said above, for files of several owners",
			"user namespaces work, with one id");
	else
		probe_add(p, "namespaces", PROBE_OK, NULL,
			"identity %s, %u ids", identity_name(ns.identity),
			ns.ids);
	return 0;
}

/* Owners nobody has here, and what overlayfs marks, are such attributes. */
static void
check_attributes(int dir_fd, struct probe *p)
{
	if (fsetxattr(dir_fd, "user.slipway.probe", "1", 1, 0) == 0)
		probe_add(p, "attributes", PROBE_OK, NULL,
			"the store's file system has user attributes");
	else
		probe_add(p, "attributes", PROBE_WARN, "put the store (--root) "
			"on ext4, xfs or btrfs", "the store's file system has "
			"no user attributes (%s): owners are lost with one id",
			strerror(errno));
}

/* Can a file share the blocks of another? */
static bool
has_reflinks(int dir_fd)
{
	autofree char *from_name = NULL, *to_name = NULL;
	autoclose int from = -1, to = -1;

	return fs_make_temp_file(dir_fd, &from_name, &from, NULL) == 0 &&
		fs_make_temp_file(dir_fd, &to_name, &to, NULL) == 0 &&
		fs_write(from, "x", 1, NULL) == 0 &&
		ioctl(to, FICLONE, from) == 0;
}

static void
tell_copies(int dir_fd, const struct error *refusal, struct probe *p)
{
	bool shares = has_reflinks(dir_fd);
	autofree char *remedy = mem_printf("%s%s", refusal->hint ?
		refusal->hint : "use a kernel with overlayfs for user "
		"namespaces (5.11)", shares ? "" : "; a store (--root) on xfs "
		"or btrfs lets copies share blocks");

	probe_add(p, "overlay", PROBE_WARN, remedy, "%s: each step works on a "
		"copy of the files below it, which takes time%s",
		refusal->text, shares ? ", but no space (reflinks)" :
		" and space (no reflinks)");
}

static void
tell_overlay(int r, int dir_fd, const struct rootfs *root,
	const struct error *problem, struct probe *p)
{
	if (r < 0)
		probe_add(p, "overlay", PROBE_FAIL, problem->hint ?
			problem->hint : "use a kernel with overlayfs",
			"%s", problem->text);
	else if (rootfs_refusal(root))
		tell_copies(dir_fd, rootfs_refusal(root), p);
	else if (rootfs_is_in_memory(root))
		probe_add(p, "overlay", PROBE_WARN, "put the store (--root) "
			"on ext4, xfs or btrfs", "the store's file system "
			"cannot hold changes: they are kept in memory");
	else
		probe_add(p, "overlay", PROBE_OK, NULL,
			"works on the store's file system, with userxattr");
}

/* A real one, of no layers. */
static void
check_overlay(const char *scratch, struct probe *p)
{
	cleanup(rootfs_close) struct rootfs *root = NULL;
	autoerror problem = { 0 };
	autofree char *name = NULL;
	autofree char *path = NULL;
	autoclose int scratch_fd = -1;
	autoclose int dir_fd = -1;
	int r;

	scratch_fd = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = scratch_fd < 0 ? error_errno(&problem, "cannot open '%s'",
		scratch) : fs_make_temp_dir(scratch_fd, &name, &dir_fd,
		&problem);
	if (r == 0) {
		check_attributes(dir_fd, p);
		path = mem_printf("%s/%s", scratch, name);
		r = rootfs_open(path, NULL, 0, path, &root, &problem);
	}
	tell_overlay(r, dir_fd, root, &problem, p);
	root = rootfs_close(root);
	if (name)
		(void)fs_remove_tree(scratch_fd, name, NULL);
}

/* 0 when `try` works in a child. */
static int
try_in_child(int (*try)(struct error *err))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(try(NULL) < 0);
	if (pid > 0)
		(void)TEMP_FAILURE_RETRY(waitpid(pid, &status, 0));
	return status;
}

/* As a supervisor of one id, and emulation by tracing, look into programs. */
static int
try_memory(struct error *err)
{
	char word = 'x', seen = '\0';
	struct iovec here = { &seen, 1 }, there = { &word, 1 };
	int fds[2], status = 0;
	ssize_t n;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	pid = fork();
	if (pid == 0) {
		(void)close(fds[1]);
		_exit((int)read(fds[0], &seen, 1));
	}
	n = pid < 0 ? -1 : process_vm_readv(pid, &here, 1, &there, 1, 0);
	(void)close(fds[0]);
	(void)close(fds[1]);
	if (pid > 0)
		(void)TEMP_FAILURE_RETRY(waitpid(pid, &status, 0));
	return n == 1 && seen == 'x' ? 0 : -EPERM;
}

static int
mount_proc(struct error *err)
{
	autoclose int fd = -1;

	return mounts_create("proc", NULL, MOUNTS_PLAIN, &fd, err);
}

/* A new pid namespace begins with the next child. */
static int
try_proc(struct error *err)
{
	if (unshare(CLONE_NEWPID) < 0)
		return error_errno(err, "cannot make a pid namespace");
	return try_in_child(mount_proc) == 0 ? 0 : -EPERM;
}

static int
try_network(struct error *err)
{
	if (unshare(CLONE_NEWNET) < 0)
		return error_errno(err, "cannot make a network namespace");
	return network_raise_loopback(err);
}

static int
try_filter(struct error *err)
{
	return seccomp_install(SECCOMP_EXEC_FREE, err);
}

/* Does a way out of it work? */
static void
check_egress(struct probe *p)
{
	cleanup(egress_free) struct egress *e = NULL;
	autoerror problem = { 0 };
	int r = egress_open(&e, &problem);

	if (r == 0)
		r = egress_wait(e, &problem);
	if (r == 0)
		probe_add(p, "private network", PROBE_OK, NULL, "by %s",
			egress_helper(e));
	else
		probe_add(p, "private network", PROBE_WARN, problem.hint,
			"%s: programs see the host's", problem.text);
}

/* Each in a process of its own, whose namespaces and filters go with it. */
static const struct trial {
	const char *name;
	int (*try)(struct error *err);
	enum probe_status otherwise;
	const char *good;
	const char *bad;
	const char *remedy;
} trials[] = {
	{ "proc", try_proc, PROBE_WARN, "a fresh /proc can be mounted",
		"no fresh /proc can be mounted: sandboxes show the outer one",
		"outer container: unmask /proc "
		"(--security-opt systempaths=unconfined)" },
	{ "filter", try_filter, PROBE_FAIL,
		"the system call filter can be installed",
		"the system call filter cannot be installed",
		"see the line about seccomp" },
	{ "tracing", try_memory, PROBE_WARN,
		"the memory of programs can be looked into",
		"the memory of programs cannot be looked into: owners are not "
		"emulated, nor other machines by tracing",
		"as root: sysctl kernel.yama.ptrace_scope=1; in a container: "
		"--cap-add SYS_PTRACE, or a seccomp profile that allows "
		"process_vm_readv" },
	{ "network", try_network, PROBE_WARN,
		"a network of its own can be made",
		"--network none does not work", "see dmesg(1)" },
};

static void
run_trial(const struct trial *t, struct probe *p)
{
	if (try_in_child(t->try) == 0)
		probe_add(p, t->name, PROBE_OK, NULL, "%s", t->good);
	else
		probe_add(p, t->name, t->otherwise, t->remedy, "%s", t->bad);
}

/* "arm64 arm" for the machines whose programs run that way. */
static void
list_machines(enum foreign_way way, struct strv *ret)
{
	const struct machine *host = machine_host();
	const struct machine *m;
	size_t i;

	for (i = 0; (m = machine_at(i)) != NULL; i++) {
		cleanup_value(foreign_release) struct foreign f;

		foreign_init(&f);
		if (m != host &&
			foreign_open(m->name, FOREIGN_AUTO, &f, NULL) == 0 &&
			f.way == way)
			strv_add(ret, m->name);
	}
}

/* Who runs programs of which other machines. */
static void
check_foreign(struct probe *p)
{
	static const struct {
		enum foreign_way way;
		const char *text;
	} ways[] = {
		{ FOREIGN_NATIVE, "by the processor" },
		{ FOREIGN_BINFMT, "by a binfmt_misc of our own" },
		{ FOREIGN_HOST, "by the host's binfmt_misc" },
		{ FOREIGN_EXEC, "by tracing (slower, no debuggers inside)" },
	};
	cleanup_value(strv_release) struct strv found = { 0 };
	autofree char *all = NULL;
	bool emulates = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		cleanup_value(strv_release) struct strv names = { 0 };
		autofree char *list = NULL;

		list_machines(ways[i].way, &names);
		list = strv_join(&names, " ");
		if (names.count)
			strv_addf(&found, "%s %s", list, ways[i].text);
		emulates |= names.count && ways[i].way != FOREIGN_NATIVE;
	}
	all = strv_join(&found, "; ");
	probe_add(p, "foreign programs", PROBE_INFO, emulates ? NULL :
		"install package qemu-user-static, to run programs of other "
		"machines", "%s", found.count ? all : "none run");
}

void
probe_inside(enum identity want, const char *scratch, struct probe *p)
{
	size_t i;

	if (enter(want, p) < 0)
		return;
	check_overlay(scratch, p);
	for (i = 0; i < ARRAY_SIZE(trials); i++)
		run_trial(&trials[i], p);
	check_egress(p);
	check_foreign(p);
}
