/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/cache-mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/carry.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/owner.h"
#include "util/path.h"
#include "util/scope.h"

#define NEW "cache"
/* Of one cache, in use at one time. */
#define PRIVATE_MAX 1000

void
cache_mount_release(struct cache_mount *c)
{
	scope_close(&c->fd);
	free(c->path);
	*c = (struct cache_mount){ .fd = -1 };
}

/* An empty one. Its mode is set whatever the umask. */
static int
make_empty(int dir_fd, const struct run_mount *m, struct error *err)
{
	autoclose int fd = -1;

	if (mkdirat(dir_fd, NEW, 0700) == 0)
		fd = openat(dir_fd, NEW, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot make it");
	if ((m->uid || m->gid) && owner_give(fd, m->uid, m->gid) < 0)
		return error_errno(err, "cannot give it to %u:%u", m->uid,
			m->gid);
	if (fchmod(fd, m->mode) < 0)
		return error_errno(err, "cannot set its mode");
	return 0;
}

static int
fill(int dir_fd, const struct run_mount *m, int seed_fd, struct error *err)
{
	if (seed_fd < 0)
		return make_empty(dir_fd, m, err);
	return carry_tree(seed_fd, ".", dir_fd, NEW, err);
}

/* It appears whole. Another process may be as fast: then that one it is. */
static int
make(struct store *s, const char *name, const struct run_mount *m, int seed_fd,
	struct error *err)
{
	int mounts = store_dir_fd(s, STORE_MOUNTS, err);
	int tmp = store_dir_fd(s, STORE_TMP, err);
	autofree char *temporary = NULL;
	autoclose int dir_fd = -1;
	int r;

	if (mounts < 0 || tmp < 0)
		return -err->code;
	r = fs_make_temp_dir(tmp, &temporary, &dir_fd, err);
	if (r < 0)
		return r;
	r = fill(dir_fd, m, seed_fd, err);
	/* Without the flag an empty one that is in use would be replaced. */
	if (r == 0 && renameat2(dir_fd, NEW, mounts, name, RENAME_NOREPLACE) <
			0 && errno != EEXIST)
		r = error_errno(err, "cannot rename it");
	(void)fs_remove_tree(tmp, temporary, NULL);
	return r;
}

static int
open_one(struct store *s, const char *name, const struct run_mount *m,
	int seed_fd, int *ret_fd, struct error *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int mounts = store_dir_fd(s, STORE_MOUNTS, err);
	int r;

	if (mounts < 0)
		return mounts;
	*ret_fd = openat(mounts, name, flags);
	if (*ret_fd >= 0)
		return 0;
	if (errno != ENOENT)
		return error_errno(err, "cannot open it");
	r = make(s, name, m, seed_fd, err);
	if (r < 0)
		return r;
	*ret_fd = openat(mounts, name, flags);
	return *ret_fd < 0 ? error_errno(err, "cannot open it") : 0;
}

/* 1 when it is ours now, 0 when it is in use and another one is wanted. */
static int
take(int fd, enum run_mount_sharing sharing, struct error *err)
{
	static const enum fs_lock_mode modes[] = {
		[RUN_MOUNT_SHARED] = FS_LOCK_SHARED,
		[RUN_MOUNT_PRIVATE] = FS_LOCK_TRY,
		[RUN_MOUNT_LOCKED] = FS_LOCK_EXCLUSIVE,
	};
	autoerror problem = { 0 };
	int r = fs_lock(fd, modes[sharing], &problem);

	if (r == -EWOULDBLOCK)
		return 0;
	return r < 0 ? error_move(err, &problem) : 1;
}

static int
find_free(struct store *s, const char *id, const struct run_mount *m,
	int seed_fd, struct cache_mount *ret, struct error *err)
{
	for (size_t n = 0; n < PRIVATE_MAX; n++) {
		autofree char *name = n ? mem_printf("%s-%zu", id, n) :
			mem_strdup(id);
		autoclose int fd = -1;
		int r;

		r = open_one(s, name, m, seed_fd, &fd, err);
		if (r == 0)
			r = take(fd, m->sharing, err);
		if (r < 0)
			return r;
		if (r == 0)
			continue;
		ret->fd = take_fd(&fd);
		ret->path = mem_printf("%s/%s/%s", store_path(s),
			store_part_path(STORE_MOUNTS), name);
		return 0;
	}
	return error_set(err, EBUSY, "%d of it are in use", PRIVATE_MAX);
}

int
cache_mount_open(struct store *s, const struct digest *id,
	const struct run_mount *m, int seed_fd, struct cache_mount *ret,
	struct error *err)
{
	char name[128];
	int r;

	/* Owners of one identity are not those of another. */
	store_tree_name(s, id, name);
	r = find_free(s, name, m, seed_fd, ret, err);
	return r < 0 ? error_wrap(err, "cache '%s'", m->id) : 0;
}
