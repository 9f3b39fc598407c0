/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of a stopped program, and files as it would find them. */
#include "sandbox/emulate-state.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/scope.h"

/* No page is smaller: reading up to the next multiple never fails for what
 * lies behind the end of a string. */
#define STEP 256

int
emulate_read(const struct emulate_call *c, uint64_t at, void *ret, size_t size)
{
	struct iovec here = { ret, size };
	struct iovec there = { (void *)(uintptr_t)at, size };

	return process_vm_readv(c->pid, &here, 1, &there, 1, 0) ==
			(ssize_t)size ? 0 : -EFAULT;
}

int
emulate_write(const struct emulate_call *c, uint64_t at, const void *data,
	size_t size)
{
	struct iovec here = { (void *)(uintptr_t)data, size };
	struct iovec there = { (void *)(uintptr_t)at, size };

	return process_vm_writev(c->pid, &here, 1, &there, 1, 0) ==
			(ssize_t)size ? 0 : -EFAULT;
}

int
emulate_read_text(const struct emulate_call *c, uint64_t at, char *ret,
	size_t size)
{
	size_t done = 0, step;

	while (done < size) {
		step = STEP - (at + done) % STEP;
		if (step > size - done)
			step = size - done;
		if (emulate_read(c, at + done, ret + done, step) < 0)
			return -EFAULT;
		if (memchr(ret + done, '\0', step))
			return 0;
		done += step;
	}
	return -ENAMETOOLONG;
}

mode_t
emulate_umask(const struct emulate_call *c)
{
	char name[32], text[512];
	autoclose int fd = -1;
	const char *line;
	ssize_t len;

	(void)snprintf(name, sizeof(name), "%d/status", c->pid);
	fd = openat(c->e->proc_fd, name, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	text[len < 0 ? 0 : len] = '\0';
	line = strstr(text, "\nUmask:");
	return line ? (mode_t)strtoul(line + strlen("\nUmask:"), NULL, 8) : 022;
}

int
emulate_open_fd(const struct emulate_call *c, int fd)
{
	char name[48];
	int opened;

	if (fd == AT_FDCWD)
		(void)snprintf(name, sizeof(name), "%d/cwd", c->pid);
	else
		(void)snprintf(name, sizeof(name), "%d/fd/%d", c->pid, fd);
	opened = openat(c->e->proc_fd, name, O_PATH | O_CLOEXEC);
	if (opened >= 0)
		return opened;
	return errno == ENOENT ? -EBADF : -errno;
}

/* After a chroot(2) of the program's, "/" is not ours. */
static int
open_in_root(const struct emulate_call *c, const char *path, uint64_t flags)
{
	const struct open_how how = {
		.flags = flags,
		.resolve = RESOLVE_IN_ROOT,
	};
	autoclose int root = -1;
	char name[32];
	int fd;

	(void)snprintf(name, sizeof(name), "%d/root", c->pid);
	root = openat(c->e->proc_fd, name, O_PATH | O_CLOEXEC);
	if (root < 0)
		return -errno;
	fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	return fd < 0 ? -errno : fd;
}

bool
emulate_has_chroot(const struct emulate_call *c)
{
	return __atomic_load_n(&c->e->shared->has_chroot, __ATOMIC_RELAXED);
}

const char *
emulate_own_fd(const char *path)
{
	static const char *const places[] = {
		"/proc/self/fd/", "/proc/thread-self/fd/", "/dev/fd/",
	};

	for (size_t i = 0; *path == '/' && i < ARRAY_SIZE(places); i++)
		if (strncmp(path, places[i], strlen(places[i])) == 0)
			return path + strlen(places[i]);
	return NULL;
}

/* Whose "self" is not us. */
static int
open_own_fd(const struct emulate_call *c, const char *path, int flags)
{
	autofree char *name = mem_printf("%d/fd/%s", c->pid,
		emulate_own_fd(path));
	int fd = openat(c->e->proc_fd, name, flags);

	return fd < 0 ? -errno : fd;
}

static int
open_from(const struct emulate_call *c, int dir_fd, const char *path,
	int flags)
{
	autoclose int from = -1;
	int fd;

	flags |= O_PATH | O_CLOEXEC;
	if (emulate_own_fd(path))
		return open_own_fd(c, path, flags);
	if (*path == '/' && emulate_has_chroot(c))
		return open_in_root(c, path, (uint64_t)flags);
	if (*path != '/') {
		from = emulate_open_fd(c, dir_fd);
		if (from < 0)
			return take_fd(&from);
	}
	fd = openat(from, path, flags);
	return fd < 0 ? -errno : fd;
}

int
emulate_find(const struct emulate_call *c, int dir_fd, const char *path,
	int flags)
{
	if (*path == '\0')
		return flags & AT_EMPTY_PATH ? emulate_open_fd(c, dir_fd) :
					       -ENOENT;
	return open_from(c, dir_fd, path,
		flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0);
}

int
emulate_open_parent(const struct emulate_call *c, int dir_fd,
	const char *path, char *ret_name, size_t size)
{
	autofree char *dir = mem_strdup(path);
	size_t len = strlen(dir);
	char *slash;

	while (len > 1 && dir[len - 1] == '/')
		dir[--len] = '\0';
	if (len == 0)
		return -ENOENT;
	slash = strrchr(dir, '/');
	if (snprintf(ret_name, size, "%s", slash ? slash + 1 : dir) >=
		(int)size)
		return -ENAMETOOLONG;
	if (!slash)
		return open_from(c, dir_fd, ".", O_DIRECTORY);
	slash[slash == dir] = '\0';
	return open_from(c, dir_fd, dir, O_DIRECTORY);
}

bool
emulate_is_virtual(const char *path)
{
	return !emulate_own_fd(path) &&
		(strncmp(path, "/proc/", 6) == 0 ||
			strncmp(path, "/dev/", 5) == 0 ||
			strncmp(path, "/sys/", 5) == 0);
}
