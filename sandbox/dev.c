/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/dev.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/mounts.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/scope.h"

/* The host's, as nobody without privilege makes working device nodes. */
static const char *const devices[] = {
	"null", "zero", "full", "random", "urandom", "tty",
};

static const struct link {
	const char *name, *target;
} links[] = {
	{ "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
	{ "ptmx", "pts/ptmx" },
};

static const struct mounts_option dev_options[] = {
	{ "mode", "0755" }, { "size", "64m" }, { 0 },
};
static const struct mounts_option pts_options[] = {
	{ "newinstance", NULL }, { "ptmxmode", "0666" }, { "mode", "0620" },
	{ "gid", "5" }, { 0 },
};
/* Where group tty, 5, does not exist. */
static const struct mounts_option pts_options_single[] = {
	{ "newinstance", NULL }, { "ptmxmode", "0666" }, { "mode", "0620" },
	{ 0 },
};

static int
bind_device(int dev_fd, const char *name, struct error *err)
{
	autofree char *path = mem_printf("/dev/%s", name);
	autoclose int source = -1;
	autoclose int target = -1;
	int r;

	r = mounts_clone(AT_FDCWD, path, false, &source, err);
	if (r < 0)
		return r;
	target = openat(dev_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		0666);
	if (target < 0)
		return error_errno(err, "cannot make '%s'", path);
	return mounts_attach(source, target, err);
}

static int
bind_devices(int dev_fd, struct error *err)
{
	size_t i;
	int r;

	for (i = 0; i < ARRAY_SIZE(devices); i++) {
		r = bind_device(dev_fd, devices[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
make_links(int dev_fd, struct error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(links); i++)
		if (symlinkat(links[i].target, dev_fd, links[i].name) < 0)
			return error_errno(err, "cannot make '/dev/%s'",
				links[i].name);
	return 0;
}

static int
mount_in(int dev_fd, const char *name, const char *type,
	const struct mounts_option *options, enum mounts_flags flags,
	struct error *err)
{
	autoclose int fd = -1;
	int r;

	if (mkdirat(dev_fd, name, 0755) < 0)
		return error_errno(err, "cannot make '/dev/%s'", name);
	r = mounts_create(type, options, flags, &fd, err);
	return r < 0 ? r : mounts_attach_at(fd, dev_fd, name, err);
}

static int
mount_pts(int dev_fd, struct error *err)
{
	const enum mounts_flags flags = MOUNTS_NO_SUID | MOUNTS_NO_EXEC;

	if (mount_in(dev_fd, "pts", "devpts", pts_options, flags, NULL) == 0)
		return 0;
	(void)unlinkat(dev_fd, "pts", AT_REMOVEDIR);
	return mount_in(dev_fd, "pts", "devpts", pts_options_single, flags,
		err);
}

static int
mount_shm(int dev_fd, uint64_t bytes, struct error *err)
{
	autofree char *size = mem_printf("%" PRIu64, bytes ? bytes : MiB(64));
	const struct mounts_option options[] = {
		{ "mode", "1777" }, { "size", size }, { 0 },
	};

	return mount_in(dev_fd, "shm", "tmpfs", options,
		MOUNTS_NO_SUID | MOUNTS_NO_DEV | MOUNTS_NO_EXEC, err);
}

static int
fill(int dev_fd, uint64_t shm_bytes, struct error *err)
{
	const enum mounts_flags flags = MOUNTS_NO_SUID | MOUNTS_NO_DEV |
		MOUNTS_NO_EXEC;
	autoerror problem = { 0 };
	int r;

	r = bind_devices(dev_fd, err);
	if (r == 0)
		r = make_links(dev_fd, err);
	if (r == 0)
		r = mount_pts(dev_fd, err);
	if (r == 0)
		r = mount_shm(dev_fd, shm_bytes, err);
	if (r < 0)
		return r;
	/* Kernels without POSIX queues are rare, and few programs care. */
	if (mount_in(dev_fd, "mqueue", "mqueue", NULL, flags, &problem) < 0)
		log_debug("no /dev/mqueue: %s", problem.text);
	return 0;
}

int
dev_add_program(int root_fd, const char *source, const char *path,
	struct error *err)
{
	autoclose int copy = -1;
	autoclose int place = -1;
	int r;

	r = mounts_clone(AT_FDCWD, source, false, &copy, err);
	if (r == 0)
		r = mounts_add_flags(copy, MOUNTS_READ_ONLY | MOUNTS_NO_SUID,
			false, err);
	if (r == 0)
		r = fs_open_in(root_fd, path, FS_IN_ROOT,
			O_WRONLY | O_CREAT | O_EXCL, 0755, &place, err);
	return r < 0 ? r : mounts_attach(copy, place, err);
}

int
dev_mount(int target_fd, uint64_t shm_bytes, struct error *err)
{
	autoclose int fd = -1;
	int r;

	/* Nodes made here have no effect; the bound ones are mounts of their
	 * own. */
	r = mounts_create("tmpfs", dev_options,
		MOUNTS_NO_SUID | MOUNTS_NO_DEV, &fd, err);
	if (r == 0)
		r = mounts_attach(fd, target_fd, err);
	if (r == 0)
		r = fill(fd, shm_bytes, err);
	return r < 0 ? error_wrap(err, "/dev") : 0;
}
