/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/points.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/carry.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

#define LINKS_MAX 40

/* Where what is missing begins: `real` is the last directory that is there,
 * without links, below the root; `rest` is the path from there. */
struct gap {
	char *real;
	char *rest;
};

static void
gap_release(struct gap *g)
{
	free(g->real);
	free(g->rest);
}

static int
read_name(int fd, char ret[PATH_MAX], struct error *err)
{
	char link[48];
	ssize_t len;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, ret, PATH_MAX - 1);
	if (len < 0)
		return error_errno(err, "cannot read '%s'", link);
	ret[len] = '\0';
	return 0;
}

/* The path of directory `fd` below the root, "" for the root itself. */
static int
name_below(int root_fd, int fd, char **ret, struct error *err)
{
	char root[PATH_MAX], path[PATH_MAX];
	size_t len;

	if (read_name(root_fd, root, err) < 0 || read_name(fd, path, err) < 0)
		return -err->code;
	len = strlen(root);
	if (strncmp(path, root, len) != 0 || (path[len] && path[len] != '/'))
		return error_set(err, EXDEV, "'%s' is not below '%s'", path,
			root);
	*ret = mem_strdup(path[len] ? path + len + 1 : "");
	return 0;
}

static int
find_gap(int root_fd, const char *path, struct gap *ret, int *ret_fd,
	struct error *err)
{
	autofree char *dir = path_dir(path);
	size_t len;
	int r;

	while ((r = fs_open_in(root_fd, dir, FS_IN_ROOT, O_PATH | O_DIRECTORY,
			0, ret_fd, err)) == -ENOENT) {
		char *above = path_dir(dir);

		free(dir);
		dir = above;
	}
	if (r < 0)
		return r;
	len = strcmp(dir, "/") == 0 ? 0 : strlen(dir);
	ret->rest = mem_strdup(path + len + 1);
	return name_below(root_fd, *ret_fd, &ret->real, err);
}

/* The first missing name may be a link to nowhere: then what it points to is
 * what is missing. 1 and the new path, or 0. */
static int
follow(const struct gap *g, int dir_fd, char **path)
{
	size_t len = strcspn(g->rest, "/");
	autofree char *name = mem_strndup(g->rest, len);
	autofree char *here = mem_printf("/%s", g->real);
	autofree char *there = NULL;
	char target[PATH_MAX];
	ssize_t size;

	size = readlinkat(dir_fd, name, target, sizeof(target) - 1);
	if (size < 0)
		return 0;
	target[size] = '\0';
	there = path_resolve(here, target);
	free(*path);
	*path = mem_printf("%s%s", strcmp(there, "/") == 0 ? "" : there,
		g->rest + len);
	return 1;
}

static int
make_one(int points_fd, const char *path, bool is_file, struct error *err)
{
	autoclose int fd = -1;

	if (!is_file && mkdirat(points_fd, path, 0755) < 0 && errno != EEXIST)
		return error_errno(err, "cannot make '%s'", path);
	if (!is_file)
		return 0;
	fd = openat(points_fd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	return fd < 0 ? error_errno(err, "cannot make '%s'", path) : 0;
}

/* "a", "a/b", "a/b/c": all but the last are directories. */
static int
make_all(int points_fd, const char *path, bool is_file, struct error *err)
{
	autofree char *prefix = mem_strdup(path);
	char *end = prefix;
	int r = 0;

	while (r == 0 && end) {
		end = strchr(end + 1, '/');
		if (end)
			*end = '\0';
		r = make_one(points_fd, prefix, is_file && !end, err);
		if (end)
			*end = '/';
	}
	return r;
}

/* Nobody may see that the directories above now come from another layer. */
static int
dress_all(int root_fd, int points_fd, const char *real, struct error *err)
{
	autofree char *prefix = mem_strdup(real);
	char *end = *prefix ? prefix : NULL;
	int r = 0;

	while (r == 0 && end) {
		end = strchr(end + 1, '/');
		if (end)
			*end = '\0';
		r = carry_attributes(root_fd, prefix, points_fd, prefix, err);
		if (end)
			*end = '/';
	}
	return r;
}

static int
fill(int root_fd, int points_fd, const struct gap *g, bool is_file,
	struct error *err)
{
	autofree char *path = path_join(g->real, g->rest);
	int r;

	r = make_all(points_fd, path, is_file, err);
	return r < 0 ? r : dress_all(root_fd, points_fd, g->real, err);
}

static int
make_missing(int root_fd, int points_fd, char **path, bool is_file,
	struct error *err)
{
	for (int n = 0; n < LINKS_MAX; n++) {
		cleanup_value(gap_release) struct gap g = { 0 };
		autoclose int fd = -1;
		int r;

		r = find_gap(root_fd, *path, &g, &fd, err);
		if (r < 0)
			return r;
		if (follow(&g, fd, path))
			continue;
		return fill(root_fd, points_fd, &g, is_file, err);
	}
	return error_set(err, ELOOP, "too many links");
}

int
points_make(int root_fd, int points_fd, const struct rootfs_point *p,
	struct error *err)
{
	autofree char *path = path_resolve("/", p->path);
	autoclose int fd = -1;
	int r;

	r = fs_open_in(root_fd, path, FS_IN_ROOT, O_PATH, 0, &fd, err);
	if (r == 0)
		return 0;
	if (r == -ENOENT)
		r = make_missing(root_fd, points_fd, &path, p->is_file, err);
	return r < 0 ? error_wrap(err, "place for a mount, '%s'", p->path) : 1;
}
