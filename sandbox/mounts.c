/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/scope.h"

/* The calls are made directly: glibc has wrappers since 2.36 only, and its
 * header clashes with the kernel's. */
#define FLAGS_ALL (MOUNTS_READ_ONLY | MOUNTS_NO_SUID | MOUNTS_NO_DEV | \
	MOUNTS_NO_EXEC)

_Static_assert((int)FLAGS_ALL == (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
	MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC), "flags are the kernel's");

static int
set_option(int context, const struct mounts_option *o)
{
	unsigned command = o->value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;

	return (int)syscall(SYS_fsconfig, context, command, o->name, o->value,
		0);
}

int
mounts_create(const char *type, const struct mounts_option *options,
	enum mounts_flags flags, int *ret_fd, struct error *err)
{
	autoclose int context = -1;
	int fd;

	context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
	if (context < 0)
		return error_errno(err, "cannot open file system '%s'", type);
	for (; options && options->name; options++) {
		if (set_option(context, options) < 0)
			return error_errno(err, "%s does not take option '%s'",
				type, options->name);
	}
	if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL,
		    0) < 0)
		return error_errno(err, "cannot create a new '%s'", type);
	fd = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC,
		(unsigned)flags);
	if (fd < 0)
		return error_errno(err, "cannot mount '%s'", type);
	*ret_fd = fd;
	return 0;
}

int
mounts_clone(int dir_fd, const char *path, bool recursive, int *ret_fd,
	struct error *err)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
		AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
	int fd;

	if (recursive)
		flags |= AT_RECURSIVE;
	fd = (int)syscall(SYS_open_tree, dir_fd, path, flags);
	if (fd < 0)
		return error_errno(err, "cannot bind '%s'", path);
	*ret_fd = fd;
	return 0;
}

int
mounts_add_flags(int mount_fd, enum mounts_flags flags, bool recursive,
	struct error *err)
{
	struct mount_attr attributes = { .attr_set = (unsigned)flags };
	unsigned how = AT_EMPTY_PATH;

	if (recursive)
		how |= AT_RECURSIVE;
	if (syscall(SYS_mount_setattr, mount_fd, "", how, &attributes,
		    sizeof(attributes)) < 0)
		return error_errno(err, "cannot change the flags of a mount");
	return 0;
}

int
mounts_attach(int mount_fd, int target_fd, struct error *err)
{
	if (syscall(SYS_move_mount, mount_fd, "", target_fd, "",
		    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return error_errno(err, "cannot attach a mount");
	return 0;
}

int
mounts_attach_at(int mount_fd, int dir_fd, const char *name,
	struct error *err)
{
	if (syscall(SYS_move_mount, mount_fd, "", dir_fd, name,
		    MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return error_errno(err, "cannot mount on '%s'", name);
	return 0;
}

int
mounts_make_private(struct error *err)
{
	struct mount_attr attributes = { .propagation = MS_PRIVATE };

	if (syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE,
		    &attributes, sizeof(attributes)) < 0)
		return error_errno(err, "cannot make mounts private");
	return 0;
}
