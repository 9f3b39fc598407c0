/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/rootfs-points.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

static const struct point {
	const char *path;
	mode_t type;
} points[] = {
	{ "proc", S_IFDIR }, { "sys", S_IFDIR }, { "dev", S_IFDIR },
	{ "etc", S_IFDIR }, { "etc/hosts", S_IFREG },
	{ "etc/resolv.conf", S_IFREG },
};

static int
make_point(int dir_fd, const struct point *p, struct error *err)
{
	autoclose int fd = -1;

	if (p->type == S_IFDIR && mkdirat(dir_fd, p->path, 0755) < 0)
		return error_errno(err, "cannot make '%s'", p->path);
	fd = openat(dir_fd, p->path, p->type == S_IFDIR ?
		O_RDONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		0644);
	/* Whatever the umask. */
	if (fd < 0 || fchmod(fd, p->type == S_IFDIR ? 0755 : 0644) < 0)
		return error_errno(err, "cannot make '%s'", p->path);
	return 0;
}

static int
fill(int dir_fd, struct error *err)
{
	size_t i;
	int r;

	if (fchmod(dir_fd, 0755) < 0)
		return error_errno(err, "cannot set its mode");
	for (i = 0; i < ARRAY_SIZE(points); i++) {
		r = make_point(dir_fd, &points[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Another process may be as fast: its tree is as good as ours. */
static int
publish(int scratch_fd, const char *temporary, int base_fd, struct error *err)
{
	if (renameat(scratch_fd, temporary, base_fd, ROOTFS_POINTS) == 0)
		return 0;
	if (errno != EEXIST && errno != ENOTEMPTY)
		return error_errno(err, "cannot rename to '" ROOTFS_POINTS
			"'");
	return fs_remove_tree(scratch_fd, temporary, err);
}

int
rootfs_make_points(int base_fd, int scratch_fd, struct error *err)
{
	autofree char *temporary = NULL;
	autoclose int dir_fd = -1;
	int r;

	if (faccessat(base_fd, ROOTFS_POINTS, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	r = fs_make_temp_dir(scratch_fd, &temporary, &dir_fd, err);
	if (r == 0)
		r = fill(dir_fd, err);
	if (r == 0)
		r = publish(scratch_fd, temporary, base_fd, err);
	if (r < 0 && temporary)
		(void)fs_remove_tree(scratch_fd, temporary, NULL);
	return r < 0 ? error_wrap(err, "mount points") : 0;
}
