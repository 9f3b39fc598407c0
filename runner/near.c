/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/near.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

static int
open_dir(const char *path, int *ret, struct error *err)
{
	*ret = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *ret < 0 ? error_errno(err, "cannot open '%s'", path) : 0;
}

/* By a path that the user wrote, or that leads into files of the user's. */
static int
read_path(const char *path, struct buf *ret, int *ret_dir, struct error *err)
{
	autofree char *dir = path_dir(path);
	int r;

	r = fs_read_file(AT_FDCWD, path, ret->max, ret, err);
	return r == 0 && ret_dir ? open_dir(dir, ret_dir, err) : r;
}

int
near_read_below(int dir_fd, const char *path, struct buf *ret,
	struct error *err)
{
	autoclose int fd = -1;
	struct stat st;
	int r;

	r = fs_open_in(dir_fd, path, FS_BENEATH,
		O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd, err);
	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot look at '%s'", path);
	if (!S_ISREG(st.st_mode)) {
		(void)error_set(err, EINVAL, "'%s' is not a file", path);
		return error_kind(err, ERROR_LOCAL);
	}
	return fs_read_fd(fd, ret->max, ret, err);
}

static int
read_foreign(const struct near *n, const char *name, struct buf *ret,
	int *ret_dir, struct error *err)
{
	autofree char *clean = path_clean(name);
	autofree char *dir = path_dir(clean);
	autoclose int root = -1;
	int r;

	r = open_dir(n->context, &root, err);
	if (r == 0)
		r = near_read_below(root, clean, ret, err);
	if (r == 0 && ret_dir)
		r = fs_open_in(root, dir, FS_BENEATH, O_PATH | O_DIRECTORY, 0,
			ret_dir, err);
	if (r != -EXDEV)
		return r;
	(void)error_set(err, EXDEV,
		"'%s' of the context is a link that leads out of it", name);
	return error_kind(err, ERROR_LOCAL);
}

/* No file of the context has such a name. */
static bool
is_elsewhere(const char *name)
{
	autofree char *clean = path_clean(name);

	return *clean == '/' || strcmp(clean, "..") == 0 ||
		strncmp(clean, "../", 3) == 0;
}

static int
read_inside(const struct near *n, const char *name, struct buf *ret,
	int *ret_dir, struct error *err)
{
	autofree char *path = NULL;

	if (!n->is_foreign) {
		path = path_resolve(n->context, name);
		return read_path(path, ret, ret_dir, err);
	}
	if (is_elsewhere(name))
		return error_set(err, ENOENT, "'%s' is elsewhere", name);
	return read_foreign(n, name, ret, ret_dir, err);
}

int
near_read(const struct near *n, const char *name, struct buf *ret,
	int *ret_dir_fd, struct error *err)
{
	autoerror first = { 0 };
	int r;

	r = read_inside(n, name, ret, ret_dir_fd, &first);
	if (r == -ENOENT || r == -ENOTDIR)
		return read_path(name, ret, ret_dir_fd, err);
	return r < 0 ? error_move(err, &first) : 0;
}
