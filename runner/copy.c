/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

#define DEPTH_MAX 200
#define NAMES_MAX 1000000

/* A name in a directory. */
struct place {
	int dir_fd;
	const char *name;
};

static int
make_room(const struct place *to, struct error *err)
{
	if (unlinkat(to->dir_fd, to->name, 0) < 0 && errno != ENOENT)
		return error_errno(err, "cannot replace '%s'", to->name);
	return 0;
}

static int
copy_file(const struct place *from, const struct place *to, struct error *err)
{
	autoclose int in = openat(from->dir_fd, from->name,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	autoclose int out = -1;
	struct stat st;
	int r;

	if (in < 0 || fstat(in, &st) < 0)
		return error_errno(err, "cannot read '%s'", from->name);
	r = make_room(to, err);
	if (r < 0)
		return r;
	out = openat(to->dir_fd, to->name,
		O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		return error_errno(err, "cannot make '%s'", to->name);
	r = fs_copy_data(in, out, UINT64_MAX, NULL, err);
	if (r == 0 && fchmod(out, st.st_mode & 0777) < 0)
		r = error_errno(err, "mode of '%s'", to->name);
	return r;
}

static int
copy_link(const struct place *from, const struct place *to, struct error *err)
{
	autofree char *target = NULL;
	int r;

	r = fs_read_link(from->dir_fd, from->name, &target, err);
	if (r == 0)
		r = make_room(to, err);
	if (r == 0 && symlinkat(target, to->dir_fd, to->name) < 0)
		r = error_errno(err, "cannot make '%s'", to->name);
	return r;
}

static int copy_any(const struct place *from, const struct place *to,
	unsigned depth, struct error *err);

static int
copy_content(int from_fd, int to_fd, unsigned depth, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	size_t i;
	int r;

	r = fs_list(from_fd, NAMES_MAX, &names, err);
	for (i = 0; r == 0 && i < names.count; i++) {
		const struct place from = { from_fd, names.items[i] };
		const struct place to = { to_fd, names.items[i] };

		r = copy_any(&from, &to, depth + 1, err);
	}
	return r;
}

static int
copy_dir(const struct place *from, const struct place *to, unsigned depth,
	struct error *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	autoclose int in = openat(from->dir_fd, from->name, flags);
	autoclose int out = -1;
	struct stat st;
	int r;

	if (depth > DEPTH_MAX)
		return error_set(err, ELOOP, "'%s' is too deep", from->name);
	if (in < 0 || fstat(in, &st) < 0)
		return error_errno(err, "cannot read '%s'", from->name);
	if (mkdirat(to->dir_fd, to->name, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "cannot make '%s'", to->name);
	out = openat(to->dir_fd, to->name, flags);
	if (out < 0)
		return error_errno(err, "cannot make '%s'", to->name);
	r = copy_content(in, out, depth, err);
	if (r == 0 && fchmod(out, st.st_mode & 0777) < 0)
		r = error_errno(err, "mode of '%s'", to->name);
	return r;
}

static int
copy_any(const struct place *from, const struct place *to, unsigned depth,
	struct error *err)
{
	struct stat st;

	if (fstatat(from->dir_fd, from->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "'%s'", from->name);
	if (S_ISREG(st.st_mode))
		return copy_file(from, to, err);
	if (S_ISLNK(st.st_mode))
		return copy_link(from, to, err);
	if (S_ISDIR(st.st_mode))
		return copy_dir(from, to, depth, err);
	return error_set(err, ENOTSUP,
		"'%s' is no file, directory or link", from->name);
}

static bool
is_content(const char *path)
{
	size_t len = strlen(path);

	return strcmp(path, ".") == 0 || strcmp(path, "/") == 0 ||
		(len > 1 && strcmp(path + len - 2, "/.") == 0);
}

/* The directory that all of `from` goes to. */
static int
copy_all(const struct copy_end *from, const struct copy_end *to,
	struct error *err)
{
	autoclose int in = -1;
	autoclose int made = -1;
	autoclose int out = -1;
	int r;

	r = fs_open_in(from->root_fd, from->path, FS_IN_ROOT,
		O_RDONLY | O_DIRECTORY, 0, &in, err);
	if (r == 0)
		r = fs_make_dirs(to->root_fd, to->path, 0755, &made, err);
	if (r == 0)
		r = fs_open_in(made, ".", FS_IN_ROOT, O_RDONLY | O_DIRECTORY,
			0, &out, err);
	return r < 0 ? r : copy_content(in, out, 0, err);
}

static int
copy_one(const struct copy_end *from, const struct copy_end *to,
	struct error *err)
{
	autofree char *from_name = NULL;
	autofree char *to_name = NULL;
	autoclose int in = -1;
	autoclose int out = -1;
	int r;

	r = fs_open_parent(from->root_fd, from->path, &in, &from_name, err);
	if (r < 0)
		return r;
	if (fs_open_in(to->root_fd, to->path, FS_IN_ROOT,
		    O_PATH | O_DIRECTORY, 0, &out, NULL) < 0) {
		out = -1;
		r = fs_open_parent(
			to->root_fd, to->path, &out, &to_name, err);
	}
	if (r < 0)
		return r;
	return copy_any(&(struct place){ in, from_name },
		&(struct place){ out, to_name ? to_name : from_name }, 0, err);
}

int
copy_path(const struct copy_end *from, const struct copy_end *to,
	struct error *err)
{
	int r = is_content(from->path) ? copy_all(from, to, err)
				       : copy_one(from, to, err);

	if (r < 0) {
		(void)error_wrap(
			err, "'%s' to '%s'", from->path, to->path);
		return error_kind(err, ERROR_REQUEST);
	}
	return 0;
}
