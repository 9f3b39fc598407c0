/* SPDX-License-Identifier: Apache-2.0 */
#include "util/owner.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/num.h"
#include "util/scope.h"
#include "util/strv.h"

static int
parse_number(const char *text, uint32_t *ret)
{
	uint64_t n;

	if (num_parse(text, UINT32_MAX - 1, &n, NULL) < 0)
		return -EINVAL;
	*ret = (uint32_t)n;
	return 0;
}

static int
parse_device(char *const *fields, struct owner *o)
{
	if (strcmp(fields[0], "c") == 0)
		o->type = S_IFCHR;
	else if (strcmp(fields[0], "b") == 0)
		o->type = S_IFBLK;
	else
		return -EINVAL;
	if (parse_number(fields[1], &o->major) < 0)
		return -EINVAL;
	return parse_number(fields[2], &o->minor);
}

int
owner_parse(const char *text, size_t len, struct owner *ret)
{
	cleanup_value(strv_release) struct strv fields = { 0 };
	autofree char *whole = NULL;
	struct owner o = { 0 };

	if (len >= OWNER_TEXT_SIZE || memchr(text, '\0', len))
		return -EINVAL;
	whole = mem_strndup(text, len);
	strv_split(&fields, whole, ':');
	if (fields.count != 2 && fields.count != 5)
		return -EINVAL;
	if (parse_number(fields.items[0], &o.uid) < 0 ||
		parse_number(fields.items[1], &o.gid) < 0)
		return -EINVAL;
	if (fields.count == 5 && parse_device(fields.items + 2, &o) < 0)
		return -EINVAL;
	*ret = o;
	return 0;
}

size_t
owner_format(const struct owner *o, char ret[OWNER_TEXT_SIZE])
{
	int len;

	if (o->type)
		len = snprintf(ret, OWNER_TEXT_SIZE, "%u:%u:%c:%u:%u", o->uid,
			o->gid, S_ISCHR(o->type) ? 'c' : 'b', o->major,
			o->minor);
	else
		len = snprintf(ret, OWNER_TEXT_SIZE, "%u:%u", o->uid, o->gid);
	return (size_t)len;
}

void
owner_apply(const struct owner *o, struct stat *st)
{
	st->st_uid = o->uid;
	st->st_gid = o->gid;
	if (!o->type)
		return;
	st->st_mode = (st->st_mode & ~(mode_t)S_IFMT) | o->type;
	st->st_rdev = makedev(o->major, o->minor);
}

int
owner_read(int fd, struct owner *ret)
{
	char text[OWNER_TEXT_SIZE];
	ssize_t len = fgetxattr(fd, OWNER_ATTRIBUTE, text, sizeof(text));

	return len > 0 && owner_parse(text, (size_t)len, ret) == 0;
}

void
owner_read_names(int fd, struct buf *ret)
{
	ssize_t len;

	/* It may have grown between one call and the next. */
	do {
		len = fgetxattr(fd, OWNER_NAMES_ATTRIBUTE, NULL, 0);
		if (len <= 0)
			return;
		len = fgetxattr(fd, OWNER_NAMES_ATTRIBUTE,
			buf_room(ret, (size_t)len), (size_t)len);
	} while (len < 0 && errno == ERANGE);
	if (len > 0)
		buf_grew(ret, (size_t)len);
}

static bool
has_attributes(const struct stat *st)
{
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
}

/* Attributes by name, as O_PATH descriptors refuse them. */
static int
look_at_own(int dir_fd, const char *name, struct owner *ret)
{
	autofree char *path = mem_printf("/proc/self/fd/%d/%s", dir_fd, name);
	char text[OWNER_TEXT_SIZE];
	ssize_t len = lgetxattr(path, OWNER_ATTRIBUTE, text, sizeof(text));

	return len > 0 && owner_parse(text, (size_t)len, ret) == 0;
}

static int
look_at_name(int dir_fd, const char *name, struct owner *ret)
{
	autofree char *path = mem_printf("/proc/self/fd/%d", dir_fd);
	autofree char *list = NULL;
	ssize_t len = getxattr(path, OWNER_NAMES_ATTRIBUTE, NULL, 0);

	if (len <= 0)
		return 0;
	list = mem_alloc((size_t)len);
	len = getxattr(path, OWNER_NAMES_ATTRIBUTE, list, (size_t)len);
	return len > 0 && owner_names_find(list, (size_t)len, name, ret);
}

/* Overlays mark what is deleted by devices: those belong to nobody. */
static bool
is_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);
}

void
owner_look_at(int dir_fd, const char *name, struct stat *st)
{
	struct owner o;
	int r;

	if (is_device(st))
		return;
	r = has_attributes(st) ? look_at_own(dir_fd, name, &o) :
				 look_at_name(dir_fd, name, &o);
	if (r > 0)
		owner_apply(&o, st);
}

static int
result(int r)
{
	return r < 0 && errno != ENODATA ? -errno : 0;
}

static int
record_own(int fd, const struct owner *o)
{
	char text[OWNER_TEXT_SIZE];

	if (!o)
		return result(fremovexattr(fd, OWNER_ATTRIBUTE));
	return result(fsetxattr(fd, OWNER_ATTRIBUTE, text,
		owner_format(o, text), 0));
}

static int
write_names(int fd, const struct buf *list)
{
	if (list->overflow)
		return -E2BIG;
	if (list->len == 0)
		return result(fremovexattr(fd, OWNER_NAMES_ATTRIBUTE));
	return result(fsetxattr(fd, OWNER_NAMES_ATTRIBUTE, list->data,
		list->len, 0));
}

int
owner_record(int fd, const char *name, const struct owner *o)
{
	cleanup_value(buf_release) struct buf list = { 0 };
	int r;

	if (*name == '\0')
		return record_own(fd, o);
	buf_init(&list, OWNER_NAMES_MAX);
	owner_read_names(fd, &list);
	if (!o && list.len == 0)
		return 0;
	owner_names_set(&list, name, o);
	r = write_names(fd, &list);
	/* Some file systems have room for 4 KiB only. */
	if (r != -ENOSPC && r != -E2BIG)
		return r;
	r = owner_names_shorten(&list, fd);
	return r < 0 ? r : write_names(fd, &list);
}

int
owner_give(int fd, uint32_t uid, uint32_t gid)
{
	const struct owner o = { .uid = uid, .gid = gid };

	if (fchown(fd, uid, gid) == 0)
		return 0;
	if (errno != EINVAL && errno != EPERM)
		return -errno;
	return owner_record(fd, "", &o);
}
