/* SPDX-License-Identifier: Apache-2.0 */
/* Whose files are: attributes of files and directories; those of the rest stand
 * on the directory that holds them. */
#include "sandbox/emulate-state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "util/scope.h"

void
emulate_fd_path(int fd, char ret[32])
{
	(void)snprintf(ret, 32, "self/fd/%d", fd);
}

static bool
has_attributes(const struct stat *st)
{
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
}

/* Devices of /dev, and what is gone from its directory. */
static bool
is_nameless(const struct stat *st)
{
	return S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode) || !st->st_nlink;
}

/* Where the file is, by its descriptor: its directory, open, and its name. */
static int
find_place(const struct emulate *e, int fd, char path[PATH_MAX],
	const char **ret_name)
{
	char link[32];
	ssize_t len;
	char *slash;

	emulate_fd_path(fd, link);
	len = readlinkat(e->proc_fd, link, path, PATH_MAX - 1);
	if (len <= 0 || path[0] != '/')
		return -ENOENT;
	path[len] = '\0';
	slash = strrchr(path, '/');
	*slash = '\0';
	*ret_name = slash + 1;
	return open(slash == path ? "/" : path,
		O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

bool
emulate_has_names(int dir_fd)
{
	char path[32];

	emulate_fd_path(dir_fd, path);
	return getxattr(path, OWNER_NAMES_ATTRIBUTE, NULL, 0) > 0;
}

int
emulate_get_name(int dir_fd, const char *name, struct owner *ret)
{
	cleanup_value(buf_release) struct buf list = { 0 };
	autoclose int dir = -1;

	if (!emulate_has_names(dir_fd))
		return 0;
	dir = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return 0;
	buf_init(&list, OWNER_NAMES_MAX);
	owner_read_names(dir, &list);
	return owner_names_find(list.data, list.len, name, ret);
}

static int
look_in_directory(const struct emulate *e, int fd, struct owner *ret)
{
	char path[PATH_MAX];
	autoclose int dir = -1;
	const char *name;

	dir = find_place(e, fd, path, &name);
	return dir < 0 ? 0 : emulate_get_name(dir, name, ret);
}

int
emulate_get_record(const struct emulate *e, int fd, const struct stat *st,
	struct owner *ret)
{
	char path[32], text[OWNER_TEXT_SIZE];
	ssize_t len;

	*ret = (struct owner){ .uid = st->st_uid, .gid = st->st_gid };
	if (!has_attributes(st))
		return is_nameless(st) ? 0 : look_in_directory(e, fd, ret);
	emulate_fd_path(fd, path);
	len = getxattr(path, OWNER_ATTRIBUTE, text, sizeof(text));
	return len > 0 && owner_parse(text, (size_t)len, ret) == 0;
}

int
emulate_set_name(const struct emulate *e, int dir_fd, const char *name,
	const struct owner *o)
{
	bool plain = o->uid == 0 && o->gid == 0 && !o->type;
	autoclose int dir = openat(dir_fd, ".",
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (dir < 0)
		return -errno;
	emulate_lock(e);
	r = owner_record(dir, name, plain ? NULL : o);
	emulate_unlock(e);
	return r;
}

static int
set_in_directory(const struct emulate *e, int fd, const struct owner *o)
{
	char path[PATH_MAX];
	autoclose int dir = -1;
	const char *name;

	dir = find_place(e, fd, path, &name);
	return dir < 0 ? 0 : emulate_set_name(e, dir, name, o);
}

int
emulate_set_record(const struct emulate *e, int fd, const struct stat *st,
	const struct owner *o)
{
	char path[32], text[OWNER_TEXT_SIZE];

	if (!has_attributes(st))
		return is_nameless(st) ? 0 : set_in_directory(e, fd, o);
	emulate_fd_path(fd, path);
	if (o->uid == st->st_uid && o->gid == st->st_gid && !o->type)
		return removexattr(path, OWNER_ATTRIBUTE) < 0 &&
			errno != ENODATA ? -errno : 0;
	return setxattr(path, OWNER_ATTRIBUTE, text, owner_format(o, text),
		       0) < 0 ? -errno : 0;
}
