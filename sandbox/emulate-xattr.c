/* SPDX-License-Identifier: Apache-2.0 */
/* Extended attributes: ours are not seen, and access control lists of ids that
 * do not exist are kept under another name. */
#include "sandbox/emulate-state.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "util/acl.h"
#include "util/mem.h"
#include "util/scope.h"

#define OURS "user.slipway."
#define NAME_SIZE (XATTR_NAME_MAX + 1)
#define KEPT_SIZE (NAME_SIZE + 32)

static bool
begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* How the three calls of a kind say which file they mean. */
enum means { BY_PATH, BY_LINK, BY_FD };

static int
open_file(const struct emulate_call *c, enum means means)
{
	char path[PATH_MAX];
	int r;

	if (means == BY_FD)
		return emulate_open_fd(c, (int)c->args[0]);
	r = emulate_read_text(c, c->args[0], path, sizeof(path));
	if (r < 0)
		return r;
	return emulate_find(c, AT_FDCWD, path,
		means == BY_LINK ? AT_SYMLINK_NOFOLLOW : 0);
}

/* 0 when the call is about an ACL, else what to answer. */
static long
read_name(const struct emulate_call *c, int ours, char name[NAME_SIZE])
{
	int r = emulate_read_text(c, c->args[1], name, NAME_SIZE);

	if (r < 0)
		return r == -ENAMETOOLONG ? -ERANGE : r;
	if (begins(name, OURS))
		return ours;
	return begins(name, ACL_PREFIX) ? 0 : EMULATE_CONTINUE;
}

static void
kept_name(const char *name, char ret[KEPT_SIZE])
{
	(void)snprintf(ret, KEPT_SIZE, OWNER_KEPT_PREFIX "%s", name);
}

int
emulate_keep_acl(int fd, const char *name, const void *list, size_t size)
{
	char path[32], kept[KEPT_SIZE];
	struct stat st;

	emulate_fd_path(fd, path);
	kept_name(name, kept);
	if (setxattr(path, kept, list, size, 0) < 0 || fstat(fd, &st) < 0)
		return -errno;
	/* One that the kernel took is out of date. */
	(void)removexattr(path, name);
	if (strcmp(name, ACL_ACCESS) != 0)
		return 0;
	return chmod(path, acl_mode(list, size, st.st_mode & 07777)) < 0 ?
		-errno : 0;
}

static long
set_attribute(struct emulate_call *c, enum means means)
{
	char name[NAME_SIZE], kept[KEPT_SIZE], path[32];
	autofree char *value = NULL;
	autoclose int fd = -1;
	size_t size = c->args[3];
	long r;

	r = read_name(c, -EPERM, name);
	if (r != 0)
		return r;
	if (size > XATTR_SIZE_MAX)
		return -E2BIG;
	value = mem_alloc(size + 1);
	if (emulate_read(c, c->args[2], value, size) < 0)
		return -EFAULT;
	fd = open_file(c, means);
	if (fd < 0)
		return take_fd(&fd);
	emulate_fd_path(fd, path);
	if (setxattr(path, name, value, size, (int)c->args[4]) < 0)
		return errno == EINVAL ?
			emulate_keep_acl(fd, name, value, size) : -errno;
	kept_name(name, kept);
	(void)removexattr(path, kept);
	return 0;
}

long
emulate_setxattr(struct emulate_call *c)
{
	return set_attribute(c, BY_PATH);
}

long
emulate_lsetxattr(struct emulate_call *c)
{
	return set_attribute(c, BY_LINK);
}

long
emulate_fsetxattr(struct emulate_call *c)
{
	return set_attribute(c, BY_FD);
}

static long
give(struct emulate_call *c, const char *value, size_t size, uint64_t to,
	uint64_t room)
{
	if (room == 0)
		return (long)size;
	if (size > room)
		return -ERANGE;
	if (size && emulate_write(c, to, value, size) < 0)
		return -EFAULT;
	return (long)size;
}

static long
get_attribute(struct emulate_call *c, enum means means)
{
	char name[NAME_SIZE], kept[KEPT_SIZE], path[32];
	autofree char *value = NULL;
	autoclose int fd = -1;
	struct stat st;
	ssize_t size;
	long r;

	r = read_name(c, -ENODATA, name);
	if (r != 0)
		return r;
	fd = open_file(c, means);
	if (fd < 0)
		return EMULATE_CONTINUE;
	emulate_fd_path(fd, path);
	kept_name(name, kept);
	value = mem_alloc(XATTR_SIZE_MAX);
	size = getxattr(path, kept, value, XATTR_SIZE_MAX);
	if (size < 0)
		return EMULATE_CONTINUE;
	/* A chmod(2) changes the list, too. */
	if (strcmp(name, ACL_ACCESS) == 0 && fstat(fd, &st) == 0)
		acl_follow(value, (size_t)size, st.st_mode);
	return give(c, value, (size_t)size, c->args[2], c->args[3]);
}

long
emulate_getxattr(struct emulate_call *c)
{
	return get_attribute(c, BY_PATH);
}

long
emulate_lgetxattr(struct emulate_call *c)
{
	return get_attribute(c, BY_LINK);
}

long
emulate_fgetxattr(struct emulate_call *c)
{
	return get_attribute(c, BY_FD);
}

static long
remove_attribute(struct emulate_call *c, enum means means)
{
	char name[NAME_SIZE], kept[KEPT_SIZE], path[32];
	autoclose int fd = -1;
	long r;

	r = read_name(c, -ENODATA, name);
	if (r != 0)
		return r;
	fd = open_file(c, means);
	if (fd < 0)
		return EMULATE_CONTINUE;
	emulate_fd_path(fd, path);
	kept_name(name, kept);
	return removexattr(path, kept) == 0 ? 0 : EMULATE_CONTINUE;
}

long
emulate_removexattr(struct emulate_call *c)
{
	return remove_attribute(c, BY_PATH);
}

long
emulate_lremovexattr(struct emulate_call *c)
{
	return remove_attribute(c, BY_LINK);
}

long
emulate_fremovexattr(struct emulate_call *c)
{
	return remove_attribute(c, BY_FD);
}

/* The list without ours, in place; what is kept under its real name. */
static size_t
clean_list(char *list, size_t len)
{
	size_t done = 0, item_len;
	const char *item, *shown;

	for (item = list; item < list + len; item += item_len) {
		item_len = strlen(item) + 1;
		shown = item;
		if (begins(item, OWNER_KEPT_PREFIX))
			shown += strlen(OWNER_KEPT_PREFIX);
		else if (begins(item, OURS))
			continue;
		memmove(list + done, shown, strlen(shown) + 1);
		done += strlen(list + done) + 1;
	}
	return done;
}

static long
list_attributes(struct emulate_call *c, enum means means)
{
	autofree char *list = NULL;
	autoclose int fd = -1;
	struct stat st;
	char path[32];
	ssize_t len;

	fd = open_file(c, means);
	if (fd < 0 || fstat(fd, &st) < 0 ||
		(!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return EMULATE_CONTINUE;
	emulate_fd_path(fd, path);
	list = mem_alloc(XATTR_LIST_MAX);
	len = listxattr(path, list, XATTR_LIST_MAX);
	if (len < 0)
		return EMULATE_CONTINUE;
	return give(c, list, clean_list(list, (size_t)len), c->args[1],
		c->args[2]);
}

long
emulate_listxattr(struct emulate_call *c)
{
	return list_attributes(c, BY_PATH);
}

long
emulate_llistxattr(struct emulate_call *c)
{
	return list_attributes(c, BY_LINK);
}

long
emulate_flistxattr(struct emulate_call *c)
{
	return list_attributes(c, BY_FD);
}
