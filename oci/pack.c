/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/pack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "oci/pack-names.h"
#include "oci/xattr.h"
#include "util/map.h"
#include "util/mem.h"
#include "util/owner.h"
#include "util/scope.h"

#define PATH_BYTES_MAX 4096

/* Only one directory is open at a time, so that depth costs no descriptors:
 * the way up is "..". */
struct packer {
	const struct pack_options *options;
	struct tar_writer *out;
	struct map *links;	/* "DEV:INODE" -> first path */
	struct buf path;	/* of what is being packed */
	int dir_fd;		/* the directory it is in */
	const struct buf *owners;	/* recorded of the links in there */
};

static void
packer_release(struct packer *p)
{
	map_free(p->links);
	tar_writer_free(p->out);
	buf_release(&p->path);
	scope_close(&p->dir_fd);
}

static int pack_children(struct packer *p, unsigned marks, struct error *err);

static int
changed(struct packer *p, struct error *err)
{
	return error_set(err, EBUSY, "'%s' changed while it was packed",
		buf_text(&p->path));
}

/* Go on from `path` to `path`/`name`; tells where to return to. */
static int
path_push(struct packer *p, const char *name, size_t *ret_len,
	struct error *err)
{
	size_t len = p->path.len;

	if (len > 0)
		buf_addc(&p->path, '/');
	buf_adds(&p->path, name);
	if (p->path.overflow)
		return error_set(err, ENAMETOOLONG,
			"a path below '%s' is longer than %d bytes",
			buf_text(&p->path), PATH_BYTES_MAX);
	*ret_len = len;
	return 0;
}

static void
path_pop(struct packer *p, size_t len)
{
	p->path.len = len;
	p->path.data[len] = '\0';
}

static int
add_empty(struct packer *p, const char *name, struct error *err)
{
	struct tar_entry e = { .kind = TAR_FILE };
	size_t len = 0;
	int r;

	r = path_push(p, name, &len, err);
	if (r < 0)
		return r;
	e.path = p->path.data;
	r = tar_writer_add(p->out, &e, err);
	path_pop(p, len);
	return r;
}

static int
add_whiteout(struct packer *p, const char *name, struct error *err)
{
	autofree char *whiteout = mem_printf(".wh.%s", name);

	return add_empty(p, whiteout, err);
}

static void
fill_entry(const struct packer *p, const struct stat *st, struct tar_entry *e)
{
	e->path = p->path.data;
	e->mode = st->st_mode & 07777;
	e->uid = st->st_uid;
	e->gid = st->st_gid;
	e->mtime = st->st_mtim.tv_sec;
	if (e->mtime > p->options->clamp_mtime)
		e->mtime = p->options->clamp_mtime;
}

/* Leave the clamped time behind. */
static int
clamp_tree(const struct packer *p, const char *name, const struct stat *st,
	struct error *err)
{
	struct timespec times[2] = {
		{ .tv_nsec = UTIME_OMIT },
		{ .tv_sec = p->options->clamp_mtime },
	};

	if (!p->options->change_tree ||
		st->st_mtim.tv_sec <= p->options->clamp_mtime)
		return 0;
	if (utimensat(p->dir_fd, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot set the time of '%s'",
			p->path.data);
	return 0;
}

/* 1 when it was a further name of a file that is in the tar already. */
static int
add_link(struct packer *p, const struct stat *st, struct tar_entry *e,
	struct error *err)
{
	autofree char *key = NULL;
	char *first;
	int r;

	if (st->st_nlink < 2)
		return 0;
	key = mem_printf("%llx:%llx", (unsigned long long)st->st_dev,
		(unsigned long long)st->st_ino);
	first = map_get(p->links, key);
	if (!first) {
		map_set(p->links, key, mem_strdup(e->path));
		return 0;
	}
	e->kind = TAR_HARD_LINK;
	e->link = first;
	e->size = 0;
	r = tar_writer_add(p->out, e, err);
	return r < 0 ? r : 1;
}

static int
add_with_xattrs(struct packer *p, struct tar_entry *e, const struct xattrs *x,
	struct error *err)
{
	e->xattrs = x->items;
	e->xattr_count = x->count;
	return tar_writer_add(p->out, e, err);
}

static int
open_here(struct packer *p, const char *name, int flags, int *ret_fd,
	struct stat *ret_st, struct error *err)
{
	int fd;

	fd = openat(p->dir_fd, name, flags | O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && fstat(fd, ret_st) == 0) {
		*ret_fd = fd;
		return 0;
	}
	if (fd >= 0)
		(void)close(fd);
	if (errno == ENOENT || errno == ELOOP || errno == ENOTDIR)
		return changed(p, err);
	return error_errno(err, "cannot open '%s'", p->path.data);
}

static bool
is_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);
}

/* Attributes, and with them the owner if it is recorded there. */
static int
read_xattrs(struct packer *p, int fd, struct stat *st, struct xattrs *ret,
	struct error *err)
{
	struct owner o;
	int r;

	r = xattrs_read(fd, ret, err);
	if (r < 0)
		return error_wrap(err, "'%s'", p->path.data);
	if (ret->marks & XATTR_OWNER && owner_read(fd, &o))
		owner_apply(&o, st);
	return 0;
}

/* What could be no device where it was made. */
static int
pack_recorded_device(struct packer *p, const char *name, const struct stat *st,
	struct error *err)
{
	struct tar_entry e = {
		.kind = S_ISCHR(st->st_mode) ? TAR_CHAR : TAR_BLOCK,
		.major = major(st->st_rdev),
		.minor = minor(st->st_rdev),
	};
	int r;

	fill_entry(p, st, &e);
	r = add_link(p, st, &e, err);
	if (r == 0)
		r = tar_writer_add(p->out, &e, err);
	return r < 0 ? r : clamp_tree(p, name, st, err);
}

static int
pack_file(struct packer *p, const char *name, struct error *err)
{
	cleanup_value(xattrs_release) struct xattrs x = { 0 };
	struct tar_entry e = { .kind = TAR_FILE };
	autoclose int fd = -1;
	struct stat st;
	int r;

	/* Not to hang on what became a fifo. */
	r = open_here(p, name, O_NONBLOCK | O_NOCTTY, &fd, &st, err);
	if (r < 0)
		return r;
	if (!S_ISREG(st.st_mode))
		return changed(p, err);
	r = read_xattrs(p, fd, &st, &x, err);
	if (r < 0)
		return r;
	if (is_device(&st))
		return pack_recorded_device(p, name, &st, err);
	fill_entry(p, &st, &e);
	e.size = (uint64_t)st.st_size;
	r = add_link(p, &st, &e, err);
	if (r != 0)
		return r < 0 ? r : 0;
	r = add_with_xattrs(p, &e, &x, err);
	if (r == 0)
		r = tar_writer_data_from(p->out, fd, err);
	if (r < 0)
		return error_wrap(err, "'%s'", p->path.data);
	return clamp_tree(p, name, &st, err);
}

/* What is in the directory `fd`, which becomes the one we stand in. */
static int
pack_inside(struct packer *p, int *fd, unsigned marks, struct error *err)
{
	const struct buf *owners = p->owners;
	struct stat before, after;
	int up, r;

	if (fstat(p->dir_fd, &before) < 0)
		return error_errno(err, "cannot look at '%s'", p->path.data);
	(void)close(p->dir_fd);
	p->dir_fd = take_fd(fd);
	r = pack_children(p, marks, err);
	p->owners = owners;
	if (r < 0)
		return r;

	up = openat(p->dir_fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (up < 0)
		return error_errno(err, "cannot leave '%s'", p->path.data);
	(void)close(p->dir_fd);
	p->dir_fd = up;
	if (fstat(up, &after) < 0 || after.st_ino != before.st_ino ||
		after.st_dev != before.st_dev)
		return changed(p, err);
	return 0;
}

static int
pack_dir(struct packer *p, const char *name, struct error *err)
{
	cleanup_value(xattrs_release) struct xattrs x = { 0 };
	struct tar_entry e = { .kind = TAR_DIR };
	autoclose int fd = -1;
	struct stat st;
	int r;

	r = open_here(p, name, O_DIRECTORY, &fd, &st, err);
	if (r < 0)
		return r;
	r = read_xattrs(p, fd, &st, &x, err);
	if (r < 0)
		return r;
	fill_entry(p, &st, &e);
	r = add_with_xattrs(p, &e, &x, err);
	if (r == 0 && x.marks & XATTR_OPAQUE)
		r = add_empty(p, ".wh..wh..opq", err);
	if (r == 0)
		r = pack_inside(p, &fd, x.marks, err);
	if (r < 0)
		return r;
	return clamp_tree(p, name, &st, err);
}

static int
read_link(struct packer *p, const char *name, const struct stat *st,
	char **ret, struct error *err)
{
	/* Some file systems tell no length. */
	size_t room = st->st_size > 0 ? (size_t)st->st_size : PATH_BYTES_MAX;
	autofree char *text = mem_alloc(room + 1);
	ssize_t len;

	len = readlinkat(p->dir_fd, name, text, room + 1);
	if (len < 0)
		return error_errno(err, "cannot read the link '%s'",
			p->path.data);
	if ((size_t)len > room)
		return changed(p, err);
	text[len] = '\0';
	*ret = take_ptr(&text);
	return 0;
}

/* Links, devices and pipes, which are looked at but not opened. They have no
 * attributes that travel: the kernel allows user.* on files and directories. */
static int
pack_special(struct packer *p, const char *name, const struct stat *st,
	enum tar_kind kind, struct error *err)
{
	struct tar_entry e = { .kind = kind };
	autofree char *target = NULL;
	struct owner o;
	int r;

	fill_entry(p, st, &e);
	if (owner_names_find(p->owners->data, p->owners->len, name, &o)) {
		e.uid = o.uid;
		e.gid = o.gid;
	}
	e.major = major(st->st_rdev);
	e.minor = minor(st->st_rdev);
	r = add_link(p, st, &e, err);
	if (r < 0)
		return r;
	if (r == 0 && kind == TAR_SYMLINK) {
		r = read_link(p, name, st, &target, err);
		if (r < 0)
			return r;
		e.link = target;
	}
	if (e.kind == kind) {
		r = tar_writer_add(p->out, &e, err);
		if (r < 0)
			return r;
	}
	return clamp_tree(p, name, st, err);
}

static int
pack_by_stat(struct packer *p, const char *name, struct error *err)
{
	struct stat st;

	if (fstatat(p->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return changed(p, err);
	switch (st.st_mode & S_IFMT) {
	case S_IFREG:
		return pack_file(p, name, err);
	case S_IFDIR:
		return pack_dir(p, name, err);
	case S_IFLNK:
		return pack_special(p, name, &st, TAR_SYMLINK, err);
	case S_IFIFO:
		return pack_special(p, name, &st, TAR_FIFO, err);
	case S_IFCHR:
		return pack_special(p, name, &st, TAR_CHAR, err);
	case S_IFBLK:
		return pack_special(p, name, &st, TAR_BLOCK, err);
	default:
		/* A socket means nothing without its process. */
		return 0;
	}
}

static int
pack_name(struct packer *p, const struct pack_name *name, struct error *err)
{
	size_t len = 0;
	int r;

	if (name->whiteout)
		return add_whiteout(p, name->text, err);
	r = path_push(p, name->text, &len, err);
	if (r < 0)
		return r;
	if (strncmp(name->text, ".wh.", 4) == 0)
		return error_set(err, EINVAL,
			"'%s': layers use names that begin with '.wh.' for what is deleted",
			p->path.data);
	if (name->type == DT_REG)
		r = pack_file(p, name->text, err);
	else
		r = pack_by_stat(p, name->text, err);
	path_pop(p, len);
	return r;
}

static int
pack_children(struct packer *p, unsigned marks, struct error *err)
{
	cleanup_value(pack_names_release) struct pack_names names = { 0 };
	cleanup_value(buf_release) struct buf owners = { 0 };
	size_t i;
	int r;

	buf_init(&owners, OWNER_NAMES_MAX);
	if (marks & XATTR_NAMES)
		owner_read_names(p->dir_fd, &owners);
	p->owners = &owners;
	r = pack_names_read(p->dir_fd, marks & XATTR_HOLDS_WHITEOUTS, &names,
		err);
	if (r < 0)
		return error_wrap(err, "'%s'", buf_text(&p->path));
	for (i = 0; i < names.count; i++) {
		r = pack_name(p, &names.items[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
pack_root(struct packer *p, struct error *err)
{
	cleanup_value(xattrs_release) struct xattrs x = { 0 };
	int r;

	r = xattrs_read(p->dir_fd, &x, err);
	if (r == 0 && x.marks & XATTR_OPAQUE)
		r = add_empty(p, ".wh..wh..opq", err);
	if (r < 0)
		return r;
	return pack_children(p, x.marks, err);
}

int
pack_tree(int tree_fd, const struct pack_options *options, struct sink *to,
	struct error *err)
{
	cleanup_value(packer_release) struct packer p = {
		.options = options,
		.dir_fd = -1,
	};
	int r;

	p.out = tar_writer_new(to);
	p.links = map_new(free);
	buf_init(&p.path, PATH_BYTES_MAX);
	p.dir_fd = openat(tree_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p.dir_fd < 0)
		return error_errno(err, "cannot open a layer's tree");
	r = pack_root(&p, err);
	if (r < 0)
		return r;
	return tar_writer_end(p.out, err);
}
