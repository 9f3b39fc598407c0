/* SPDX-License-Identifier: Apache-2.0 */
/* Things with names nobody knows, and their way to the names all know. */
#include "util/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

#define NAME_TRIES 16

static int
random_name(char **ret, struct error *err)
{
	unsigned long long bits[2];

	if (getrandom(bits, sizeof(bits), 0) != (ssize_t)sizeof(bits))
		return error_errno(err, "cannot get random bytes");
	*ret = mem_printf("%016llx%016llx", bits[0], bits[1]);
	return 0;
}

/* openat(2) with `flags`, after mkdirat(2) for O_DIRECTORY. */
static int
make_named(int dir_fd, const char *name, int flags)
{
	if (flags & O_DIRECTORY && mkdirat(dir_fd, name, 0700) < 0)
		return -1;
	return openat(dir_fd, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static int
make_temp(int dir_fd, int flags, char **ret_name, int *ret_fd,
	struct error *err)
{
	int fd, r;

	for (int i = 0; i < NAME_TRIES; i++) {
		autofree char *name = NULL;

		r = random_name(&name, err);
		if (r < 0)
			return r;
		fd = make_named(dir_fd, name, flags);
		if (fd < 0 && errno == EEXIST)
			continue;
		if (fd < 0)
			return error_errno(err, "cannot make a temporary %s",
				flags & O_DIRECTORY ? "directory" : "file");
		*ret_name = take_ptr(&name);
		*ret_fd = fd;
		return 0;
	}
	return error_set(err, EEXIST, "no temporary name is free");
}

int
fs_make_temp_file(int dir_fd, char **ret_name, int *ret_fd, struct error *err)
{
	return make_temp(dir_fd, O_RDWR | O_CREAT | O_EXCL, ret_name, ret_fd,
		err);
}

int
fs_make_temp_dir(int dir_fd, char **ret_name, int *ret_fd, struct error *err)
{
	return make_temp(dir_fd, O_RDONLY | O_DIRECTORY, ret_name, ret_fd,
		err);
}

static int
fill_and_rename(int fd, int tmp_fd, const char *tmp_name, int dir_fd,
	const char *name, const struct buf *data, mode_t mode,
	struct error *err)
{
	int r;

	r = fs_write(fd, data->data, data->len, err);
	if (r < 0)
		return r;
	if (fchmod(fd, mode) < 0)
		return error_errno(err, "cannot set its mode");
	if (renameat(tmp_fd, tmp_name, dir_fd, name) < 0)
		return error_errno(err, "cannot rename to it");
	return 0;
}

int
fs_publish(int tmp_fd, int dir_fd, const char *name, const void *data,
	size_t len, mode_t mode, struct error *err)
{
	/* Only looked at; the bytes stay the caller's. */
	const struct buf view = { .data = (char *)data, .len = len };
	autofree char *tmp_name = NULL;
	autoclose int fd = -1;
	int r;

	r = fs_make_temp_file(tmp_fd, &tmp_name, &fd, err);
	if (r < 0)
		return error_wrap(err, "cannot write '%s'", name);
	r = fill_and_rename(fd, tmp_fd, tmp_name, dir_fd, name, &view, mode,
		err);
	if (r < 0) {
		/* What stays behind is swept with the rest of tmp_fd. */
		(void)unlinkat(tmp_fd, tmp_name, 0);
		return error_wrap(err, "cannot write '%s'", name);
	}
	return 0;
}

int
fs_publish_path(const char *path, const void *data, size_t len,
	struct error *err)
{
	autofree char *dir = path_dir(path);
	autoclose int dir_fd = -1;
	int r;

	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0) {
		(void)error_errno(err, "cannot open '%s'", dir);
		return error_kind(err, ERROR_LOCAL);
	}
	r = fs_publish(dir_fd, dir_fd, path_base(path), data, len, 0644, err);
	return r < 0 ? error_kind(err, ERROR_LOCAL) : 0;
}
