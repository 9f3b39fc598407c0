/* SPDX-License-Identifier: Apache-2.0 */
/* Who owns what was unpacked, what may be done with it, and since when. */
#include "oci/unpack-state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "oci/xattr.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/owner.h"
#include "util/scope.h"

/* What is remembered of directories, all together. */
#define DIR_BYTES_MAX MiB(512)

/* A file and what it has, so that each is set only when it differs: umask,
 * setgid parents and default ACLs are then seen, not guessed. */
struct target {
	int fd;			/* of the file, or of its directory */
	const char *name;	/* "" when `fd` is the file itself */
	int flags;		/* of the ...at() calls */
	struct stat st;
};

static int
look(struct target *t, struct error *err)
{
	if (fstatat(t->fd, t->name, &t->st, t->flags) < 0)
		return error_errno(err, "cannot look at it");
	return 0;
}

/* Not ours to give, or no such id in this user namespace. */
static void
record_owner(struct unpacker *u, const struct target *t, const struct owner *o)
{
	if (owner_record(t->fd, t->name, o) < 0)
		u->lost_owners++;
	else
		u->has_records = true;
}

/* Only what was there before, or came before in this tar, can have one. */
static void
forget_record(const struct unpacker *u, const struct target *t)
{
	if (u->has_records || u->options->form != UNPACK_LAYER)
		(void)owner_record(t->fd, t->name, NULL);
}

/* 1 when the owner changed, which takes set-id bits and capabilities away. */
static int
set_owner(struct unpacker *u, const struct tar_entry *e,
	const struct target *t, struct error *err)
{
	const struct unpack_options *o = u->options;
	struct owner want = { .uid = e->uid, .gid = e->gid };
	int r = 0;

	if (o->force_owner)
		want = (struct owner){ .uid = o->uid, .gid = o->gid };
	if (!o->force_owner && !o->keep_owners)
		return 0;
	if (t->st.st_uid != want.uid || t->st.st_gid != want.gid)
		r = fchownat(t->fd, t->name, want.uid, want.gid, t->flags) == 0
			? 1 : -errno;
	if (r >= 0) {
		forget_record(u, t);
		return r;
	}
	if (r != -EPERM && r != -EINVAL)
		return error_errno(err, "cannot set its owner");
	record_owner(u, t, &want);
	return 0;
}

static void
fill_times(int64_t mtime, uint32_t ns, struct timespec times[2])
{
	times[0] = (struct timespec){ .tv_nsec = UTIME_OMIT };
	times[1] = (struct timespec){ .tv_sec = mtime, .tv_nsec = ns };
}

static int
set_mtime(const struct tar_entry *e, const struct target *t, struct error *err)
{
	struct timespec times[2];

	fill_times(e->mtime, e->mtime_ns, times);
	if (t->name[0] == '\0') {
		if (futimens(t->fd, times) == 0)
			return 0;
	} else if (utimensat(t->fd, t->name, times, AT_SYMLINK_NOFOLLOW) == 0) {
		return 0;
	}
	return error_errno(err, "cannot set its time");
}

int
unpack_finish_file(struct unpacker *u, const struct tar_entry *e, int fd,
	struct error *err)
{
	struct target t = { .fd = fd, .name = "", .flags = AT_EMPTY_PATH };
	int owned, r;

	r = look(&t, err);
	if (r < 0)
		return r;
	owned = set_owner(u, e, &t, err);
	if (owned < 0)
		return owned;
	r = xattrs_write(fd, e->xattrs, e->xattr_count, err);
	if (r < 0)
		return r;
	/* An ACL changes the mode as well. */
	if ((owned || e->xattr_count > 0 || (t.st.st_mode & 07777) != e->mode)
		&& fchmod(fd, e->mode) < 0)
		return error_errno(err, "cannot set its mode");
	return set_mtime(e, &t, err);
}

int
unpack_finish_node(struct unpacker *u, const struct tar_entry *e,
	const char *name, struct error *err)
{
	struct target t = { .fd = u->parent_fd, .name = name,
		.flags = AT_SYMLINK_NOFOLLOW };
	int owned, r;

	r = look(&t, err);
	if (r < 0)
		return r;
	owned = set_owner(u, e, &t, err);
	if (owned < 0)
		return owned;
	if (e->kind != TAR_SYMLINK &&
		(owned || (t.st.st_mode & 07777) != e->mode) &&
		fchmodat(t.fd, name, e->mode, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot set its mode");
	return set_mtime(e, &t, err);
}

static int
remember_dir(struct unpacker *u, const struct tar_entry *e,
	const struct stat *st, struct error *err)
{
	struct unpack_dir *d;

	u->dir_bytes += sizeof(*d) + strlen(e->path) + 1;
	if (u->dir_bytes > DIR_BYTES_MAX)
		return error_set(err, E2BIG, "too many directories in the tar");
	if (u->dir_count == u->dir_room) {
		u->dir_room = u->dir_room ? u->dir_room * 2 : 64;
		u->dirs = mem_resize(u->dirs, u->dir_room, sizeof(*u->dirs));
	}
	d = &u->dirs[u->dir_count];
	*d = (struct unpack_dir){
		.path = mem_strdup(e->path),
		.order = u->dir_count++,
		.dev = st->st_dev,
		.ino = st->st_ino,
		.mode = e->mode,
		.mtime = e->mtime,
		.mtime_ns = e->mtime_ns,
	};
	return 0;
}

int
unpack_begin_dir(struct unpacker *u, const struct tar_entry *e, int fd,
	struct error *err)
{
	struct target t = { .fd = fd, .name = "", .flags = AT_EMPTY_PATH };
	int r;

	r = look(&t, err);
	if (r < 0)
		return r;
	r = set_owner(u, e, &t, err);
	if (r < 0)
		return r;
	r = xattrs_write(fd, e->xattrs, e->xattr_count, err);
	if (r < 0)
		return r;
	return remember_dir(u, e, &t.st, err);
}

/* What is deeper first: a parent's mode may shut us out. The last of one name
 * first: it counts. */
static int
compare_dirs(const void *a, const void *b)
{
	const struct unpack_dir *one = a, *other = b;
	int order = strcmp(other->path, one->path);

	if (order != 0)
		return order;
	return one->order < other->order ? 1 : -1;
}

/* Found again by its name, and by its inode known to be the same: what took
 * its place since has its own mode. */
static int
finish_dir(struct unpacker *u, const struct unpack_dir *d, struct error *err)
{
	struct timespec times[2];
	autoerror gone = { 0 };
	autoclose int fd = -1;
	struct stat st;
	int r;

	r = fs_open_in(u->root_fd, d->path[0] ? d->path : ".", FS_IN_ROOT,
		O_RDONLY | O_DIRECTORY, 0, &fd, &gone);
	if (r == -ENOENT || r == -ENOTDIR || r == -ELOOP)
		return 0;
	if (r < 0)
		return error_move(err, &gone);
	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot look at it");
	if (st.st_ino != d->ino || st.st_dev != d->dev)
		return 0;
	if ((st.st_mode & 07777) != d->mode && fchmod(fd, d->mode) < 0)
		return error_errno(err, "cannot set its mode");
	fill_times(d->mtime, d->mtime_ns, times);
	if (futimens(fd, times) < 0)
		return error_errno(err, "cannot set its time");
	return 0;
}

int
unpack_finish_dirs(struct unpacker *u, struct error *err)
{
	const char *done = NULL;
	size_t i;
	int r;

	if (u->dir_count > 1)
		qsort(u->dirs, u->dir_count, sizeof(*u->dirs), compare_dirs);
	for (i = 0; i < u->dir_count; i++) {
		const struct unpack_dir *d = &u->dirs[i];

		if (done && strcmp(done, d->path) == 0)
			continue;
		done = d->path;
		r = finish_dir(u, d, err);
		if (r < 0)
			return error_wrap(err, "directory '%s'", d->path);
	}
	return 0;
}

void
unpack_release_dirs(struct unpacker *u)
{
	size_t i;

	for (i = 0; i < u->dir_count; i++)
		free(u->dirs[i].path);
	free(u->dirs);
}
