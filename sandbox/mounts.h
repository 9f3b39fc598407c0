/* SPDX-License-Identifier: Apache-2.0 */
/* mounts: mount by descriptor, so that no path can be swapped in between; the
 * kernel's "new mount API" (Linux 5.12, mount_setattr(2), is the floor). */
#ifndef SANDBOX_MOUNTS_H
#define SANDBOX_MOUNTS_H

#include <stdbool.h>

#include "util/error.h"

/* Kept as the kernel numbers them (MOUNT_ATTR_*). */
enum mounts_flags {
	MOUNTS_PLAIN = 0,
	MOUNTS_READ_ONLY = 1 << 0,
	MOUNTS_NO_SUID = 1 << 1,
	MOUNTS_NO_DEV = 1 << 2,
	MOUNTS_NO_EXEC = 1 << 3,
};

/* One option of a file system; a NULL value is a flag. A list of them ends
 * with an all-zero one. */
struct mounts_option {
	const char *name;
	const char *value;
};

/* A fresh instance of file system `type` (options may be NULL), attached
 * nowhere yet. EPERM when the kernel refuses it here, ENODEV when it has no
 * such file system. */
int mounts_create(const char *type, const struct mounts_option *options,
	enum mounts_flags flags, int *ret_fd, struct error *err);

/* A copy of what is mounted at `path` (below `dir_fd`, or AT_FDCWD; "" is
 * dir_fd itself), with all below it if `recursive`; attached nowhere yet. A
 * last component that is a link is not followed. */
int mounts_clone(int dir_fd, const char *path, bool recursive, int *ret_fd,
	struct error *err);

/* Add flags to an unattached or attached mount, and to all below it if
 * `recursive`. */
int mounts_add_flags(int mount_fd, enum mounts_flags flags, bool recursive,
	struct error *err);

/* Attach to what `target_fd` (O_PATH is enough) stands for. */
int mounts_attach(int mount_fd, int target_fd, struct error *err);
/* Attach to dir_fd/name, the last component not followed. */
int mounts_attach_at(int mount_fd, int dir_fd, const char *name,
	struct error *err);

/* Nothing that is mounted here shows elsewhere, nor the other way round. */
int mounts_make_private(struct error *err);

#endif
