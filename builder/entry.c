/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/entry.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "builder/xattr.h"
#include "util/mem.h"
#include "util/scope.h"
#include "util/strv.h"

static int
kind_of(mode_t mode, enum tar_kind *ret)
{
	static const struct {
		mode_t type;
		enum tar_kind kind;
	} kinds[] = {
		{ S_IFREG, TAR_FILE },
		{ S_IFDIR, TAR_DIR },
		{ S_IFLNK, TAR_SYMLINK },
		{ S_IFCHR, TAR_CHAR },
		{ S_IFBLK, TAR_BLOCK },
		{ S_IFIFO, TAR_FIFO },
	};

	for (size_t n = 0; n < ARRAY_SIZE(kinds); n++) {
		if ((mode & S_IFMT) == kinds[n].type) {
			*ret = kinds[n].kind;
			return 1;
		}
	}
	return 0;
}

static int
read_link(int dir_fd, const char *name, char **ret, struct error *err)
{
	char target[PATH_MAX];
	ssize_t len;

	len = readlinkat(dir_fd, name, target, sizeof(target));
	if (len < 0)
		return error_errno(err, "cannot read link '%s'", name);
	*ret = mem_strndup(target, (size_t)len);
	return 0;
}

/* The sorted names of the attributes that are copied. */
static int
list_xattrs(int fd, struct strv *ret, struct error *err)
{
	autofree char *names = NULL;
	ssize_t len;

	len = flistxattr(fd, NULL, 0);
	if (len == 0 || (len < 0 && errno == ENOTSUP))
		return 0;
	if (len > 0) {
		names = mem_alloc((size_t)len);
		len = flistxattr(fd, names, (size_t)len);
	}
	if (len < 0)
		return error_errno(err, "cannot list extended attributes");
	for (const char *at = names; at < names + len; at += strlen(at) + 1) {
		if (xattr_is_copied(at))
			strv_add(ret, at);
	}
	strv_sort(ret);
	return 0;
}

static int
read_xattr(int fd, const char *name, struct tar_xattr *ret, struct error *err)
{
	autofree char *value = mem_alloc(XATTR_SIZE_MAX);
	ssize_t len;

	len = fgetxattr(fd, name, value, XATTR_SIZE_MAX);
	if (len < 0)
		return error_errno(err, "cannot read attribute '%s'", name);
	ret->name = mem_strdup(name);
	ret->value = mem_dup(value, (size_t)len);
	ret->size = (size_t)len;
	return 0;
}

static int
read_xattrs(int fd, struct tar_entry *e, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	int r;

	r = list_xattrs(fd, &names, err);
	if (r < 0 || names.count == 0)
		return r;
	e->xattrs = mem_array(names.count, sizeof(*e->xattrs));
	for (size_t n = 0; n < names.count; n++) {
		r = read_xattr(fd, names.items[n], &e->xattrs[n], err);
		if (r < 0)
			return r;
		e->xattr_count++;
	}
	return 0;
}

int
entry_read(int dir_fd, const char *name, const struct stat *st, int fd,
	struct tar_entry *ret, struct error *err)
{
	cleanup_value(tar_entry_release) struct tar_entry e = { 0 };
	int r;

	if (!kind_of(st->st_mode, &e.kind))
		return 0;
	e.mode = st->st_mode & 07777;
	e.uid = st->st_uid;
	e.gid = st->st_gid;
	e.mtime = st->st_mtim.tv_sec;
	e.mtime_ns = (uint32_t)st->st_mtim.tv_nsec;
	if (e.kind == TAR_FILE)
		e.size = (uint64_t)st->st_size;
	if (e.kind == TAR_CHAR || e.kind == TAR_BLOCK) {
		e.major = major(st->st_rdev);
		e.minor = minor(st->st_rdev);
	}
	if (e.kind == TAR_SYMLINK) {
		r = read_link(dir_fd, name, &e.link, err);
		if (r < 0)
			return r;
	}
	r = fd >= 0 ? read_xattrs(fd, &e, err) : 0;
	if (r < 0)
		return error_wrap(err, "'%s'", name);
	*ret = e;
	e = (struct tar_entry){ 0 };
	return 1;
}
