/* SPDX-License-Identifier: Apache-2.0 */
/* Paths that strangers wrote, resolved below a directory. */
#include "util/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/fs-walk.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

/* The kernel says EAGAIN when a rename anywhere came between it and a "..". */
#define RACE_TRIES 256

static int
kernel_open(const struct fs_walk *w)
{
	static const uint64_t resolve[] = {
		[FS_IN_ROOT] = RESOLVE_IN_ROOT,
		[FS_BENEATH] = RESOLVE_BENEATH,
		[FS_NO_LINKS] = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(w->flags | O_CLOEXEC),
		.resolve = resolve[w->how] | RESOLVE_NO_MAGICLINKS,
	};
	long fd = -1;

	/* It refuses a mode that is not used. */
	if (w->flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)))
		how.mode = w->mode;
	for (int i = 0; i < RACE_TRIES; i++) {
		fd = syscall(SYS_openat2, w->root_fd, w->path, &how,
			sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd < 0 ? -errno : (int)fd;
}

/* No story is told: a caller may have another way. */
static int
walk_or_kernel_open(const struct fs_walk *w, int *ret_fd)
{
	int fd = kernel_open(w);

	/* Missing before Linux 5.6; EPERM is what older seccomp profiles of
	 * container engines say to system calls they do not know. */
	if (fd == -ENOSYS || fd == -EPERM)
		return fs_walk_open(w, ret_fd);
	if (fd < 0)
		return fd;
	*ret_fd = fd;
	return 0;
}

static int
open_failed(int r, const char *path, struct error *err)
{
	errno = -r;
	return error_errno(err, "cannot open '%s'", path);
}

int
fs_open_in(int root_fd, const char *path, enum fs_resolve how, int flags,
	mode_t mode, int *ret_fd, struct error *err)
{
	const struct fs_walk w = {
		.root_fd = root_fd,
		.path = path,
		.how = how,
		.flags = flags,
		.mode = mode,
	};
	int r = walk_or_kernel_open(&w, ret_fd);

	return r < 0 ? open_failed(r, path, err) : 0;
}

/* Length of `path` up to its last component, whose length goes to
 * `ret_name_len`. */
static size_t
split_last(const char *path, size_t *ret_name_len)
{
	size_t end = strlen(path), start;

	while (end && path[end - 1] == '/')
		end--;
	start = end;
	while (start && path[start - 1] != '/')
		start--;
	*ret_name_len = end - start;
	return start;
}

int
fs_open_parent(int root_fd, const char *path, int *ret_dir_fd,
	char **ret_name, struct error *err)
{
	autofree char *name = NULL;
	size_t dir_len, name_len;
	char dir[PATH_MAX] = ".";
	int r;

	dir_len = split_last(path, &name_len);
	name = mem_strndup(path + dir_len, name_len);
	if (!path_is_name(name))
		return error_set(err, EINVAL, "'%s' does not end in a name",
			path);
	if (dir_len >= sizeof(dir))
		return open_failed(-ENAMETOOLONG, path, err);
	if (dir_len) {
		memcpy(dir, path, dir_len);
		dir[dir_len] = '\0';
	}
	r = fs_open_in(root_fd, dir, FS_IN_ROOT, O_PATH | O_DIRECTORY, 0,
		ret_dir_fd, err);
	if (r < 0)
		return r;
	*ret_name = take_ptr(&name);
	return 0;
}

int
fs_make_dirs(int root_fd, const char *path, mode_t mode, int *ret_fd,
	struct error *err)
{
	struct fs_walk w = {
		.root_fd = root_fd,
		.path = path,
		.how = FS_IN_ROOT,
		.flags = O_PATH | O_DIRECTORY,
		.mode = mode,
	};
	int r = walk_or_kernel_open(&w, ret_fd);

	if (r == -ENOENT && *path) {
		w.make_dirs = true;
		r = fs_walk_open(&w, ret_fd);
	}
	if (r >= 0)
		return 0;
	errno = -r;
	return error_errno(err, "cannot make directory '%s'", path);
}
