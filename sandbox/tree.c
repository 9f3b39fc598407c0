/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/attach.h"
#include "sandbox/cwd.h"
#include "sandbox/dev.h"
#include "sandbox/mask.h"
#include "sandbox/mounts.h"
#include "sandbox/rewrite.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/scope.h"

#define HARMLESS (MOUNTS_NO_SUID | MOUNTS_NO_DEV | MOUNTS_NO_EXEC)

struct tree {
	const struct sandbox_spec *spec;
	const char *hosts;	/* path on the host */
	const char *resolv;
	const char *qemu;	/* the same; NULL: not wanted */
	int root_fd;		/* our copy of the root file system */
	int proc_fd, sys_fd;	/* the mounts */
	int cwd_fd;
};

/* One of the places that have to be directories of the image itself. */
static int
open_place(const struct tree *t, const char *name, int *ret_fd,
	struct error *err)
{
	int r = fs_open_in(t->root_fd, name, FS_NO_LINKS, O_PATH | O_DIRECTORY,
		0, ret_fd, err);

	if (r < 0)
		return error_wrap(err, "'/%s' of the image is no directory",
			name);
	return 0;
}

static int
add_proc(struct tree *t, struct error *err)
{
	autoclose int place = -1;
	int r;

	r = open_place(t, "proc", &place, err);
	if (r < 0)
		return r;
	r = mounts_create("proc", NULL, HARMLESS, &t->proc_fd, err);
	/* In a container whose /proc has parts covered no fresh one may show
	 * them: then that one it is, and own pids have other numbers there. */
	if (r == -EPERM) {
		log_debug("no fresh /proc here, showing the outer one");
		r = mounts_clone(AT_FDCWD, "/proc", true, &t->proc_fd, err);
	}
	return r < 0 ? r : mounts_attach(t->proc_fd, place, err);
}

static int
clone_sys(struct tree *t, struct error *err)
{
	int r;

	r = mounts_clone(AT_FDCWD, "/sys", true, &t->sys_fd, err);
	if (r < 0)
		return r;
	return mounts_add_flags(t->sys_fd, MOUNTS_READ_ONLY | HARMLESS, true,
		err);
}

/* The host's as it is; with a network of its own, a fresh one that shows it. */
static int
add_sys(struct tree *t, struct error *err)
{
	autoclose int place = -1;
	int r;

	r = open_place(t, "sys", &place, err);
	if (r < 0)
		return r;
	r = -EPERM;
	if (t->spec->network != NETWORK_HOST)
		r = mounts_create("sysfs", NULL, MOUNTS_READ_ONLY | HARMLESS,
			&t->sys_fd, NULL);
	if (r < 0)
		r = clone_sys(t, err);
	return r < 0 ? r : mounts_attach(t->sys_fd, place, err);
}

/* Only to look at, and only this sandbox's own. Not worth failing. */
static int
add_cgroup(struct tree *t, struct error *err)
{
	autoclose int fd = -1;
	autoerror problem = { 0 };
	int r;

	(void)err;
	r = mounts_create("cgroup2", NULL, MOUNTS_READ_ONLY | HARMLESS, &fd,
		&problem);
	if (r == 0)
		r = mounts_attach_at(fd, t->sys_fd, "fs/cgroup", &problem);
	if (r < 0)
		log_debug("no /sys/fs/cgroup: %s", problem.text);
	return 0;
}

static int
add_dev(struct tree *t, struct error *err)
{
	autoclose int place = -1;
	int r;

	r = open_place(t, "dev", &place, err);
	if (r == 0)
		r = dev_mount(place, t->spec->shm_bytes, err);
	if (r < 0 || !t->qemu)
		return r;
	return dev_add_program(t->root_fd, t->qemu,
		REWRITE_QEMU, err);
}

static int
add_masks(struct tree *t, struct error *err)
{
	if (t->spec->privileged)
		return 0;
	return mask_all(t->proc_fd, t->sys_fd, err);
}

/* The file the name leads to inside or, when that is not there, the dangling
 * link itself. */
static int
open_file_place(const struct tree *t, const char *path, int *ret_fd,
	struct error *err)
{
	int r = fs_open_in(t->root_fd, path, FS_IN_ROOT, O_PATH, 0, ret_fd,
		err);

	if (r == -ENOENT)
		r = fs_open_in(t->root_fd, path, FS_IN_ROOT,
			O_PATH | O_NOFOLLOW, 0, ret_fd, err);
	return r;
}

/* A file of ours read-only over one of the image; where either is missing or
 * no file, there is nothing to do. */
static void
add_file(struct tree *t, const char *source, const char *path)
{
	autoclose int from = -1;
	autoclose int copy = -1;
	autoclose int place = -1;
	autoerror problem = { 0 };
	int r;

	from = open(source, O_PATH | O_CLOEXEC);
	if (from < 0) {
		log_debug("no '%s' for the sandbox", source);
		return;
	}
	r = open_file_place(t, path, &place, &problem);
	if (r == 0)
		r = mounts_clone(from, "", false, &copy, &problem);
	if (r == 0)
		r = mounts_add_flags(copy, MOUNTS_READ_ONLY | HARMLESS, false,
			&problem);
	if (r == 0)
		r = mounts_attach(copy, place, &problem);
	if (r < 0)
		log_debug("no '/%s': %s", path, problem.text);
}

static int
add_names(struct tree *t, struct error *err)
{
	(void)err;
	add_file(t, t->hosts, "etc/hosts");
	add_file(t, t->resolv, "etc/resolv.conf");
	return 0;
}

static int
add_mount(struct tree *t, const struct sandbox_mount *m, struct error *err)
{
	return attach_mount(t->root_fd, m, err);
}

static int
add_mounts(struct tree *t, struct error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < t->spec->mount_count; i++)
		r = add_mount(t, &t->spec->mounts[i], err);
	return r;
}

static int
find_cwd(struct tree *t, struct error *err)
{
	return cwd_open(t->root_fd, t->spec->cwd, t->spec->user, &t->cwd_fd,
		err);
}

static int
protect_root(struct tree *t, struct error *err)
{
	if (!t->spec->read_only)
		return 0;
	return mounts_add_flags(t->root_fd, MOUNTS_READ_ONLY, false, err);
}

/* pivot_root(".", "."), as its manual page has it: the old root comes to lie
 * over the new one and is taken away from there. Unlike chroot(2) nothing of
 * the host is left to climb back to. */
static int
enter_root(struct tree *t, struct error *err)
{
	char here[4096];

	if (fchdir(t->root_fd) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
		umount2(".", MNT_DETACH) < 0)
		return error_errno(err, "cannot change the root directory");
	if (fchdir(t->cwd_fd) < 0)
		return error_errno(err, "cannot change to '%s'", t->spec->cwd);
	/* The kernel says "(unreachable)" of what is outside. */
	if (syscall(SYS_getcwd, here, sizeof(here)) < 0 || here[0] != '/')
		return error_set(err, EACCES, "'%s' is outside of the root",
			t->spec->cwd);
	return 0;
}

/* In this order: /proc while the host's is in sight (the kernel asks for
 * that), everything from the host before it goes. */
static int (*const steps[])(struct tree *t, struct error *err) = {
	add_proc, add_sys, add_cgroup, add_dev, add_masks, add_names,
	add_mounts, find_cwd, protect_root, enter_root,
};

static int
build(struct tree *t, struct error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < ARRAY_SIZE(steps); i++)
		r = steps[i](t, err);
	return r;
}

int
tree_enter(const struct setup *in, struct error *err)
{
	struct tree t = {
		.spec = in->spec, .hosts = in->hosts,
		.resolv = in->resolv, .root_fd = -1,
		.proc_fd = -1, .sys_fd = -1, .cwd_fd = -1,
	};
	int r;

	if (in->foreign->way == FOREIGN_EXEC)
		t.qemu = in->foreign->qemu;
	t.root_fd = open(rootfs_path(in->spec->rootfs),
		O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (t.root_fd < 0)
		return error_errno(err, "cannot open the root file system");
	r = build(&t, err);
	scope_close(&t.root_fd);
	scope_close(&t.proc_fd);
	scope_close(&t.sys_fd);
	scope_close(&t.cwd_fd);
	return r;
}
