/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

static enum mounts_flags
flags_of(const struct sandbox_mount *m)
{
	return (m->is_device ? MOUNTS_PLAIN : MOUNTS_NO_DEV) |
		(m->source ? MOUNTS_PLAIN : MOUNTS_NO_SUID) |
		(m->read_only ? MOUNTS_READ_ONLY : MOUNTS_PLAIN);
}

static int
clone_source(const struct sandbox_mount *m, int *ret_fd, struct error *err)
{
	autoclose int root = open(m->source, O_PATH | O_CLOEXEC);
	autoclose int inside = -1;
	int r = 0;

	if (root < 0)
		return error_errno(err, "cannot open '%s'", m->source);
	if (m->inside)
		r = fs_open_in(root, m->inside, FS_IN_ROOT, O_PATH, 0, &inside,
			err);
	if (r == 0)
		r = mounts_clone(m->inside ? inside : root, "", true, ret_fd,
			err);
	return r < 0 ? r : mounts_add_flags(*ret_fd, flags_of(m), true, err);
}

/* What is shown of the kernel is not to be replaced: programs, and we, judge
 * by it. */
static int
check_place(int fd, struct error *err)
{
	struct statfs st;

	if (fstatfs(fd, &st) < 0)
		return error_errno(err, "cannot look at it");
	if (st.f_type == PROC_SUPER_MAGIC || st.f_type == SYSFS_MAGIC ||
		st.f_type == CGROUP2_SUPER_MAGIC)
		return error_set(err, EACCES,
			"nothing can be mounted in /proc and /sys");
	return 0;
}

static int
make_place(int root_fd, const struct sandbox_mount *m, bool is_dir,
	int *ret_fd, struct error *err)
{
	autofree char *above = path_dir(m->target);
	autoclose int dir = -1;
	int r;

	if (is_dir)
		return fs_make_dirs(root_fd, m->target, 0755, ret_fd, err);
	r = fs_make_dirs(root_fd, above, 0755, &dir, err);
	if (r < 0)
		return r;
	*ret_fd = openat(dir, path_base(m->target),
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	return *ret_fd < 0 ? error_errno(err, "cannot make it") : 0;
}

static int
find_place(int root_fd, const struct sandbox_mount *m, bool is_dir,
	int *ret_fd, struct error *err)
{
	int r;

	r = fs_open_in(root_fd, m->target, FS_IN_ROOT, O_PATH, 0, ret_fd, err);
	if (r == -ENOENT && m->make_target)
		r = make_place(root_fd, m, is_dir, ret_fd, err);
	return r < 0 ? r : check_place(*ret_fd, err);
}

static int
attach(int root_fd, const struct sandbox_mount *m, struct error *err)
{
	autoclose int mount = -1;
	autoclose int place = -1;
	struct stat st;
	int r;

	r = m->source ? clone_source(m, &mount, err) :
		mounts_create("tmpfs", m->tmpfs, flags_of(m), &mount, err);
	if (r < 0)
		return r;
	if (fstat(mount, &st) < 0)
		return error_errno(err, "cannot look at '%s'", m->source);
	r = find_place(root_fd, m, S_ISDIR(st.st_mode), &place, err);
	return r < 0 ? r : mounts_attach(mount, place, err);
}

int
attach_mount(int root_fd, const struct sandbox_mount *m, struct error *err)
{
	int r = attach(root_fd, m, err);

	return r < 0 ? error_wrap(err, "mount '%s' on '%s'",
		m->inside ? m->inside : m->source ? m->source : "tmpfs",
		m->target) : 0;
}
