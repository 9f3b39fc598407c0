/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/pack-names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "oci/xattr.h"
#include "util/mem.h"
#include "util/scope.h"

void
pack_names_release(struct pack_names *n)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		free(n->items[i].text);
	free(n->items);
	*n = (struct pack_names){ 0 };
}

static void
add(struct pack_names *n, const struct dirent64 *entry)
{
	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
		return;
	if (n->count == n->room) {
		n->room = n->room ? n->room * 2 : 16;
		n->items = mem_resize(n->items, n->room, sizeof(*n->items));
	}
	n->items[n->count++] = (struct pack_name){
		.text = mem_strdup(entry->d_name),
		.type = entry->d_type,
	};
}

/* From the start, whoever read `dir_fd` before. */
static int
read_all(int dir_fd, struct pack_names *n, struct error *err)
{
	autofree char *entries = mem_alloc(KiB(64));
	ssize_t len, at;

	if (lseek(dir_fd, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot read directory");
	while ((len = getdents64(dir_fd, entries, KiB(64))) > 0) {
		for (at = 0; at < len;) {
			const struct dirent64 *entry =
				(const void *)(entries + at);

			add(n, entry);
			at += entry->d_reclen;
		}
	}
	return len < 0 ? error_errno(err, "cannot read directory") : 0;
}

/* A device 0/0, as the kernel makes them; 1, 0 or negative. */
static int
is_device_whiteout(int dir_fd, const char *name, struct error *err)
{
	struct stat st;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot look at '%s'", name);
	return S_ISCHR(st.st_mode) && st.st_rdev == makedev(0, 0);
}

static int
is_marked_whiteout(int dir_fd, const char *name, struct error *err)
{
	cleanup_value(xattrs_release) struct xattrs x = { 0 };
	autoclose int fd = -1;
	int r;

	fd = openat(dir_fd, name,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", name);
	r = xattrs_read(fd, &x, err);
	return r < 0 ? r : (x.marks & XATTR_WHITEOUT) != 0;
}

static int
find_whiteouts(int dir_fd, bool mixed, struct pack_names *n, struct error *err)
{
	size_t i;
	int r;

	for (i = 0; i < n->count; i++) {
		struct pack_name *name = &n->items[i];

		r = 0;
		if (name->type == DT_CHR || name->type == DT_UNKNOWN)
			r = is_device_whiteout(dir_fd, name->text, err);
		if (name->type == DT_REG && mixed)
			r = is_marked_whiteout(dir_fd, name->text, err);
		if (r < 0)
			return r;
		name->whiteout = r > 0;
	}
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct pack_name *one = a, *other = b;

	if (one->whiteout != other->whiteout)
		return one->whiteout ? -1 : 1;
	return strcmp(one->text, other->text);
}

int
pack_names_read(int dir_fd, bool mixed, struct pack_names *ret,
	struct error *err)
{
	cleanup_value(pack_names_release) struct pack_names n = { 0 };
	int r;

	r = read_all(dir_fd, &n, err);
	if (r < 0)
		return r;
	r = find_whiteouts(dir_fd, mixed, &n, err);
	if (r < 0)
		return r;
	if (n.count > 1)
		qsort(n.items, n.count, sizeof(*n.items), compare);
	*ret = n;
	n = (struct pack_names){ 0 };
	return 0;
}
