/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder/target.h"
#include "util/mem.h"

#define DATA_PIECE KiB(256)

struct tar {
	struct target target;
	struct tar_writer *writer;
	struct view *view;
	int64_t clamp_mtime;
	char *piece;
	char *parent; /* whose entry, and those above, are written */
};

static ssize_t
read_piece(int fd, char *piece, size_t len, const char *path, struct error *err)
{
	ssize_t got;

	do
		got = read(fd, piece, len);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_errno(err, "cannot read what becomes '/%s'", path);
	if (got == 0)
		return error_set(err, EIO,
			"what becomes '/%s' got shorter while it was read",
			path);
	return got;
}

/* Exactly as many bytes as the header says, even if the file grows. */
static int
add_data(struct tar *t, const struct tar_entry *e, int data_fd,
	struct error *err)
{
	uint64_t left = e->size;

	while (left > 0) {
		size_t want = left < DATA_PIECE ? (size_t)left : DATA_PIECE;
		ssize_t got;
		int r;

		got = read_piece(data_fd, t->piece, want, e->path, err);
		if (got < 0)
			return (int)got;
		r = tar_writer_data(t->writer, t->piece, (size_t)got, err);
		if (r < 0)
			return r;
		left -= (uint64_t)got;
	}
	return 0;
}

static int
add_entry(struct tar *t, const struct tar_entry *e, struct error *err)
{
	struct tar_entry clamped = *e;
	int r;

	r = view_note(t->view, e, err);
	if (r < 0)
		return r;
	if (clamped.mtime > t->clamp_mtime)
		clamped.mtime = t->clamp_mtime;
	/* As pack_tree() does: whole seconds need no PAX record. */
	clamped.mtime_ns = 0;
	return tar_writer_add(t->writer, &clamped, err);
}

/* A directory that is there is in the layer too, as it is: whoever unpacks the
 * layer by itself would have to invent one. */
static int
add_parent(struct tar *t, const char *path, struct error *err)
{
	cleanup_value(tar_entry_release) struct tar_entry e = { 0 };
	int r;

	if (view_is_in_layer(t->view, path))
		return 0;
	r = view_describe_dir(t->view, path, &e, err);
	return r < 0 ? r : add_entry(t, &e, err);
}

/* From the top down, once for all entries that follow in one directory. */
static int
add_parents(struct tar *t, const char *path, struct error *err)
{
	const char *slash = strrchr(path, '/');
	autofree char *parent =
		mem_strndup(path, slash ? (size_t)(slash - path) : 0);

	if (t->parent && strcmp(t->parent, parent) == 0)
		return 0;
	for (char *at = parent; *at; at++) {
		int r;

		if (*at != '/')
			continue;
		*at = '\0';
		r = add_parent(t, parent, err);
		*at = '/';
		if (r < 0)
			return r;
	}
	if (*parent) {
		int r = add_parent(t, parent, err);

		if (r < 0)
			return r;
	}
	free(t->parent);
	t->parent = take_ptr(&parent);
	return 0;
}

static int
tar_add(struct target *target, const struct tar_entry *e, int data_fd,
	struct error *err)
{
	struct tar *t = (struct tar *)target;
	int r;

	r = add_parents(t, e->path, err);
	if (r < 0)
		return r;
	r = add_entry(t, e, err);
	if (r < 0)
		return r;
	return e->kind == TAR_FILE ? add_data(t, e, data_fd, err) : 0;
}

static int
tar_finish(struct target *target, struct error *err)
{
	struct tar *t = (struct tar *)target;

	return tar_writer_end(t->writer, err);
}

static void
tar_free(struct target *target)
{
	struct tar *t = (struct tar *)target;

	tar_writer_free(t->writer);
	free(t->piece);
	free(t->parent);
	free(t);
}

struct target *
target_to_tar(struct sink *to, struct view *view, int64_t clamp_mtime)
{
	struct tar *t = mem_zalloc(sizeof(*t));

	t->target.add = tar_add;
	t->target.finish = tar_finish;
	t->target.free = tar_free;
	t->target.looker = view_looker(view);
	t->writer = tar_writer_new(to);
	t->view = view;
	t->clamp_mtime = clamp_mtime;
	t->piece = mem_alloc(DATA_PIECE);
	return &t->target;
}
