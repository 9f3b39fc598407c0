/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/cwd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/owner.h"
#include "util/path.h"
#include "util/scope.h"

#define OPEN_DIR (O_PATH | O_DIRECTORY)

/* Where the id does not exist the owner is recorded. */
static int
own(int parent_fd, const char *name, const struct account *user)
{
	autoclose int fd = -1;

	fd = openat(parent_fd, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	return owner_give(fd, user->uid, user->gid);
}

static int
make_one(int root_fd, const char *path, const struct account *user,
	struct error *err)
{
	autoclose int parent = -1;
	autofree char *name = NULL;
	int r;

	r = fs_open_parent(root_fd, path, &parent, &name, err);
	if (r < 0)
		return r;
	if (mkdirat(parent, name, 0755) < 0 ||
		fchmodat(parent, name, 0755, 0) < 0)
		return error_errno(err, "cannot make directory '%s'", path);
	if (user && (user->uid || user->gid) && own(parent, name, user) < 0)
		return error_errno(err, "cannot own directory '%s'", path);
	return 0;
}

/* Parent after parent: "/a", "/a/b", "/a/b/c". */
static int
make_missing(int root_fd, const char *path, const struct account *user,
	struct error *err)
{
	autofree char *prefix = mem_strdup(path);
	char *end = prefix;
	int r = 0;

	while (r == 0 && end) {
		autoclose int fd = -1;

		end = strchr(end + 1, '/');
		if (end)
			*end = '\0';
		r = fs_open_in(root_fd, prefix, FS_IN_ROOT, OPEN_DIR, 0, &fd,
			err);
		if (r == -ENOENT)
			r = make_one(root_fd, prefix, user, err);
		if (end)
			*end = '/';
	}
	return r;
}

int
cwd_open(int root_fd, const char *path, const struct account *user,
	int *ret_fd, struct error *err)
{
	autofree char *clean = path_resolve("/", path ? path : "/");
	int r;

	r = fs_open_in(root_fd, clean, FS_IN_ROOT, OPEN_DIR, 0, ret_fd, err);
	if (r == -ENOENT) {
		r = make_missing(root_fd, clean, user, err);
		if (r == 0)
			r = fs_open_in(root_fd, clean, FS_IN_ROOT, OPEN_DIR, 0,
				ret_fd, err);
	}
	return r < 0 ? error_wrap(err, "working directory '%s'", clean) : 0;
}
