/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/pack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "oci/pack-member.h"
#include "oci/pack-names.h"
#include "util/mem.h"
#include "util/owner.h"
#include "util/scope.h"

static void
pack_walk_release(struct pack_walk *w)
{
	map_free(w->links);
	buf_release(&w->path);
	scope_close(&w->dir_fd);
}

static int pack_children(
	struct pack_walk *w, unsigned marks, struct error *err);

/* Go on from `path` to `path`/`name`; tells where to return to. */
static int
path_push(struct pack_walk *w, const char *name, size_t *ret_len,
	struct error *err)
{
	size_t len = w->path.len;

	if (len > 0)
		buf_addc(&w->path, '/');
	buf_adds(&w->path, name);
	if (w->path.overflow)
		return error_set(err, ENAMETOOLONG,
			"a path below '%s' is longer than %d bytes",
			buf_text(&w->path), PACK_PATH_MAX);
	*ret_len = len;
	return 0;
}

static void
path_pop(struct pack_walk *w, size_t len)
{
	w->path.len = len;
	w->path.data[len] = '\0';
}

static int
add_empty(struct pack_walk *w, const char *name, struct error *err)
{
	struct tar_entry e = { .kind = TAR_FILE };
	size_t len = 0;
	int r;

	r = path_push(w, name, &len, err);
	if (r < 0)
		return r;
	e.path = w->path.data;
	r = tar_writer_add(w->out, &e, err);
	path_pop(w, len);
	return r;
}

static int
add_whiteout(struct pack_walk *w, const char *name, struct error *err)
{
	autofree char *whiteout = mem_printf(".wh.%s", name);

	return add_empty(w, whiteout, err);
}

/* What is in the directory `fd`, which becomes the one we stand in. */
static int
pack_inside(struct pack_walk *w, int *fd, unsigned marks, struct error *err)
{
	const struct buf *owners = w->owners;
	struct stat before, after;
	int up, r;

	if (fstat(w->dir_fd, &before) < 0)
		return error_errno(err, "cannot look at '%s'", w->path.data);
	(void)close(w->dir_fd);
	w->dir_fd = take_fd(fd);
	r = pack_children(w, marks, err);
	w->owners = owners;
	if (r < 0)
		return r;

	up = openat(w->dir_fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (up < 0)
		return error_errno(err, "cannot leave '%s'", w->path.data);
	(void)close(w->dir_fd);
	w->dir_fd = up;
	if (fstat(up, &after) < 0 || after.st_ino != before.st_ino ||
		after.st_dev != before.st_dev)
		return pack_changed(w, err);
	return 0;
}

static int
pack_dir(struct pack_walk *w, const char *name, struct error *err)
{
	cleanup_value(xattrs_release) struct xattrs x = { 0 };
	struct tar_entry e = { .kind = TAR_DIR };
	autoclose int fd = -1;
	struct stat st;
	int r;

	r = pack_open(w, name, O_DIRECTORY, &fd, &st, err);
	if (r < 0)
		return r;
	r = pack_read_xattrs(w, fd, &st, &x, err);
	if (r < 0)
		return r;
	pack_fill(w, &st, &e);
	r = pack_add(w, &e, &x, err);
	if (r == 0 && x.marks & XATTR_OPAQUE)
		r = add_empty(w, ".wh..wh..opq", err);
	if (r == 0)
		r = pack_inside(w, &fd, x.marks, err);
	if (r < 0)
		return r;
	return pack_clamp(w, name, &st, err);
}

static int
pack_by_stat(struct pack_walk *w, const char *name, struct error *err)
{
	struct stat st;

	if (fstatat(w->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return pack_changed(w, err);
	switch (st.st_mode & S_IFMT) {
	case S_IFREG:
		return pack_file(w, name, err);
	case S_IFDIR:
		return pack_dir(w, name, err);
	case S_IFLNK:
		return pack_special(w, name, &st, TAR_SYMLINK, err);
	case S_IFIFO:
		return pack_special(w, name, &st, TAR_FIFO, err);
	case S_IFCHR:
		return pack_special(w, name, &st, TAR_CHAR, err);
	case S_IFBLK:
		return pack_special(w, name, &st, TAR_BLOCK, err);
	default:
		/* A socket means nothing without its process. */
		return 0;
	}
}

static int
pack_name(struct pack_walk *w, const struct pack_name *name, struct error *err)
{
	size_t len = 0;
	int r;

	if (name->whiteout)
		return add_whiteout(w, name->text, err);
	r = path_push(w, name->text, &len, err);
	if (r < 0)
		return r;
	if (strncmp(name->text, ".wh.", 4) == 0)
		return error_set(err, EINVAL,
			"'%s': layers use names that begin with '.wh.' for what is deleted",
			w->path.data);
	if (name->type == DT_REG)
		r = pack_file(w, name->text, err);
	else
		r = pack_by_stat(w, name->text, err);
	path_pop(w, len);
	return r;
}

static int
pack_children(struct pack_walk *w, unsigned marks, struct error *err)
{
	cleanup_value(pack_names_release) struct pack_names names = { 0 };
	cleanup_value(buf_release) struct buf owners = { 0 };
	size_t i;
	int r;

	buf_init(&owners, OWNER_NAMES_MAX);
	if (marks & XATTR_NAMES)
		owner_read_names(w->dir_fd, &owners);
	w->owners = &owners;
	r = pack_names_read(
		w->dir_fd, marks & XATTR_HOLDS_WHITEOUTS, &names, err);
	if (r < 0)
		return error_wrap(err, "'%s'", buf_text(&w->path));
	for (i = 0; i < names.count; i++) {
		r = pack_name(w, &names.items[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
pack_root(struct pack_walk *w, struct error *err)
{
	cleanup_value(xattrs_release) struct xattrs x = { 0 };
	int r;

	r = xattrs_read(w->dir_fd, &x, err);
	if (r == 0 && x.marks & XATTR_OPAQUE)
		r = add_empty(w, ".wh..wh..opq", err);
	if (r < 0)
		return r;
	return pack_children(w, x.marks, err);
}

int
pack_tree_into(int tree_fd, const struct pack_options *options,
	const char *below, struct tar_writer *to, struct error *err)
{
	cleanup_value(pack_walk_release) struct pack_walk w = {
		.options = options,
		.out = to,
		.dir_fd = -1,
	};

	w.links = map_new(free);
	buf_init(&w.path, PACK_PATH_MAX);
	if (below)
		buf_adds(&w.path, below);
	w.dir_fd = openat(tree_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w.dir_fd < 0)
		return error_errno(err, "cannot open a layer's tree");
	return pack_root(&w, err);
}

int
pack_tree(int tree_fd, const struct pack_options *options, struct sink *to,
	struct error *err)
{
	cleanup(tar_writer_free) struct tar_writer *w = tar_writer_new(to);
	int r;

	r = pack_tree_into(tree_fd, options, NULL, w, err);
	return r < 0 ? r : tar_writer_end(w, err);
}
