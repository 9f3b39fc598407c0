/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/entry.h"

#include <sys/sysmacros.h>

#include "builder/xattr.h"
#include "oci/xattr.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

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

/* Of what travels with a file, what a copy takes along. */
static int
read_xattrs(int fd, struct tar_entry *e, struct error *err)
{
	cleanup_value(xattrs_release) struct xattrs found = { 0 };
	int r;

	r = xattrs_read(fd, &found, err);
	if (r < 0 || found.count == 0)
		return r;
	e->xattrs = mem_array(found.count, sizeof(*e->xattrs));
	for (size_t n = 0; n < found.count; n++) {
		struct tar_xattr *from = &found.items[n];
		struct tar_xattr *to = &e->xattrs[e->xattr_count];

		if (!xattr_is_copied(from->name))
			continue;
		to->name = take_ptr(&from->name);
		to->value = take_ptr(&from->value);
		to->size = from->size;
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
		r = fs_read_link(dir_fd, name, &e.link, err);
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
