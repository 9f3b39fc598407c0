/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "builder/names.h"
#include "builder/walk-verdict.h"
#include "util/buf.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

/* A directory that is being read. `is_pending`: it is left out, and comes only
 * if something below it does. */
struct level {
	int fd;
	struct names names;
	size_t next;
	size_t path_len;	/* of its own path in walk.path */
	struct verdict verdict;
	bool is_pending;
	struct stat stat;
};

/* `path` is the root path of the newest entry; the first `start_len` bytes of
 * it, and a slash, are the start's. */
struct walk {
	struct walk_filter filter;
	struct buf path;
	struct buf pending_path;
	size_t start_len;
	struct level levels[WALK_DEPTH_MAX];
	size_t depth;
	bool has_entry;		/* `entry` waits behind pending levels */
	struct walk_entry entry;
};

static void
pop_level(struct walk *w)
{
	struct level *l = &w->levels[--w->depth];

	(void)close(l->fd);
	names_release(&l->names);
	verdict_release(&l->verdict);
	*l = (struct level){ .fd = -1 };
}

struct walk *
walk_free(struct walk *w)
{
	if (!w)
		return NULL;
	while (w->depth > 0)
		pop_level(w);
	buf_release(&w->path);
	buf_release(&w->pending_path);
	free(w);
	return NULL;
}

/* `path` below the start, from a path below the root. */
static const char *
below_start(const struct walk *w, const char *root_path)
{
	const char *path = root_path + w->start_len;

	return w->start_len > 0 && *path == '/' ? path + 1 : path;
}

static struct verdict_path
current_path(const struct walk *w)
{
	const char *path = buf_text(&w->path);

	return (struct verdict_path){ path, below_start(w, path) };
}

/* The directory becomes the one that is read; takes fd and verdict over when
 * it succeeds. */
static int
push_level(struct walk *w, int *fd, struct verdict *v, struct error *err)
{
	struct level *l = &w->levels[w->depth];
	int r;

	if (w->depth == WALK_DEPTH_MAX)
		return error_set(err, E2BIG,
			"'%s' is deeper than %d directories",
			buf_text(&w->path), WALK_DEPTH_MAX);
	if (fstat(*fd, &l->stat) < 0)
		return error_errno(err, "cannot look at '%s'",
			buf_text(&w->path));
	r = names_read(*fd, &l->names, err);
	if (r < 0)
		return error_wrap(err, "'%s'", buf_text(&w->path));
	l->fd = take_fd(fd);
	l->next = 0;
	l->path_len = w->path.len;
	l->is_pending = verdict_leaves_out(v);
	l->verdict = *v;
	*v = (struct verdict){ 0 };
	w->depth++;
	return 0;
}

/* The entry of an open directory, whose path is `path`. */
static void
fill_dir(const struct walk *w, size_t depth, const char *path,
	struct walk_entry *ret)
{
	const struct level *l = &w->levels[depth];
	const char *slash = strrchr(path, '/');

	*ret = (struct walk_entry){
		.path = below_start(w, path),
		.root_path = path,
		.name = slash ? slash + 1 : path,
		.dir_fd = depth > 0 ? l[-1].fd : l->fd,
		.fd = l->fd,
		.stat = l->stat,
	};
	if (depth == 0)
		ret->name = ".";
}

int
walk_open(int root_fd, const char *start, const struct walk_filter *filter,
	struct walk **ret, struct error *err)
{
	cleanup(walk_free) struct walk *w = mem_zalloc(sizeof(*w));
	cleanup_value(verdict_release) struct verdict v = { 0 };
	autoclose int fd = -1;
	int r;

	if (strcmp(start, ".") == 0)
		start = "";
	if (filter)
		w->filter = *filter;
	buf_init(&w->path, KiB(64));
	buf_init(&w->pending_path, KiB(64));
	buf_adds(&w->path, start);
	w->start_len = w->path.len;
	r = fs_open_in(root_fd, *start ? start : ".", FS_NO_LINKS,
		O_RDONLY | O_DIRECTORY, 0, &fd, err);
	if (r < 0)
		return r;
	verdict_start(&w->filter, buf_text(&w->path), &v);
	r = push_level(w, &fd, &v, err);
	if (r < 0)
		return r;
	/* Whoever names a directory gets it, whatever is left of it. */
	w->levels[0].is_pending = false;
	fill_dir(w, 0, buf_text(&w->path), &w->entry);
	w->has_entry = true;
	*ret = take_ptr(&w);
	return 0;
}

static void
set_path(struct walk *w, const struct level *l, const char *name)
{
	w->path.len = l->path_len;
	if (l->path_len > 0)
		buf_addc(&w->path, '/');
	buf_adds(&w->path, name);
}

static bool
has_vanished(int code)
{
	return code == ENOENT || code == ENOTDIR || code == ELOOP;
}

/* 1 when it is to be given out, 0 when not (yet), negative. */
static int
visit_dir(struct walk *w, struct level *parent, const char *name,
	struct error *err)
{
	cleanup_value(verdict_release) struct verdict v = { 0 };
	struct verdict_path path = current_path(w);
	autoclose int fd = -1;
	bool left_out;
	int r;

	verdict_dir(&w->filter, &parent->verdict, &path, &v);
	left_out = verdict_leaves_out(&v);
	if (left_out && !verdict_may_come_back(&w->filter, &v, &path))
		return 0;
	fd = openat(parent->fd, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && has_vanished(errno))
		return 0;
	if (fd < 0)
		return error_errno(err, "cannot open directory '%s'",
			w->path.data);
	r = push_level(w, &fd, &v, err);
	if (r < 0)
		return r;
	fill_dir(w, w->depth - 1, w->path.data, &w->entry);
	return !left_out;
}

static int
visit_file(struct walk *w, const struct level *parent, const char *name,
	const struct stat *st)
{
	struct verdict_path path = current_path(w);

	if (verdict_is_out(&w->filter, &parent->verdict, &path))
		return 0;
	w->entry = (struct walk_entry){
		.path = below_start(w, w->path.data),
		.root_path = w->path.data,
		.name = name,
		.dir_fd = parent->fd,
		.fd = -1,
	};
	if (st)
		w->entry.stat = *st;
	else if (fstatat(parent->fd, name, &w->entry.stat,
			 AT_SYMLINK_NOFOLLOW) < 0)
		return has_vanished(errno) ? 0 : -errno;
	return 1;
}

static int
visit(struct walk *w, struct level *parent, const struct name *name,
	struct error *err)
{
	struct stat st;
	int r;

	set_path(w, parent, name->text);
	if (name->type == DT_DIR)
		return visit_dir(w, parent, name->text, err);
	if (name->type != DT_UNKNOWN) {
		r = visit_file(w, parent, name->text, NULL);
		return r < 0 ? error_set(err, -r, "cannot look at '%s': %s",
				       w->path.data, strerror(-r)) :
			       r;
	}
	if (fstatat(parent->fd, name->text, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return has_vanished(errno) ?
			0 :
			error_errno(err, "cannot look at '%s'", w->path.data);
	if (S_ISDIR(st.st_mode))
		return visit_dir(w, parent, name->text, err);
	return visit_file(w, parent, name->text, &st);
}

/* Read on until an entry is to be given out; 1, 0 at the end, negative. */
static int
find_entry(struct walk *w, struct error *err)
{
	struct level *l;
	int r;

	while (w->depth > 0) {
		l = &w->levels[w->depth - 1];
		if (l->next == l->names.count) {
			pop_level(w);
			continue;
		}
		r = visit(w, l, &l->names.items[l->next++], err);
		if (r != 0)
			return r;
	}
	return 0;
}

/* A directory that was left out comes before the first thing that brings it
 * back; false when none is waiting. */
static bool
give_pending(struct walk *w, struct walk_entry *ret)
{
	struct level *l;

	for (size_t n = 0; n < w->depth; n++) {
		l = &w->levels[n];
		if (!l->is_pending)
			continue;
		l->is_pending = false;
		buf_reset(&w->pending_path);
		buf_add(&w->pending_path, w->path.data, l->path_len);
		fill_dir(w, n, w->pending_path.data, ret);
		return true;
	}
	return false;
}

int
walk_next(struct walk *w, struct walk_entry *ret, struct error *err)
{
	int r;

	if (!w->has_entry) {
		r = find_entry(w, err);
		if (r <= 0)
			return r;
		w->has_entry = true;
	}
	if (give_pending(w, ret))
		return 1;
	*ret = w->entry;
	w->has_entry = false;
	return 1;
}
