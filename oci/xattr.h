/* SPDX-License-Identifier: Apache-2.0 */
/* xattr: extended attributes of files in a layer: those that belong to the
 * image, and those by which overlayfs marks what an upper directory hides. */
#ifndef OCI_XATTR_H
#define OCI_XATTR_H

#include <stdbool.h>
#include <stddef.h>

#include "oci/tar.h"
#include "util/error.h"

/*
 * user.*, security.capability and POSIX ACLs travel with a file. What the
 * host, its overlayfs or we put there does not: user.overlay.*, user.slipway*,
 * trusted.*, security.selinux and the like. True in both directions: an image
 * cannot bring marks of its own.
 */
bool xattr_travels(const char *name);

/* The kernel's overlayfs, documentation filesystems/overlayfs.rst. */
enum xattr_mark {
	XATTR_OPAQUE = 1 << 0,		/* hides the directory below */
	XATTR_HOLDS_WHITEOUTS = 1 << 1,	/* files in it may be whiteouts */
	XATTR_WHITEOUT = 1 << 2,	/* an empty file that is one */
	/* Not the overlay's but ours, util/owner.h. */
	XATTR_OWNER = 1 << 3,		/* its owner is recorded */
	XATTR_NAMES = 1 << 4,		/* those of links in it are */
};

/* What travels, sorted by name, and the marks, bits of enum xattr_mark. */
struct xattrs {
	struct tar_xattr *items;
	size_t count;
	unsigned marks;
};

void xattrs_release(struct xattrs *x);
/* Read those of an open file. A file system without any gives none. Namespaced
 * file capabilities (version 3) are told as the version 2 all images use. */
int xattrs_read(int fd, struct xattrs *ret, struct error *err);
/* Set what travels of `items` on an open file; where the file system has no
 * attributes they are left out. An ACL of ids that do not exist here is kept
 * under another name (util/owner.h), by which xattrs_read() finds it. */
int xattrs_write(int fd, const struct tar_xattr *items, size_t count,
	struct error *err);
/* Mark an open directory opaque, as a mount with userxattr reads it. */
int xattr_make_opaque(int fd, struct error *err);

#endif
