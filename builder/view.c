/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "builder/entry.h"
#include "builder/stack.h"
#include "util/fs.h"
#include "util/map.h"
#include "util/mem.h"
#include "util/owner.h"

/* What is known about a path that exists in a tar only. */
struct noted {
	enum place_kind kind;
	unsigned layer;
	char *link;
	struct tar_entry *dir; /* of a directory, its metadata */
};

struct view {
	struct looker looker;
	struct store *store;
	struct rootfs *rootfs;
	struct tree_looker below;
	struct map *noted;
	unsigned layer;
};

static void
noted_free(void *value)
{
	struct noted *n = value;

	free(n->link);
	if (n->dir)
		tar_entry_release(n->dir);
	free(n->dir);
	free(n);
}

/* All of it, so that the copy can be released by itself. */
static void
copy_entry(const struct tar_entry *from, struct tar_entry *to)
{
	*to = *from;
	to->path = mem_strdup(from->path);
	to->link = mem_strdup(from->link);
	to->xattrs = mem_array(from->xattr_count, sizeof(*to->xattrs));
	for (size_t n = 0; n < from->xattr_count; n++) {
		const struct tar_xattr *x = &from->xattrs[n];

		to->xattrs[n].name = mem_strdup(x->name);
		to->xattrs[n].value = mem_dup(x->value, x->size);
		to->xattrs[n].size = x->size;
	}
}

/* Missing, or hidden behind what the mounted layers have in its way. */
static bool
is_absent(int r)
{
	return r == -ENOENT || r == -ENOTDIR || r == -ELOOP;
}

static int
view_look(struct looker *l, const char *path, enum place_kind *ret_kind,
	char **ret_link, struct error *err)
{
	struct view *v = (struct view *)l;
	const struct noted *n = map_get(v->noted, path);
	autoerror why = { 0 };
	int r;

	if (n) {
		*ret_kind = n->kind;
		*ret_link = mem_strdup(n->link);
		return 0;
	}
	if (!v->rootfs) {
		*ret_kind = PLACE_NOTHING;
		return 0;
	}
	r = v->below.looker.look(
		&v->below.looker, path, ret_kind, ret_link, &why);
	if (!is_absent(r))
		return r < 0 ? error_move(err, &why) : r;
	*ret_kind = PLACE_NOTHING;
	return 0;
}

struct view *
view_new(struct store *s)
{
	struct view *v = mem_zalloc(sizeof(*v));

	v->looker.look = view_look;
	v->store = s;
	v->noted = map_new(noted_free);
	return v;
}

struct view *
view_free(struct view *v)
{
	if (!v)
		return NULL;
	rootfs_close(v->rootfs);
	map_free(v->noted);
	free(v);
	return NULL;
}

void
view_forget(struct view *v)
{
	v->rootfs = rootfs_close(v->rootfs);
	if (map_count(v->noted) == 0)
		return;
	map_free(v->noted);
	v->noted = map_new(noted_free);
}

static int
mount_layers(struct view *v, const struct draft *d, struct error *err)
{
	int r;

	if (v->rootfs)
		return 0;
	r = stack_open_draft_bare(v->store, d, &v->rootfs, err);
	if (r < 0)
		return r;
	tree_looker_init(&v->below, rootfs_fd(v->rootfs));
	return 0;
}

int
view_open(struct view *v, const struct draft *d, struct error *err)
{
	/* Layers made since are known by name: view_note(). */
	if (draft_layer_count(d) == 0 || map_count(v->noted) > 0)
		return 0;
	return mount_layers(v, d, err);
}

bool
view_is_open(const struct view *v)
{
	return v->rootfs || map_count(v->noted) > 0;
}

int
view_root(struct view *v, const struct draft *d, int *ret_fd, struct error *err)
{
	int r;

	r = mount_layers(v, d, err);
	if (r < 0)
		return r;
	*ret_fd = rootfs_fd(v->rootfs);
	return 0;
}

struct looker *
view_looker(struct view *v)
{
	return &v->looker;
}

void
view_begin_layer(struct view *v)
{
	v->layer++;
}

static enum place_kind
kind_of(enum tar_kind kind)
{
	if (kind == TAR_DIR)
		return PLACE_DIR;
	return kind == TAR_SYMLINK ? PLACE_LINK : PLACE_OTHER;
}

int
view_note(struct view *v, const struct tar_entry *e, struct error *err)
{
	const struct noted *old = map_get(v->noted, e->path);
	struct noted *n;

	if (old && old->layer == v->layer)
		return error_set(
			err, EEXIST, "'/%s' is in the layer twice", e->path);
	n = mem_zalloc(sizeof(*n));
	n->kind = kind_of(e->kind);
	n->layer = v->layer;
	if (n->kind == PLACE_LINK)
		n->link = mem_strdup(e->link);
	if (n->kind == PLACE_DIR) {
		n->dir = mem_zalloc(sizeof(*n->dir));
		copy_entry(e, n->dir);
	}
	map_set(v->noted, e->path, n);
	return 0;
}

bool
view_is_in_layer(const struct view *v, const char *path)
{
	const struct noted *n = map_get(v->noted, path);

	return n && n->layer == v->layer;
}

static int
describe_below(struct view *v, const char *path, struct tar_entry *ret,
	struct error *err)
{
	autoclose int fd = -1;
	struct owner recorded;
	struct stat st;
	int r;

	r = fs_open_in(v->below.root_fd, path, FS_NO_LINKS,
		O_RDONLY | O_DIRECTORY, 0, &fd, err);
	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot look at '/%s'", path);
	if (owner_read(fd, &recorded))
		owner_apply(&recorded, &st);
	r = entry_read(fd, ".", &st, fd, ret, err);
	if (r < 0)
		return r;
	ret->path = mem_strdup(path);
	return 0;
}

int
view_describe_dir(struct view *v, const char *path, struct tar_entry *ret,
	struct error *err)
{
	const struct noted *n = map_get(v->noted, path);

	if (n && n->dir) {
		copy_entry(n->dir, ret);
		return 0;
	}
	if (n || !v->rootfs)
		return error_set(
			err, ENOTDIR, "'/%s' is not a directory", path);
	return describe_below(v, path, ret, err);
}

bool
view_has_noted(const struct view *v, const char *path)
{
	return map_has(v->noted, path);
}
