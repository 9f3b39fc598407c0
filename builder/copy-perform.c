/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/archive.h"
#include "builder/copy-job.h"
#include "builder/entry.h"
#include "builder/walk.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/owner.h"
#include "util/path.h"

/* The owner and mode that the instruction gives. */
static void
adjust(const struct copy_job *j, struct tar_entry *e)
{
	if (j->owner->is_forced) {
		e->uid = j->owner->uid;
		e->gid = j->owner->gid;
	} else if (!j->root->keep_owners) {
		e->uid = 0;
		e->gid = 0;
	}
	if (e->kind != TAR_SYMLINK)
		e->mode = chmod_apply(
			&j->copy->chmod, e->mode, e->kind == TAR_DIR);
}

/* A file that has several names becomes one with several names. 1 when this
 * was another name. */
static int
add_as_link(struct copy_job *j, const struct stat *st, struct tar_entry *e,
	struct error *err)
{
	autofree char *id = NULL;
	char *first;
	int r;

	if (st->st_nlink < 2 || e->kind != TAR_FILE)
		return 0;
	id = mem_printf(
		"%jx:%jx", (uintmax_t)st->st_dev, (uintmax_t)st->st_ino);
	first = map_get(j->links, id);
	if (!first) {
		map_set(j->links, id, mem_strdup(e->path));
		return 0;
	}
	e->kind = TAR_HARD_LINK;
	e->link = mem_strdup(first);
	e->size = 0;
	r = target_add(j->target, e, -1, err);
	return r < 0 ? r : 1;
}

/* Put dir_fd/name at `path`. `fd` is a directory's own, else -1. */
static int
add_one(struct copy_job *j, int dir_fd, const char *name, int fd,
	const struct stat *there, const char *path, struct error *err)
{
	cleanup_value(tar_entry_release) struct tar_entry e = { 0 };
	struct stat recorded = *there, *st = &recorded;
	autoclose int data_fd = -1;
	int r;

	if (j->root->keep_owners)
		owner_look_at(dir_fd, name, st);
	if (S_ISREG(st->st_mode)) {
		data_fd = openat(dir_fd, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (data_fd < 0)
			return error_errno(err, "cannot open '%s'", name);
		fd = data_fd;
	}
	r = entry_read(dir_fd, name, st, fd, &e, err);
	if (r <= 0)
		return r;
	e.path = mem_strdup(path);
	adjust(j, &e);
	r = add_as_link(j, st, &e, err);
	if (r != 0)
		return r < 0 ? r : 0;
	return target_add(j->target, &e, data_fd, err);
}

static int
copy_dir(struct copy_job *j, const struct selected *s, const struct place *p,
	struct error *err)
{
	const struct walk_filter filter = {
		.ignore = j->root->ignore,
		.exclude = j->copy->exclude,
		.include = s->include,
	};
	cleanup(walk_free) struct walk *w = NULL;
	struct walk_entry e;
	int r;

	r = walk_open(j->root->fd, s->path, &filter, &w, err);
	if (r < 0)
		return r;
	while ((r = walk_next(w, &e, err)) > 0) {
		autofree char *path = NULL;

		/* The directory itself gives its contents only. */
		if (*e.path == '\0')
			continue;
		path = path_join(p->path, e.path);
		r = add_one(j, e.dir_fd, e.name, e.fd, &e.stat, path, err);
		if (r < 0)
			return error_wrap(err, "'%s'", e.root_path);
	}
	return r;
}

/* --chmod is not about what an archive holds, nor about where that goes. */
static int
unpack_one(struct copy_job *j, int fd, const struct selected *s, time_t mtime,
	struct error *err)
{
	cleanup_value(place_release) struct place p = { 0 };
	struct copy without_mode = *j->copy;
	struct copy_job as = *j;
	autoclose int dir_fd = -1;
	int r;

	without_mode.chmod = (struct chmod){ 0 };
	as.copy = &without_mode;
	r = copy_find_dir_place(&as, s, mtime, &p, err);
	if (r < 0)
		return r;
	r = fs_open_in(j->root_fd, *p.path ? p.path : ".", FS_NO_LINKS,
		O_RDONLY | O_DIRECTORY, 0, &dir_fd, err);
	if (r < 0)
		return r;
	return archive_unpack(fd, dir_fd, j->owner, err);
}

static int
copy_file(struct copy_job *j, const struct selected *s, struct error *err)
{
	autofree char *dir = path_dir(s->path), *path = NULL;
	autoclose int dir_fd = -1, fd = -1;
	const char *name = path_base(s->path);
	struct stat st;
	int r;

	r = fs_open_in(j->root->fd, dir, FS_NO_LINKS, O_PATH | O_DIRECTORY, 0,
		&dir_fd, err);
	if (r < 0)
		return r;
	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot look at '%s'", s->path);
	if (j->copy->unpacks) {
		r = archive_open(dir_fd, name, &fd, err);
		if (r < 0)
			return r;
		if (r > 0)
			return unpack_one(j, fd, s, st.st_mtim.tv_sec, err);
	}
	r = copy_find_file_place(j, s->name, st.st_mtim.tv_sec, &path, err);
	if (r < 0)
		return r;
	return add_one(j, dir_fd, name, -1, &st, path, err);
}

static int
copy_selected(struct copy_job *j, const struct selected *s, struct error *err)
{
	cleanup_value(place_release) struct place p = { 0 };
	cleanup(map_free) struct map *links = map_new(free);
	struct stat st;
	autoclose int fd = -1;
	int r;

	j->links = links;

	if (!S_ISDIR(s->kind))
		return ignore_matches(j->copy->exclude, s->name)
			? 0
			: copy_file(j, s, err);
	r = fs_open_in(j->root->fd, s->path, FS_NO_LINKS, O_PATH | O_DIRECTORY,
		0, &fd, err);
	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot look at '%s'", s->path);
	r = copy_find_dir_place(j, s, st.st_mtim.tv_sec, &p, err);
	if (r < 0)
		return r;
	return copy_dir(j, s, &p, err);
}

static int
write_body(const char *body, int *ret_fd, struct error *err)
{
	autoclose int fd = memfd_create("heredoc", MFD_CLOEXEC);
	int r;

	if (fd < 0)
		return error_errno(err, "cannot make a file in memory");
	r = fs_write(fd, body, strlen(body), err);
	if (r < 0)
		return r;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot rewind a file in memory");
	*ret_fd = take_fd(&fd);
	return 0;
}

/* A heredoc has no time, and now would be another one with each build: the
 * first of 1980, the oldest that zip archives can say. */
#define HEREDOC_TIME 315532800

static int
copy_body(struct copy_job *j, const char *name, const char *body,
	struct error *err)
{
	struct tar_entry e = {
		.kind = TAR_FILE, .mode = 0644, .size = strlen(body),
		.mtime = HEREDOC_TIME
	};
	autofree char *path = NULL;
	autoclose int fd = -1;
	int r;

	r = copy_find_file_place(j, name, HEREDOC_TIME, &path, err);
	if (r < 0)
		return r;
	r = write_body(body, &fd, err);
	if (r < 0)
		return r;
	e.path = path;
	adjust(j, &e);
	return target_add(j->target, &e, fd, err);
}

/* It belongs to root, and nobody else may read it, as BuildKit has it. */
static int
copy_one_fetched(struct copy_job *j, const struct fetched *f,
	struct error *err)
{
	const struct selected as = { .path = f->name, .name = f->name };
	struct tar_entry e = { .kind = TAR_FILE, .mode = 0600,
		.size = f->got.size, .mtime = f->got.mtime };
	autofree char *path = NULL;
	int r;

	if (lseek(f->fd, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot rewind");
	r = j->copy->unpacks_urls ? archive_is(f->fd, f->name, err) : 0;
	if (r != 0)
		return r < 0 ? r : unpack_one(j, f->fd, &as, e.mtime, err);
	r = copy_find_file_place(j, f->name, e.mtime, &path, err);
	if (r < 0)
		return r;
	e.path = path;
	adjust(j, &e);
	return target_add(j->target, &e, f->fd, err);
}

static int
copy_fetched(struct copy_job *j, struct error *err)
{
	for (size_t n = 0; n < j->copy->url_count; n++) {
		const struct fetched *f = &j->copy->urls[n];
		int r = copy_one_fetched(j, f, err);

		if (r < 0)
			return error_wrap(err, "'%s'", f->name);
	}
	return 0;
}

/* A repository is a directory that came from somewhere else. */
static int
copy_repository(struct copy_job *j, const struct cloned *c, struct error *err)
{
	char here[] = ".";
	const struct selected all = { .path = here, .name = here,
		.kind = S_IFDIR };
	struct copy_job job = *j;
	struct copy_root root;
	int r;

	context_root(c->context, &root);
	job.root = &root;
	r = copy_selected(&job, &all, err);
	return r < 0 ? error_wrap(err, "'%s'", c->url.name) : 0;
}

static int
copy_repositories(struct copy_job *j, struct error *err)
{
	for (size_t n = 0; n < j->copy->repository_count; n++) {
		int r = copy_repository(j, &j->copy->repositories[n], err);

		if (r < 0)
			return r;
	}
	return 0;
}

static int
copy_bodies(struct copy_job *j, struct error *err)
{
	for (size_t n = 0; n < j->copy->bodies.count; n++) {
		const char *name = j->copy->instr->heredocs[n].name;
		int r;

		r = copy_body(j, name, j->copy->bodies.items[n], err);
		if (r < 0)
			return error_wrap(err, "'<<%s'", name);
	}
	return 0;
}

int
copy_perform(const struct copy *c, const struct copy_root *r,
	const struct selection *s, const struct copy_owner *owner,
	struct target *t, int root_fd, struct error *err)
{
	struct copy_job j = { .copy = c,
		.root = r,
		.owner = owner,
		.target = t,
		.root_fd = root_fd,
		.is_several = c->sources.count + c->url_count +
				c->repository_count + c->bodies.count >
			1 };
	int failed;

	for (size_t n = 0; n < s->count; n++) {
		if (copy_selected(&j, &s->items[n], err) < 0)
			return error_wrap(err, "cannot copy '%s' to '%s'",
				s->items[n].path, c->dest);
	}
	failed = copy_fetched(&j, err);
	if (failed == 0)
		failed = copy_repositories(&j, err);
	return failed < 0 ? failed : copy_bodies(&j, err);
}
