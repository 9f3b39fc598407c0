/* SPDX-License-Identifier: Apache-2.0 */
#include "util/fs-walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/scope.h"

#define MAX_LINKS 40	/* as the kernel's MAXSYMLINKS */
#define MAX_DEPTH 256

/* Where we stand: `fds` are the directories from below the root to here. */
struct place {
	const struct fs_walk *walk;
	int fds[MAX_DEPTH];
	unsigned depth;
	unsigned links;
	char *rest;		/* what is still to be resolved */
};

static void
place_release(struct place *p)
{
	while (p->depth)
		(void)close(p->fds[--p->depth]);
	free(p->rest);
}

static int
place_fd(const struct place *p)
{
	return p->depth ? p->fds[p->depth - 1] : p->walk->root_fd;
}

static int
place_enter(struct place *p, int fd)
{
	if (p->depth == MAX_DEPTH) {
		(void)close(fd);
		return -ENAMETOOLONG;
	}
	p->fds[p->depth++] = fd;
	return 0;
}

static int
place_leave(struct place *p)
{
	if (p->depth)
		(void)close(p->fds[--p->depth]);
	else if (p->walk->how != FS_IN_ROOT)
		return -EXDEV;
	return 0;
}

/* An absolute path starts again at the root, where that is allowed. */
static int
place_start(struct place *p)
{
	if (*p->rest != '/')
		return 0;
	if (p->walk->how != FS_IN_ROOT)
		return -EXDEV;
	while (p->depth)
		(void)close(p->fds[--p->depth]);
	return 0;
}

/* Take the first component off p->rest into `name`; 0 when none is left. What
 * is followed by a slash is not the last one: "a/" is a directory. */
static int
place_next(struct place *p, char name[NAME_MAX + 1], bool *ret_last)
{
	char *start = p->rest + strspn(p->rest, "/");
	size_t len = strcspn(start, "/");

	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, start, len);
	name[len] = '\0';
	*ret_last = !start[len];
	memmove(p->rest, start + len, strlen(start + len) + 1);
	return len > 0;
}

/* Put the link's text before the rest. -EINVAL if `name` is no link. */
static int
place_follow(struct place *p, const char *name)
{
	char text[PATH_MAX];
	char *longer;
	ssize_t n;

	n = readlinkat(place_fd(p), name, text, sizeof(text) - 1);
	if (n < 0)
		return -errno;
	if (p->walk->how == FS_NO_LINKS || ++p->links > MAX_LINKS)
		return -ELOOP;
	text[n] = '\0';
	longer = mem_printf("%s%s", text, p->rest);
	free(p->rest);
	p->rest = longer;
	return place_start(p);
}

/* A new directory with just the mode that is wanted, opened. */
static int
make_dir(int dir_fd, const char *name, mode_t mode)
{
	autoclose int fd = -1;

	if (mkdirat(dir_fd, name, 0700) < 0)
		return -errno;
	fd = openat(dir_fd, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchmod(fd, mode) < 0)
		return -errno;
	return take_fd(&fd);
}

static int
open_dir(const struct place *p, const char *name)
{
	const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd;

	fd = openat(place_fd(p), name, flags);
	if (fd >= 0)
		return fd;
	if (errno != ENOENT || !p->walk->make_dirs)
		return -errno;
	fd = make_dir(place_fd(p), name, p->walk->mode);
	if (fd != -EEXIST)
		return fd;
	/* Somebody else was faster. */
	fd = openat(place_fd(p), name, flags);
	return fd < 0 ? -errno : fd;
}

/* A component on the way: a directory, or a link to one. */
static int
place_descend(struct place *p, const char *name)
{
	int fd, r;

	fd = open_dir(p, name);
	if (fd >= 0)
		return place_enter(p, fd);
	if (fd != -ENOTDIR && fd != -ELOOP)
		return fd;
	r = place_follow(p, name);
	return r == -EINVAL ? fd : r;
}

static bool
is_link(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISLNK(st.st_mode);
}

/* The last component: 0 when it is open, 1 when it was a link and there is
 * more to resolve. */
static int
place_finish(struct place *p, const char *name, int *ret_fd)
{
	bool follow = !(p->walk->flags & O_NOFOLLOW);
	autoclose int fd = -1;
	int r = -EINVAL, code;

	fd = openat(place_fd(p), name,
		p->walk->flags | O_NOFOLLOW | O_CLOEXEC, p->walk->mode);
	code = fd < 0 ? -errno : 0;
	/* O_PATH opens the link itself; O_DIRECTORY says ENOTDIR. */
	if (follow && (code == -ELOOP || code == -ENOTDIR ||
			      (code == 0 && is_link(fd))))
		r = place_follow(p, name);
	if (r != -EINVAL)
		return r < 0 ? r : 1;
	if (code < 0)
		return code;
	*ret_fd = take_fd(&fd);
	return 0;
}

/* The directory where we stand, opened as the caller wants it. */
static int
place_open(const struct place *p, int *ret_fd)
{
	int fd;

	fd = openat(place_fd(p), ".",
		(p->walk->flags & ~O_NOFOLLOW) | O_CLOEXEC, p->walk->mode);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static int
place_walk(struct place *p, int *ret_fd)
{
	char name[NAME_MAX + 1];
	bool last;
	int r;

	while ((r = place_next(p, name, &last)) > 0) {
		if (strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0)
			r = place_leave(p);
		else if (!last || p->walk->make_dirs)
			r = place_descend(p, name);
		else
			r = place_finish(p, name, ret_fd);
		if (r < 0)
			return r;
		if (r == 0 && last && *ret_fd >= 0)
			return 0;
	}
	return r < 0 ? r : place_open(p, ret_fd);
}

int
fs_walk_open(const struct fs_walk *w, int *ret_fd)
{
	cleanup_value(place_release) struct place p = { .walk = w };
	int fd = -1;
	int r;

	if (!*w->path)
		return -ENOENT;
	p.rest = mem_strdup(w->path);
	r = place_start(&p);
	if (r == 0)
		r = place_walk(&p, &fd);
	if (r < 0)
		return r;
	*ret_fd = fd;
	return 0;
}
