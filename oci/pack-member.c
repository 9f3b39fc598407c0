/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/pack-member.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/owner.h"
#include "util/scope.h"

int
pack_changed(struct pack_walk *w, struct error *err)
{
	return error_set(err, EBUSY, "'%s' changed while it was packed",
		buf_text(&w->path));
}

void
pack_fill(const struct pack_walk *w, const struct stat *st, struct tar_entry *e)
{
	e->path = w->path.data;
	e->mode = st->st_mode & 07777;
	e->uid = st->st_uid;
	e->gid = st->st_gid;
	e->mtime = st->st_mtim.tv_sec;
	if (w->options->set_mtime || e->mtime > w->options->clamp_mtime)
		e->mtime = w->options->clamp_mtime;
}

int
pack_clamp(const struct pack_walk *w, const char *name, const struct stat *st,
	struct error *err)
{
	struct timespec times[2] = {
		{ .tv_nsec = UTIME_OMIT },
		{ .tv_sec = w->options->clamp_mtime },
	};

	if (!w->options->change_tree ||
		st->st_mtim.tv_sec <= w->options->clamp_mtime)
		return 0;
	if (utimensat(w->dir_fd, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot set the time of '%s'",
			w->path.data);
	return 0;
}

/* 1 when it was a further name of a file that is in the tar already. */
static int
add_link(struct pack_walk *w, const struct stat *st, struct tar_entry *e,
	struct error *err)
{
	autofree char *key = NULL;
	char *first;
	int r;

	if (st->st_nlink < 2)
		return 0;
	key = mem_printf("%llx:%llx", (unsigned long long)st->st_dev,
		(unsigned long long)st->st_ino);
	first = map_get(w->links, key);
	if (!first) {
		map_set(w->links, key, mem_strdup(e->path));
		return 0;
	}
	e->kind = TAR_HARD_LINK;
	e->link = first;
	e->size = 0;
	r = tar_writer_add(w->out, e, err);
	return r < 0 ? r : 1;
}

int
pack_add(struct pack_walk *w, struct tar_entry *e, const struct xattrs *x,
	struct error *err)
{
	e->xattrs = x->items;
	e->xattr_count = x->count;
	return tar_writer_add(w->out, e, err);
}

int
pack_open(struct pack_walk *w, const char *name, int flags, int *ret_fd,
	struct stat *ret_st, struct error *err)
{
	int fd;

	fd = openat(w->dir_fd, name, flags | O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && fstat(fd, ret_st) == 0) {
		*ret_fd = fd;
		return 0;
	}
	if (fd >= 0)
		(void)close(fd);
	if (errno == ENOENT || errno == ELOOP || errno == ENOTDIR)
		return pack_changed(w, err);
	return error_errno(err, "cannot open '%s'", w->path.data);
}

static bool
is_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);
}

int
pack_read_xattrs(struct pack_walk *w, int fd, struct stat *st,
	struct xattrs *ret, struct error *err)
{
	struct owner o;
	int r;

	r = xattrs_read(fd, ret, err);
	if (r < 0)
		return error_wrap(err, "'%s'", w->path.data);
	if (ret->marks & XATTR_OWNER && owner_read(fd, &o))
		owner_apply(&o, st);
	return 0;
}

/* What could be no device where it was made. */
static int
recorded_device(struct pack_walk *w, const char *name,
	const struct stat *st, struct error *err)
{
	struct tar_entry e = {
		.kind = S_ISCHR(st->st_mode) ? TAR_CHAR : TAR_BLOCK,
		.major = major(st->st_rdev),
		.minor = minor(st->st_rdev),
	};
	int r;

	pack_fill(w, st, &e);
	r = add_link(w, st, &e, err);
	if (r == 0)
		r = tar_writer_add(w->out, &e, err);
	return r < 0 ? r : pack_clamp(w, name, st, err);
}

int
pack_file(struct pack_walk *w, const char *name, struct error *err)
{
	cleanup_value(xattrs_release) struct xattrs x = { 0 };
	struct tar_entry e = { .kind = TAR_FILE };
	autoclose int fd = -1;
	struct stat st;
	int r;

	/* Not to hang on what became a fifo. */
	r = pack_open(w, name, O_NONBLOCK | O_NOCTTY, &fd, &st, err);
	if (r < 0)
		return r;
	if (!S_ISREG(st.st_mode))
		return pack_changed(w, err);
	r = pack_read_xattrs(w, fd, &st, &x, err);
	if (r < 0)
		return r;
	if (is_device(&st))
		return recorded_device(w, name, &st, err);
	pack_fill(w, &st, &e);
	e.size = (uint64_t)st.st_size;
	r = add_link(w, &st, &e, err);
	if (r != 0)
		return r < 0 ? r : 0;
	r = pack_add(w, &e, &x, err);
	if (r == 0)
		r = tar_writer_data_from(w->out, fd, err);
	if (r < 0)
		return error_wrap(err, "'%s'", w->path.data);
	return pack_clamp(w, name, &st, err);
}

static int
read_link(struct pack_walk *w, const char *name, const struct stat *st,
	char **ret, struct error *err)
{
	/* Some file systems tell no length. */
	size_t room = st->st_size > 0 ? (size_t)st->st_size : PACK_PATH_MAX;
	autofree char *text = mem_alloc(room + 1);
	ssize_t len;

	len = readlinkat(w->dir_fd, name, text, room + 1);
	if (len < 0)
		return error_errno(err, "cannot read the link '%s'",
			w->path.data);
	if ((size_t)len > room)
		return pack_changed(w, err);
	text[len] = '\0';
	*ret = take_ptr(&text);
	return 0;
}

int
pack_special(struct pack_walk *w, const char *name, const struct stat *st,
	enum tar_kind kind, struct error *err)
{
	struct tar_entry e = { .kind = kind };
	autofree char *target = NULL;
	struct owner o;
	int r;

	pack_fill(w, st, &e);
	if (owner_names_find(w->owners->data, w->owners->len, name, &o)) {
		e.uid = o.uid;
		e.gid = o.gid;
	}
	e.major = major(st->st_rdev);
	e.minor = minor(st->st_rdev);
	r = add_link(w, st, &e, err);
	if (r < 0)
		return r;
	if (r == 0 && kind == TAR_SYMLINK) {
		r = read_link(w, name, st, &target, err);
		if (r < 0)
			return r;
		e.link = target;
	}
	if (e.kind == kind) {
		r = tar_writer_add(w->out, &e, err);
		if (r < 0)
			return r;
	}
	return pack_clamp(w, name, st, err);
}
