/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/carry.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/map.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

#define NAMES_MAX 10000000
#define XATTR_NAMES_MAX KiB(64)
#define MARKS "user.overlay."

/* `linked` maps the inode number of a file with several names to the first
 * name it was copied to, below `root_fd`. */
struct carry {
	int root_fd;
	struct map *linked;
};

/* One entry on its way. */
struct item {
	int from_fd;
	int to_fd;
	const char *from, *to;
	const char *path;	/* of `to` below the root */
	bool without_marks;	/* those of overlays */
	struct stat st;
};

static int carry_item(struct carry *c, struct item *i, struct error *err);

/* By /proc, as an attribute of a link can be reached by path only. */
static void
item_path(int dir_fd, const char *name, char ret[PATH_MAX])
{
	(void)snprintf(ret, PATH_MAX, "/proc/self/fd/%d/%s", dir_fd, name);
}

static int
carry_xattr(const char *from, const char *to, const char *name)
{
	autofree char *value = NULL;
	ssize_t len;

	len = lgetxattr(from, name, NULL, 0);
	if (len < 0)
		return -1;
	value = mem_alloc((size_t)len + 1);
	len = lgetxattr(from, name, value, (size_t)len);
	if (len < 0)
		return -1;
	return lsetxattr(to, name, value, (size_t)len, 0);
}

static bool
is_mark(const char *name)
{
	return strncmp(name, MARKS, strlen(MARKS)) == 0;
}

static int
carry_xattrs(const struct item *i, struct error *err)
{
	autofree char *names = mem_alloc(XATTR_NAMES_MAX);
	char from[PATH_MAX], to[PATH_MAX];
	ssize_t len;
	const char *name;

	item_path(i->from_fd, i->from, from);
	item_path(i->to_fd, i->to, to);
	len = llistxattr(from, names, XATTR_NAMES_MAX);
	if (len < 0 && errno == ENOTSUP)
		return 0;
	if (len < 0)
		return error_errno(err, "cannot list attributes of '%s'",
			i->path);
	for (name = names; name < names + len; name += strlen(name) + 1)
		if (!(i->without_marks && is_mark(name)) &&
			carry_xattr(from, to, name) < 0)
			return error_errno(err, "cannot copy '%s' of '%s'",
				name, i->path);
	return 0;
}

/* Owner before mode: changing it takes the set-id bits away. */
static int
carry_dress(const struct item *i, struct error *err)
{
	struct timespec times[2] = { i->st.st_atim, i->st.st_mtim };
	int r;

	if (fchownat(i->to_fd, i->to, i->st.st_uid, i->st.st_gid,
		    AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot own '%s'", i->path);
	if (!S_ISLNK(i->st.st_mode) &&
		fchmodat(i->to_fd, i->to, i->st.st_mode & 07777, 0) < 0)
		return error_errno(err, "cannot set the mode of '%s'",
			i->path);
	r = carry_xattrs(i, err);
	if (r < 0)
		return r;
	if (utimensat(i->to_fd, i->to, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot set times of '%s'", i->path);
	return 0;
}

static int
carry_file(const struct item *i, struct error *err)
{
	autoclose int from = -1;
	autoclose int to = -1;
	uint64_t copied;

	from = openat(i->from_fd, i->from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (from < 0)
		return error_errno(err, "cannot open '%s'", i->path);
	to = openat(i->to_fd, i->to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		0600);
	if (to < 0)
		return error_errno(err, "cannot make '%s'", i->path);
	return fs_copy_data(from, to, UINT64_MAX, &copied, err);
}

static int
carry_link(const struct item *i, struct error *err)
{
	char target[PATH_MAX];
	ssize_t len;

	len = readlinkat(i->from_fd, i->from, target, sizeof(target) - 1);
	if (len < 0)
		return error_errno(err, "cannot read link '%s'", i->path);
	target[len] = '\0';
	if (symlinkat(target, i->to_fd, i->to) < 0)
		return error_errno(err, "cannot make '%s'", i->path);
	return 0;
}

static int
carry_children(struct carry *c, int from_fd, int to_fd, const char *path,
	struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	size_t n;
	int r;

	r = fs_list(from_fd, NAMES_MAX, &names, err);
	for (n = 0; r == 0 && n < names.count; n++) {
		autofree char *child = path_join(path, names.items[n]);
		struct item i = {
			.from_fd = from_fd, .to_fd = to_fd,
			.from = names.items[n], .to = names.items[n],
			.path = child,
		};

		r = carry_item(c, &i, err);
	}
	return r;
}

static int
carry_dir(struct carry *c, const struct item *i, struct error *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	autoclose int from = -1;
	autoclose int to = -1;

	if (mkdirat(i->to_fd, i->to, 0700) < 0)
		return error_errno(err, "cannot make '%s'", i->path);
	from = openat(i->from_fd, i->from, flags);
	to = openat(i->to_fd, i->to, flags);
	if (from < 0 || to < 0)
		return error_errno(err, "cannot open '%s'", i->path);
	return carry_children(c, from, to, i->path, err);
}

static int
carry_content(struct carry *c, const struct item *i, struct error *err)
{
	switch (i->st.st_mode & S_IFMT) {
	case S_IFREG:
		return carry_file(i, err);
	case S_IFLNK:
		return carry_link(i, err);
	case S_IFDIR:
		return carry_dir(c, i, err);
	default:
		/* Pipes, and whiteouts, which are devices 0/0. */
		if (mknodat(i->to_fd, i->to, i->st.st_mode & S_IFMT,
			    i->st.st_rdev) < 0)
			return error_errno(err, "cannot make '%s'", i->path);
		return 0;
	}
}

/* 1 when it was a further name of something copied already. */
static int
link_known(struct carry *c, const struct item *i, struct error *err)
{
	char inode[24];
	const char *first;

	if (S_ISDIR(i->st.st_mode) || i->st.st_nlink < 2)
		return 0;
	(void)snprintf(inode, sizeof(inode), "%ju", (uintmax_t)i->st.st_ino);
	first = map_get(c->linked, inode);
	if (!first) {
		map_set(c->linked, inode, mem_strdup(i->path));
		return 0;
	}
	if (linkat(c->root_fd, first, i->to_fd, i->to, 0) < 0)
		return error_errno(err, "cannot link '%s'", i->path);
	return 1;
}

static int
carry_item(struct carry *c, struct item *i, struct error *err)
{
	int r;

	if (fstatat(i->from_fd, i->from, &i->st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot look at '%s'", i->path);
	if (S_ISSOCK(i->st.st_mode))
		return 0;
	r = link_known(c, i, err);
	if (r != 0)
		return r < 0 ? r : 0;
	r = carry_content(c, i, err);
	return r < 0 ? r : carry_dress(i, err);
}

int
carry_tree(int from_fd, const char *from, int to_fd, const char *to,
	struct error *err)
{
	cleanup(map_free) struct map *linked = map_new(free);
	struct carry c = { .root_fd = to_fd, .linked = linked };
	struct item i = {
		.from_fd = from_fd, .to_fd = to_fd, .from = from, .to = to,
		.path = to,
	};

	return carry_item(&c, &i, err);
}

int
carry_attributes(int from_fd, const char *from, int to_fd, const char *to,
	struct error *err)
{
	struct item i = {
		.from_fd = from_fd, .to_fd = to_fd, .from = from, .to = to,
		.path = to,
	};

	if (fstatat(from_fd, from, &i.st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot look at '%s'", from);
	return carry_dress(&i, err);
}

int
carry_entry(int from_fd, const char *from, int to_fd, const char *to,
	struct error *err)
{
	cleanup(map_free) struct map *linked = map_new(free);
	struct carry c = { .root_fd = to_fd, .linked = linked };
	struct item i = {
		.from_fd = from_fd, .to_fd = to_fd, .from = from, .to = to,
		.path = to, .without_marks = true,
	};

	return carry_item(&c, &i, err);
}

static int
drop_xattrs(const struct item *i, struct error *err)
{
	autofree char *names = mem_alloc(XATTR_NAMES_MAX);
	char path[PATH_MAX];
	ssize_t len;
	const char *name;

	item_path(i->to_fd, i->to, path);
	len = llistxattr(path, names, XATTR_NAMES_MAX);
	if (len < 0 && errno == ENOTSUP)
		return 0;
	if (len < 0)
		return error_errno(err, "cannot list attributes of '%s'",
			i->path);
	/* Those of the host stay, it does not let them go. */
	for (name = names; name < names + len; name += strlen(name) + 1)
		if (lremovexattr(path, name) < 0 && errno != EPERM)
			return error_errno(err, "cannot remove '%s' of '%s'",
				name, i->path);
	return 0;
}

int
carry_look(int from_fd, const char *from, int to_fd, const char *to,
	struct error *err)
{
	struct item i = {
		.from_fd = from_fd, .to_fd = to_fd, .from = from, .to = to,
		.path = to, .without_marks = true,
	};
	int r;

	if (fstatat(from_fd, from, &i.st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot look at '%s'", from);
	r = drop_xattrs(&i, err);
	return r < 0 ? r : carry_dress(&i, err);
}
