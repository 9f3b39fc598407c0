/* SPDX-License-Identifier: Apache-2.0 */
/* One member of a tar becomes one name in a directory. */
#include "oci/unpack-state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "oci/xattr.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/owner.h"
#include "util/path.h"
#include "util/scope.h"

/* Makes the thing of a name that is free. 0, or -1 with errno, of which only
 * EEXIST is not final. */
typedef int make_fn(struct unpacker *u, const struct tar_entry *e,
	const char *name);

/* `make`, and again after the removal of what has the name. */
static int
replace(struct unpacker *u, const struct tar_entry *e, const char *name,
	make_fn *make, struct error *err)
{
	int fd, r;

	fd = make(u, e, name);
	if (fd >= 0)
		return fd;
	if (errno == EEXIST) {
		r = fs_remove_tree(u->parent_fd, name, err);
		if (r < 0)
			return r;
		fd = make(u, e, name);
	}
	return fd < 0 ? error_errno(err, "cannot make it") : fd;
}

static int
make_file(struct unpacker *u, const struct tar_entry *e, const char *name)
{
	/* To set user.* attributes, be they ours, one must be allowed to
	 * write. */
	mode_t mode = (e->mode & 0777) | 0200;

	return openat(u->parent_fd, name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
}

static int
copy_data(struct unpacker *u, int fd, struct error *err)
{
	const void *data;
	ssize_t n;
	int r;

	while ((n = tar_reader_view(u->from, &data, err)) > 0) {
		r = fs_write(fd, data, (size_t)n, err);
		if (r < 0)
			return r;
	}
	return (int)n;
}

static int
unpack_file(struct unpacker *u, const struct tar_entry *e, const char *name,
	struct error *err)
{
	autoclose int fd = -1;
	int r;

	fd = replace(u, e, name, make_file, err);
	if (fd < 0)
		return take_fd(&fd);
	r = copy_data(u, fd, err);
	return r < 0 ? r : unpack_finish_file(u, e, fd, err);
}

static int
make_dir(struct unpacker *u, const struct tar_entry *e, const char *name)
{
	/* For us until all is in it. */
	return mkdirat(u->parent_fd, name, (e->mode & 0777) | 0700);
}

/* 1 when the name is a directory, which is then merged with. */
static int
is_dir(const struct unpacker *u, const char *name)
{
	struct stat st;

	return fstatat(u->parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		S_ISDIR(st.st_mode);
}

/* A directory that is deleted and made in one layer shows nothing of the one
 * below it. */
static int
make_dir_over(struct unpacker *u, const struct tar_entry *e, const char *name,
	bool *ret_opaque, struct error *err)
{
	int r = 0;

	if (make_dir(u, e, name) == 0)
		return 0;
	if (errno == EEXIST && is_dir(u, name))
		return 0;
	if (u->options->form == UNPACK_LAYER)
		r = unpack_is_whiteout(u, name, err);
	if (r < 0)
		return r;
	*ret_opaque = r > 0;
	return replace(u, e, name, make_dir, err);
}

static int
unpack_dir(struct unpacker *u, const struct tar_entry *e, const char *name,
	struct error *err)
{
	autoclose int fd = -1;
	bool opaque = false;
	int r;

	r = make_dir_over(u, e, name, &opaque, err);
	if (r < 0)
		return r;
	fd = openat(u->parent_fd, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open it");
	r = opaque ? xattr_make_opaque(fd, err) : 0;
	if (r == 0)
		r = unpack_begin_dir(u, e, fd, err);
	if (r < 0)
		return r;
	/* What comes next is most likely in it. */
	free(u->parent_path);
	u->parent_path = mem_strdup(e->path);
	(void)close(u->parent_fd);
	u->parent_fd = take_fd(&fd);
	return 0;
}

static int
make_symlink(struct unpacker *u, const struct tar_entry *e, const char *name)
{
	return symlinkat(e->link, u->parent_fd, name);
}

static int
make_fifo(struct unpacker *u, const struct tar_entry *e, const char *name)
{
	return mkfifoat(u->parent_fd, name, e->mode);
}

static int
make_device(struct unpacker *u, const struct tar_entry *e, const char *name)
{
	mode_t type = e->kind == TAR_CHAR ? S_IFCHR : S_IFBLK;

	return mknodat(u->parent_fd, name, type | e->mode,
		makedev(e->major, e->minor));
}

static int
unpack_node(struct unpacker *u, const struct tar_entry *e, const char *name,
	make_fn *make, struct error *err)
{
	int r;

	r = replace(u, e, name, make, err);
	return r < 0 ? r : unpack_finish_node(u, e, name, err);
}

/* An empty file with a record of what it should be. */
static int
record_device(struct unpacker *u, const struct tar_entry *e, const char *name,
	struct error *err)
{
	const struct owner o = {
		.uid = u->options->force_owner ? u->options->uid : e->uid,
		.gid = u->options->force_owner ? u->options->gid : e->gid,
		.type = e->kind == TAR_CHAR ? S_IFCHR : S_IFBLK,
		.major = e->major,
		.minor = e->minor,
	};
	struct tar_entry file = *e;
	autoclose int fd = -1;
	int r;

	file.kind = TAR_FILE;
	fd = replace(u, &file, name, make_file, err);
	if (fd < 0)
		return take_fd(&fd);
	r = unpack_finish_file(u, &file, fd, err);
	if (r < 0 || owner_record(fd, "", &o) == 0)
		return r;
	u->lost_devices++;
	return fs_remove_tree(u->parent_fd, name, err);
}

/* User namespaces may not make devices, and 0/0 is none but a whiteout. */
static int
unpack_device(struct unpacker *u, const struct tar_entry *e, const char *name,
	struct error *err)
{
	bool whiteout = e->kind == TAR_CHAR && e->major == 0 && e->minor == 0;
	autoerror refused = { 0 };
	int r = -EPERM;

	if (!whiteout)
		r = unpack_node(u, e, name, make_device, &refused);
	if (r < 0 && r != -EPERM)
		return error_move(err, &refused);
	if (r < 0 && !whiteout && u->options->keep_devices)
		return record_device(u, e, name, err);
	u->lost_devices += r < 0;
	return 0;
}

/* Where the first name of a hard link is: inside, not a directory. */
static int
find_target(struct unpacker *u, const char *path, int *ret_dir_fd,
	char **ret_name, struct stat *ret_st, struct error *err)
{
	int r;

	if (path_goes_up(path))
		return error_set(err, EBADMSG,
			"its target '%s' leads out of the tree", path);
	r = fs_open_parent(u->root_fd, path, ret_dir_fd, ret_name, err);
	if (r == 0 && fstatat(*ret_dir_fd, *ret_name, ret_st,
			      AT_SYMLINK_NOFOLLOW) < 0)
		r = error_errno(err, "cannot look at '%s'", path);
	if (r == -ENOENT || r == -ENOTDIR || r == -ELOOP)
		return error_set(err, EBADMSG,
			"it is a hard link to '%s', which is not in this tar",
			path);
	if (r < 0)
		return r;
	if (S_ISDIR(ret_st->st_mode))
		return error_set(err, EBADMSG,
			"it is a hard link to the directory '%s'", path);
	return 0;
}

static int
unpack_hard_link(struct unpacker *u, const struct tar_entry *e,
	const char *name, struct error *err)
{
	autofree char *target = NULL;
	autoclose int dir_fd = -1;
	struct stat there, here;
	int r;

	r = find_target(u, e->link, &dir_fd, &target, &there, err);
	if (r < 0)
		return r;
	if (linkat(dir_fd, target, u->parent_fd, name, 0) == 0)
		return 0;
	if (errno != EEXIST)
		return error_errno(err, "cannot link it to '%s'", e->link);
	/* A link to itself, or made before. */
	if (fstatat(u->parent_fd, name, &here, AT_SYMLINK_NOFOLLOW) == 0 &&
		here.st_ino == there.st_ino && here.st_dev == there.st_dev)
		return 0;
	r = fs_remove_tree(u->parent_fd, name, err);
	if (r < 0)
		return r;
	if (linkat(dir_fd, target, u->parent_fd, name, 0) < 0)
		return error_set(err, EBADMSG,
			"cannot link it to '%s', which it replaces", e->link);
	return 0;
}

int
unpack_member(struct unpacker *u, const struct tar_entry *e, const char *name,
	struct error *err)
{
	switch (e->kind) {
	case TAR_FILE:
		return unpack_file(u, e, name, err);
	case TAR_DIR:
		return unpack_dir(u, e, name, err);
	case TAR_HARD_LINK:
		return unpack_hard_link(u, e, name, err);
	case TAR_SYMLINK:
		return unpack_node(u, e, name, make_symlink, err);
	case TAR_FIFO:
		return unpack_node(u, e, name, make_fifo, err);
	case TAR_CHAR:
	case TAR_BLOCK:
		return unpack_device(u, e, name, err);
	}
	return error_set(err, EBADMSG, "unknown kind of member");
}
