/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "builder/target.h"
#include "oci/xattr.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/map.h"
#include "util/mem.h"
#include "util/owner.h"
#include "util/path.h"

/* A directory whose time is set at the end, when nothing is added to it any
 * more: what it was, or what its entry says. */
struct dir_time {
	char *path;
	struct timespec mtime;
};

struct tree {
	struct target target;
	struct tree_looker looker;
	int root_fd;
	char *parent; /* the directory in parent_fd */
	int parent_fd;
	struct dir_time *dirs;
	size_t dir_count;
	struct map *dir_index; /* path -> position + 1 in dirs */
};

static void
set_dir_time(
	struct tree *t, const char *path, struct timespec mtime, bool replace)
{
	uintptr_t known = (uintptr_t)map_get(t->dir_index, path);

	if (known && replace)
		t->dirs[known - 1].mtime = mtime;
	if (known)
		return;
	/* Grow by doubling: whenever the count is a power of two. */
	if ((t->dir_count & (t->dir_count - 1)) == 0)
		t->dirs = mem_resize(
			t->dirs, 2 * t->dir_count + 1, sizeof(*t->dirs));
	t->dirs[t->dir_count].path = mem_strdup(path);
	t->dirs[t->dir_count++].mtime = mtime;
	map_set(t->dir_index, path, (void *)(uintptr_t)t->dir_count);
}

static int
open_dir(struct tree *t, const char *path, int *ret, struct error *err)
{
	return fs_open_in(t->root_fd, *path ? path : ".", FS_NO_LINKS,
		O_RDONLY | O_DIRECTORY, 0, ret, err);
}

/* The directory that holds `path`, open until another one is asked for. */
static int
open_parent(struct tree *t, const char *path, struct error *err)
{
	const char *base = path_base(path);
	autofree char *parent =
		mem_strndup(path, base > path ? (size_t)(base - path) - 1 : 0);
	struct stat st;
	int fd, r;

	if (t->parent && strcmp(t->parent, parent) == 0)
		return t->parent_fd;
	r = open_dir(t, parent, &fd, err);
	if (r < 0)
		return r;
	if (t->parent_fd >= 0)
		(void)close(t->parent_fd);
	t->parent_fd = fd;
	free(t->parent);
	t->parent = take_ptr(&parent);
	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot look at '/%s'", t->parent);
	set_dir_time(t, t->parent, st.st_mtim, false);
	return fd;
}

/* Whatever stands at the name goes away, unless it may stay: a directory that
 * shall be one. 1 when it stays. */
static int
make_room(int dir_fd, const char *name, const struct tar_entry *e,
	struct error *err)
{
	struct stat st;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno == ENOENT)
			return 0;
		return error_errno(err, "cannot look at '/%s'", e->path);
	}
	if (S_ISDIR(st.st_mode) && e->kind == TAR_DIR)
		return 1;
	if (S_ISDIR(st.st_mode) || e->kind == TAR_DIR)
		log_warning("'/%s' is replaced by something of another kind",
			e->path);
	return fs_remove_tree(dir_fd, name, err);
}

/* Where only one id exists (userns.h, IDENTITY_SINGLE) the owner is recorded;
 * otherwise an older record is out of date. */
static int
own(int dir_fd, const char *name, const struct tar_entry *e, struct error *err)
{
	const struct owner o = { .uid = e->uid, .gid = e->gid };
	bool real;

	real = fchownat(dir_fd, name, e->uid, e->gid,
		       AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) == 0;
	if (!real && errno != EINVAL && errno != EPERM)
		return error_errno(
			err, "cannot change the owner of '/%s'", e->path);
	if (owner_record(dir_fd, name, real ? NULL : &o) < 0 && !real)
		log_warning_once("copy-owner",
			"'/%s' cannot belong to %u:%u here; it and others are left to 0:0",
			e->path, e->uid, e->gid);
	return 0;
}

/* Owner first: a change of owner clears setuid bits and capabilities. */
static int
set_metadata(int fd, const struct tar_entry *e, struct error *err)
{
	int r;

	r = own(fd, "", e, err);
	if (r < 0)
		return r;
	if (fchmod(fd, e->mode) < 0)
		return error_errno(
			err, "cannot change the mode of '/%s'", e->path);
	return xattrs_write(fd, e->xattrs, e->xattr_count, err);
}

static void
times_of(const struct tar_entry *e, struct timespec ret[2])
{
	ret[0] = (struct timespec){ .tv_nsec = UTIME_OMIT };
	ret[1] =
		(struct timespec){ .tv_sec = e->mtime, .tv_nsec = e->mtime_ns };
}

static int
add_dir(struct tree *t, int dir_fd, const char *name, const struct tar_entry *e,
	bool is_there, struct error *err)
{
	autoclose int fd = -1;
	struct timespec times[2];

	if (!is_there && mkdirat(dir_fd, name, 0700) < 0)
		return error_errno(err, "cannot make directory '/%s'", e->path);
	fd = openat(
		dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open '/%s'", e->path);
	times_of(e, times);
	set_dir_time(t, e->path, times[1], true);
	return set_metadata(fd, e, err);
}

static int
add_file(int dir_fd, const char *name, const struct tar_entry *e, int data_fd,
	struct error *err)
{
	autoclose int fd = -1;
	struct timespec times[2];
	int r;

	fd = openat(dir_fd, name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, "cannot make '/%s'", e->path);
	r = fs_copy_data(data_fd, fd, UINT64_MAX, NULL, err);
	if (r < 0)
		return error_wrap(err, "'/%s'", e->path);
	r = set_metadata(fd, e, err);
	if (r < 0)
		return r;
	times_of(e, times);
	if (futimens(fd, times) < 0)
		return error_errno(
			err, "cannot set the time of '/%s'", e->path);
	return 0;
}

/* An empty file with a record of what it should be: util/owner.h. */
static int
record_device(int dir_fd, const char *name, const struct tar_entry *e,
	struct error *err)
{
	const struct owner o = {
		.uid = e->uid,
		.gid = e->gid,
		.type = e->kind == TAR_CHAR ? S_IFCHR : S_IFBLK,
		.major = e->major,
		.minor = e->minor,
	};
	struct timespec times[2];
	autoclose int fd = -1;

	fd = openat(dir_fd, name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	times_of(e, times);
	if (fd < 0 || owner_record(fd, "", &o) < 0 || fchmod(fd, e->mode) < 0 ||
		futimens(fd, times) < 0)
		return error_errno(err, "cannot record '/%s'", e->path);
	return 0;
}

/* Links and special files: made by name, and their metadata set by name. */
static int
add_special(int dir_fd, const char *name, const struct tar_entry *e,
	struct error *err)
{
	static const mode_t types[] = { [TAR_CHAR] = S_IFCHR,
		[TAR_BLOCK] = S_IFBLK,
		[TAR_FIFO] = S_IFIFO };
	struct timespec times[2];
	int r;

	if (e->kind == TAR_SYMLINK)
		r = symlinkat(e->link, dir_fd, name);
	else
		r = mknodat(dir_fd, name, types[e->kind] | 0600,
			makedev(e->major, e->minor));
	if (r < 0 && errno == EPERM)
		return record_device(dir_fd, name, e, err);
	if (r < 0)
		return error_errno(err, "cannot make '/%s'", e->path);
	r = own(dir_fd, name, e, err);
	if (r < 0)
		return r;
	if (e->kind != TAR_SYMLINK && fchmodat(dir_fd, name, e->mode, 0) < 0)
		return error_errno(
			err, "cannot change the mode of '/%s'", e->path);
	times_of(e, times);
	if (utimensat(dir_fd, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(
			err, "cannot set the time of '/%s'", e->path);
	return 0;
}

static int
add_hard_link(struct tree *t, int dir_fd, const char *name,
	const struct tar_entry *e, struct error *err)
{
	autofree char *dir = path_dir(e->link);
	autoclose int from_fd = -1;
	int r;

	r = open_dir(t, dir, &from_fd, err);
	if (r < 0)
		return r;
	if (linkat(from_fd, path_base(e->link), dir_fd, name, 0) < 0)
		return error_errno(
			err, "cannot link '/%s' to '/%s'", e->path, e->link);
	return 0;
}

static int
tree_add(struct target *target, const struct tar_entry *e, int data_fd,
	struct error *err)
{
	struct tree *t = (struct tree *)target;
	const char *name = path_base(e->path);
	int dir_fd, stays;

	dir_fd = open_parent(t, e->path, err);
	if (dir_fd < 0)
		return dir_fd;
	stays = make_room(dir_fd, name, e, err);
	if (stays < 0)
		return stays;
	switch (e->kind) {
	case TAR_DIR:
		return add_dir(t, dir_fd, name, e, stays, err);
	case TAR_FILE:
		return add_file(dir_fd, name, e, data_fd, err);
	case TAR_HARD_LINK:
		return add_hard_link(t, dir_fd, name, e, err);
	case TAR_SYMLINK:
	case TAR_CHAR:
	case TAR_BLOCK:
	case TAR_FIFO:
		return add_special(dir_fd, name, e, err);
	}
	return error_set(err, EINVAL, "'/%s' is of no known kind", e->path);
}

/* The deepest first is not needed: setting a time changes no other time. A
 * directory that was replaced meanwhile is passed over. */
static int
tree_finish(struct target *target, struct error *err)
{
	struct tree *t = (struct tree *)target;

	for (size_t n = 0; n < t->dir_count; n++) {
		const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
			t->dirs[n].mtime };
		autoclose int fd = -1;

		if (open_dir(t, t->dirs[n].path, &fd, NULL) < 0)
			continue;
		if (futimens(fd, times) < 0)
			return error_errno(err, "cannot set the time of '/%s'",
				t->dirs[n].path);
	}
	return 0;
}

static void
tree_free(struct target *target)
{
	struct tree *t = (struct tree *)target;

	if (t->parent_fd >= 0)
		(void)close(t->parent_fd);
	for (size_t n = 0; n < t->dir_count; n++)
		free(t->dirs[n].path);
	free(t->dirs);
	free(t->parent);
	map_free(t->dir_index);
	free(t);
}

struct target *
target_to_tree(int root_fd)
{
	struct tree *t = mem_zalloc(sizeof(*t));

	t->target.add = tree_add;
	t->target.finish = tree_finish;
	t->target.free = tree_free;
	tree_looker_init(&t->looker, root_fd);
	t->target.looker = &t->looker.looker;
	t->root_fd = root_fd;
	t->parent_fd = -1;
	t->dir_index = map_new(NULL);
	return &t->target;
}
