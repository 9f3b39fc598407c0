/* SPDX-License-Identifier: Apache-2.0 */
/* Whose files are: attributes of files and directories, a table of the rest. */
#include "sandbox/emulate-state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "util/mem.h"
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

static struct emulate_link *
find_link(const struct emulate *e, const struct stat *st)
{
	for (size_t i = 0; i < e->link_count; i++)
		if (e->links[i].ino == st->st_ino &&
			e->links[i].dev == st->st_dev)
			return &e->links[i];
	return NULL;
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
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Recorded by an earlier step, or when the layer was unpacked. */
static int
look_in_directory(const struct emulate *e, int fd, struct owner *ret)
{
	cleanup_value(buf_release) struct buf list = { 0 };
	char path[PATH_MAX];
	autoclose int dir = -1;
	const char *name;

	dir = find_place(e, fd, path, &name);
	if (dir < 0)
		return 0;
	buf_init(&list, OWNER_NAMES_MAX);
	owner_read_names(dir, &list);
	return owner_names_find(list.data, list.len, name, ret);
}

int
emulate_get_record(const struct emulate *e, int fd, const struct stat *st,
	struct owner *ret)
{
	char path[32], text[OWNER_TEXT_SIZE];
	const struct emulate_link *link;
	ssize_t len;

	*ret = (struct owner){ .uid = st->st_uid, .gid = st->st_gid };
	if (!has_attributes(st)) {
		link = find_link(e, st);
		if (!link)
			return S_ISSOCK(st->st_mode) || S_ISCHR(st->st_mode) ?
				0 : look_in_directory(e, fd, ret);
		*ret = link->owner;
		return 1;
	}
	emulate_fd_path(fd, path);
	len = getxattr(path, OWNER_ATTRIBUTE, text, sizeof(text));
	return len > 0 && owner_parse(text, (size_t)len, ret) == 0;
}

static int
add_link(struct emulate *e, int fd, const struct stat *st,
	const struct owner *o)
{
	struct emulate_link *link = find_link(e, st);

	if (!link) {
		if (e->link_count == e->link_room) {
			e->link_room = 2 * e->link_room + 16;
			e->links = mem_resize(e->links, e->link_room,
				sizeof(*e->links));
		}
		link = &e->links[e->link_count];
		link->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (link->fd < 0)
			return -errno;
		link->dev = st->st_dev;
		link->ino = st->st_ino;
		e->link_count++;
	}
	link->owner = *o;
	return 0;
}

int
emulate_set_record(struct emulate *e, int fd, const struct stat *st,
	const struct owner *o)
{
	char path[32], text[OWNER_TEXT_SIZE];

	if (!has_attributes(st))
		return add_link(e, fd, st, o);
	emulate_fd_path(fd, path);
	if (o->uid == st->st_uid && o->gid == st->st_gid && !o->type)
		return removexattr(path, OWNER_ATTRIBUTE) < 0 &&
			errno != ENODATA ? -errno : 0;
	return setxattr(path, OWNER_ATTRIBUTE, text, owner_format(o, text),
		       0) < 0 ? -errno : 0;
}

static void
export_link(const struct emulate *e, const struct emulate_link *link)
{
	bool plain = link->owner.uid == 0 && link->owner.gid == 0;
	char path[PATH_MAX];
	autoclose int dir = -1;
	const char *name;
	struct stat st;

	dir = find_place(e, link->fd, path, &name);
	if (dir < 0 || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (st.st_ino == link->ino && st.st_dev == link->dev)
		(void)owner_record(dir, name, plain ? NULL : &link->owner);
}

void
emulate_export(struct emulate *e)
{
	for (size_t i = 0; i < e->link_count; i++)
		export_link(e, &e->links[i]);
}
