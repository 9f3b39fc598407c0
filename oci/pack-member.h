/* SPDX-License-Identifier: Apache-2.0 */
/* pack-member: one file of a tree becomes one member of the tar; private to
 * oci/pack*.c. pack.c walks, this is called on the way. */
#ifndef OCI_PACK_MEMBER_H
#define OCI_PACK_MEMBER_H

#include <sys/stat.h>

#include "oci/pack.h"
#include "oci/tar.h"
#include "oci/xattr.h"
#include "util/buf.h"
#include "util/map.h"

/* Of a path in a layer. */
#define PACK_PATH_MAX 4096

/* Where the walk is. Only one directory is open at a time, so that depth costs
 * no descriptors: the way up is "..". */
struct pack_walk {
	const struct pack_options *options;
	struct tar_writer *out;		/* borrowed */
	struct map *links;		/* "DEV:INODE" -> first path */
	struct buf path;		/* of what is being packed */
	int dir_fd;			/* the directory it is in */
	const struct buf *owners;	/* recorded of the links in there */
};

/* -EBUSY: somebody else works in the tree. */
int pack_changed(struct pack_walk *w, struct error *err);
/* Open `name` in the walk's directory, never through a link. */
int pack_open(struct pack_walk *w, const char *name, int flags, int *ret_fd,
	struct stat *ret_st, struct error *err);
/* Attributes, and with them the owner if it is recorded there. */
int pack_read_xattrs(struct pack_walk *w, int fd, struct stat *st,
	struct xattrs *ret, struct error *err);
/* Path, mode, owner and time. */
void pack_fill(const struct pack_walk *w, const struct stat *st,
	struct tar_entry *e);
/* `e` with what travels of `x`. */
int pack_add(struct pack_walk *w, struct tar_entry *e, const struct xattrs *x,
	struct error *err);
/* Leave the clamped time behind in the tree, if that is wanted. */
int pack_clamp(const struct pack_walk *w, const char *name,
	const struct stat *st, struct error *err);

/* A regular file, with its data. */
int pack_file(struct pack_walk *w, const char *name, struct error *err);
/* Links, devices and pipes, which are looked at but not opened. They have no
 * attributes that travel: the kernel allows user.* on files and directories. */
int pack_special(struct pack_walk *w, const char *name, const struct stat *st,
	enum tar_kind kind, struct error *err);

#endif
