/* SPDX-License-Identifier: Apache-2.0 */
/* rm -rf, by descriptors only. */
#include "util/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/scope.h"

/* So many directories are open at once; what lies deeper is first moved up. */
#define MAX_OPEN 64
#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

struct frame {
	DIR *dir;
	char *name;	/* in the directory of the frame before */
	bool moved;	/* something was removed since the last rewind */
};

struct removal {
	int dir_fd;
	struct frame frames[MAX_OPEN];
	unsigned depth;
	struct statx top;
};

static void
removal_pop(struct removal *m)
{
	struct frame *f = &m->frames[--m->depth];

	(void)closedir(f->dir);
	free(f->name);
}

static void
removal_release(struct removal *m)
{
	while (m->depth)
		removal_pop(m);
}

/* The directory that holds the directory of frame `index`. */
static int
removal_parent_fd(const struct removal *m, unsigned index)
{
	return index ? dirfd(m->frames[index - 1].dir) : m->dir_fd;
}

/* fchmodat(2) that cannot be led elsewhere by a link. */
static void
make_usable(int dir_fd, const char *name)
{
	/* It may not be ours; then the next call says why it fails. */
	(void)fchmodat(dir_fd, name, 0700, AT_SYMLINK_NOFOLLOW);
}

static int
open_dir(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, OPEN_DIR);

	if (fd >= 0 || errno != EACCES)
		return fd;
	make_usable(dir_fd, name);
	return openat(dir_fd, name, OPEN_DIR);
}

static bool
same_mount(const struct statx *a, const struct statx *b)
{
	return a->stx_mnt_id == b->stx_mnt_id &&
		a->stx_dev_major == b->stx_dev_major &&
		a->stx_dev_minor == b->stx_dev_minor;
}

/* Check what was opened, and make sure that it can be emptied. */
static int
check_dir(struct removal *m, int fd, const char *name, struct error *err)
{
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MODE | STATX_MNT_ID, &st) < 0)
		return error_errno(err, "cannot remove '%s'", name);
	if (!m->depth)
		m->top = st;
	else if (!same_mount(&m->top, &st))
		return error_set(err, EBUSY,
			"cannot remove '%s': something is mounted there", name);
	if ((st.stx_mode & 0700) != 0700)
		(void)fchmod(fd, 0700); /* as in make_usable() */
	return 0;
}

static int
removal_enter(struct removal *m, const char *name, struct error *err)
{
	autoclose int fd = -1;
	struct frame *f = &m->frames[m->depth];
	int r;

	fd = open_dir(removal_parent_fd(m, m->depth), name);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, "cannot remove '%s'", name);
	r = check_dir(m, fd, name, err);
	if (r < 0)
		return r;
	f->dir = fdopendir(fd);
	if (!f->dir)
		return error_errno(err, "cannot remove '%s'", name);
	(void)take_fd(&fd);
	f->name = mem_strdup(name);
	f->moved = false;
	m->depth++;
	return 0;
}

/* Too deep to be opened: it becomes a child of the topmost directory, in the
 * place of an empty one of a free name. */
static int
removal_lift(struct removal *m, const char *name, struct error *err)
{
	int from_fd = dirfd(m->frames[m->depth - 1].dir);
	int top_fd = dirfd(m->frames[0].dir);
	autofree char *free_name = NULL;
	autoclose int fd = -1;
	int r;

	r = fs_make_temp_dir(top_fd, &free_name, &fd, err);
	if (r < 0)
		return error_wrap(err, "cannot remove '%s'", name);
	/* Moving a directory writes its "..". */
	make_usable(from_fd, name);
	if (renameat(from_fd, name, top_fd, free_name) < 0)
		return error_errno(err, "cannot remove '%s'", name);
	m->frames[0].moved = true;
	return 0;
}

static int
removal_entry(struct removal *m, const struct dirent *entry,
	struct error *err)
{
	struct frame *f = &m->frames[m->depth - 1];
	const char *name = entry->d_name;

	if (is_dots(name))
		return 0;
	f->moved = true;
	if (entry->d_type != DT_DIR) {
		if (unlinkat(dirfd(f->dir), name, 0) == 0 || errno == ENOENT)
			return 0;
		if (errno != EISDIR)
			return error_errno(err, "cannot remove '%s'", name);
	}
	if (m->depth == MAX_OPEN)
		return removal_lift(m, name, err);
	return removal_enter(m, name, err);
}

/* The innermost directory was read to its end. */
static int
removal_leave(struct removal *m, struct error *err)
{
	struct frame *f = &m->frames[m->depth - 1];
	int parent_fd = removal_parent_fd(m, m->depth - 1);

	if (unlinkat(parent_fd, f->name, AT_REMOVEDIR) == 0 ||
		errno == ENOENT) {
		removal_pop(m);
		return 0;
	}
	if (errno != ENOTEMPTY || !f->moved)
		return error_errno(err, "cannot remove '%s'", f->name);
	/* A directory that changes while it is read may hide entries. */
	f->moved = false;
	rewinddir(f->dir);
	return 0;
}

int
fs_remove_tree(int dir_fd, const char *name, struct error *err)
{
	cleanup_value(removal_release) struct removal m = { .dir_fd = dir_fd };
	struct dirent *entry;
	int r;

	if (unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR)
		return error_errno(err, "cannot remove '%s'", name);
	r = removal_enter(&m, name, err);
	while (r == 0 && m.depth) {
		errno = 0;
		entry = readdir(m.frames[m.depth - 1].dir);
		if (entry)
			r = removal_entry(&m, entry, err);
		else if (errno)
			r = error_errno(err, "cannot list '%s'",
				m.frames[m.depth - 1].name);
		else
			r = removal_leave(&m, err);
	}
	return r;
}
