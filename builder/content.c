/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/content.h"

#include <fcntl.h>
#include <string.h>

#include "builder/filehash.h"
#include "builder/walk.h"
#include "builder/xattr.h"
#include "util/buf.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/owner.h"
#include "util/path.h"
#include "util/scope.h"

/* A change of what goes into the digest, or how, changes this. */
#define FORMAT "slipway content 1"

/* `fields` collects one entry's, so that the digester is called once for it. */
struct sum {
	const struct copy_root *root;
	struct filehash *filehash;
	const struct ignore *exclude;
	struct digester *digester;
	struct buf fields;
};

static void
sum_release(struct sum *s)
{
	digester_free(s->digester);
	buf_release(&s->fields);
}

static void
add_number(struct buf *to, uint64_t n)
{
	for (int i = 0; i < 8; i++)
		buf_addc(to, (char)(n >> 8 * i));
}

static void
add_text(struct buf *to, const char *text)
{
	size_t len = strlen(text);

	add_number(to, len);
	buf_add(to, text, len);
}

static void
add_stat(struct sum *s, const char *path, const struct stat *st)
{
	bool keep = s->root->keep_owners;

	buf_reset(&s->fields);
	add_text(&s->fields, path);
	add_number(&s->fields, st->st_mode);
	add_number(&s->fields, keep ? st->st_uid : 0);
	add_number(&s->fields, keep ? st->st_gid : 0);
}

static int
add_file(struct sum *s, const struct walk_entry *e, struct error *err)
{
	struct digest d;
	int r;

	r = filehash_get(s->filehash, e->root_path, &e->stat, e->dir_fd,
		e->name, &d, err);
	if (r < 0)
		return r;
	add_number(&s->fields, (uint64_t)e->stat.st_size);
	buf_add(&s->fields, d.bytes, sizeof(d.bytes));
	return 0;
}

static int
add_link(struct sum *s, const struct walk_entry *e, struct error *err)
{
	autofree char *target = NULL;
	int r;

	r = fs_read_link(e->dir_fd, e->name, &target, err);
	if (r < 0)
		return r;
	add_text(&s->fields, target);
	return 0;
}

static int
add_dir(struct sum *s, const struct walk_entry *e, struct error *err)
{
	struct digest d;
	int r;

	r = xattr_digest(e->fd, &d, err);
	if (r < 0)
		return error_wrap(err, "'%s'", e->root_path);
	if (r > 0)
		buf_add(&s->fields, d.bytes, sizeof(d.bytes));
	return 0;
}

static int
add_entry(struct sum *s, const char *path, const struct walk_entry *e,
	struct error *err)
{
	struct stat st = e->stat;
	int r = 0;

	if (s->root->keep_owners)
		owner_look_at(e->dir_fd, e->name, &st);
	add_stat(s, path, &st);
	switch (st.st_mode & S_IFMT) {
	case S_IFREG:
		r = add_file(s, e, err);
		break;
	case S_IFLNK:
		r = add_link(s, e, err);
		break;
	case S_IFDIR:
		r = add_dir(s, e, err);
		break;
	case S_IFCHR:
	case S_IFBLK:
		add_number(&s->fields, st.st_rdev);
		break;
	}
	if (r < 0)
		return r;
	digester_add_field(s->digester, buf_text(&s->fields), s->fields.len);
	return 0;
}

static int
add_tree(struct sum *s, const struct selected *source, struct error *err)
{
	const struct walk_filter filter = {
		.ignore = s->root->ignore,
		.exclude = s->exclude,
		.include = source->include,
	};
	cleanup(walk_free) struct walk *w = NULL;
	struct walk_entry e;
	int r;

	r = walk_open(s->root->fd, source->path, &filter, &w, err);
	while (r >= 0) {
		r = walk_next(w, &e, err);
		if (r <= 0)
			break;
		r = add_entry(s, e.path, &e, err);
	}
	return r;
}

/* A source that is no directory, as an entry. */
static int
add_single(struct sum *s, const struct selected *source, struct error *err)
{
	struct walk_entry e = { .fd = -1, .path = source->name,
		.root_path = source->path };
	autoclose int dir_fd = -1;
	autofree char *dir = path_dir(source->path);
	int r;

	if (ignore_matches(s->exclude, source->name))
		return 0;
	r = fs_open_in(s->root->fd, dir, FS_NO_LINKS, O_PATH | O_DIRECTORY, 0,
		&dir_fd, err);
	if (r < 0)
		return r;
	e.dir_fd = dir_fd;
	e.name = path_base(source->path);
	if (fstatat(dir_fd, e.name, &e.stat, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot look at '%s'", source->path);
	return add_entry(s, source->name, &e, err);
}

static int
add_sources(struct sum *s, const struct selection *selection,
	struct error *err)
{
	const struct selected *source;
	int r = 0;

	for (size_t i = 0; i < selection->count && r == 0; i++) {
		source = &selection->items[i];
		digester_add_text(s->digester,
			S_ISDIR(source->kind) ? "directory" : "file");
		r = S_ISDIR(source->kind) ? add_tree(s, source, err) :
					    add_single(s, source, err);
	}
	return r;
}

int
content_digest(const struct copy_root *root, const struct selection *s,
	const struct ignore *exclude, struct digest *ret, struct error *err)
{
	cleanup(filehash_free) struct filehash *unkept = NULL;
	cleanup_value(sum_release) struct sum sum = {
		.root = root, .filehash = root->filehash, .exclude = exclude,
		.digester = digester_new(),
	};
	int r;

	if (!sum.filehash)
		sum.filehash = unkept = filehash_new();
	buf_init(&sum.fields, MiB(1));
	digester_add_text(sum.digester, FORMAT);
	r = add_sources(&sum, s, err);
	if (r < 0) {
		(void)error_wrap(err, "%s", root->name);
		return error_kind(err, ERROR_LOCAL);
	}
	digester_take(sum.digester, ret);
	return 0;
}
