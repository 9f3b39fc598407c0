/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/run-dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/proc.h"
#include "util/strv.h"

#define RUNS_MAX 100000

/* A file, not the directory: NFS locks across hosts only what can be written.
 * No id looks like the one of all runs. */
#define LOCK_OF_RUN "lock"
#define LOCK_OF_RUNS ".lock"

struct run_dir {
	char *id;
	char *path;
	int runs_fd;
	int fd;
	int lock_fd;
	enum identity identity;
	bool made; /* ours to remove */
};

static bool
is_good_id(const char *id)
{
	return *id && strlen(id) <= 63 &&
		strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789") ==
		strlen(id);
}

static int
check_id(const char *id, struct error *err)
{
	if (is_good_id(id))
		return 0;
	(void)error_set(err, EINVAL, "'%s' is not a run id", id);
	(void)error_hint(err, "lower-case letters and digits, at most 63");
	return error_kind(err, ERROR_REQUEST);
}

static int
remove_as_them(int runs_fd, const char *id, enum identity identity,
	struct error *err)
{
	struct proc_end end = { 0 };
	struct userns userns;
	autoproc child = { 0 };
	int r;

	r = proc_fork(&child, err);
	if (r < 0)
		return r;
	if (r == 0) {
		r = userns_enter(identity, &userns, NULL);
		if (r == 0)
			r = fs_remove_tree(runs_fd, id, NULL);
		_exit(r < 0 ? 1 : 0);
	}
	r = proc_wait(&child, -1, &end, err);
	if (r == 0 && proc_end_status(&end) != 0)
		r = error_set(err, EACCES, "not even as the steps' users");
	return r;
}

static void
remove_run(int runs_fd, const char *id, enum identity identity)
{
	autoerror err = { 0 };
	int r = fs_remove_tree(runs_fd, id, &err);

	if (r == -EACCES || r == -EPERM)
		r = remove_as_them(runs_fd, id, identity, &err);
	if (r < 0)
		log_warning("cannot remove the workspace of run '%s': %s", id,
			err.text ? err.text : strerror(-r));
}

static int
open_lock(int dir_fd, const char *name, int *ret, struct error *err)
{
	*ret = openat(dir_fd, name,
		O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (*ret < 0)
		return error_errno(err, "cannot open '%s'", name);
	return 0;
}

/* A lock that cannot be asked for is taken for held. */
static bool
is_dead(int runs_fd, const char *id)
{
	autofree char *name = mem_printf("%s/" LOCK_OF_RUN, id);
	autoclose int lock = -1;

	return open_lock(runs_fd, name, &lock, NULL) == 0 &&
		fs_lock(lock, FS_LOCK_TRY, NULL) == 0;
}

static void
sweep(int runs_fd, enum identity identity)
{
	cleanup_value(strv_release) struct strv ids = { 0 };
	size_t i;

	if (fs_list(runs_fd, RUNS_MAX, &ids, NULL) < 0)
		return;
	for (i = 0; i < ids.count; i++) {
		if (!is_good_id(ids.items[i]) ||
			!is_dead(runs_fd, ids.items[i]))
			continue;
		log_debug("run '%s' was killed: its files go",
			ids.items[i]);
		remove_run(runs_fd, ids.items[i], identity);
	}
}

/* Under the lock of all runs, so that nobody takes it for dead before its own
 * lock is held. */
static int
make(struct run_dir *d, struct error *err)
{
	int r;

	d->made = mkdirat(d->runs_fd, d->id, 0700) == 0;
	if (!d->made)
		return error_errno(err, "cannot make run '%s'", d->id);
	d->fd = openat(d->runs_fd, d->id, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->fd < 0)
		return error_errno(err, "cannot open run '%s'", d->id);
	r = open_lock(d->fd, LOCK_OF_RUN, &d->lock_fd, err);
	/* Where there are no locks, nothing is swept either. */
	if (r == 0)
		(void)fs_lock(d->lock_fd, FS_LOCK_TRY, NULL);
	return r;
}

static int
fill(struct run_dir *d, const char *state_path, struct error *err)
{
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int runs_lock = -1;
	autofree char *runs = path_resolve(state_path, "runs");
	int r;

	if (root < 0)
		return error_errno(err, "cannot open '/'");
	r = fs_make_dirs(root, runs, 0700, &d->runs_fd, err);
	if (r == 0)
		r = open_lock(d->runs_fd, LOCK_OF_RUNS, &runs_lock, err);
	if (r < 0)
		return r;
	(void)fs_lock(runs_lock, FS_LOCK_EXCLUSIVE, NULL);
	sweep(d->runs_fd, d->identity);
	d->path = path_resolve(runs, d->id);
	return make(d, err);
}

int
run_dir_open(const char *state_path, const char *id, enum identity identity,
	struct run_dir **ret, struct error *err)
{
	cleanup(run_dir_free) struct run_dir *d = NULL;
	int r;

	r = check_id(id, err);
	if (r < 0)
		return r;
	d = mem_zalloc(sizeof(*d));
	d->runs_fd = -1;
	d->fd = -1;
	d->lock_fd = -1;
	d->identity = identity;
	d->id = mem_strdup(id);
	r = fill(d, state_path, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&d);
	return 0;
}

struct run_dir *
run_dir_free(struct run_dir *d)
{
	if (!d)
		return NULL;
	if (d->made)
		remove_run(d->runs_fd, d->id, d->identity);
	scope_close(&d->lock_fd);
	scope_close(&d->fd);
	scope_close(&d->runs_fd);
	free(d->id);
	free(d->path);
	free(d);
	return NULL;
}

const char *
run_dir_path(const struct run_dir *d)
{
	return d->path;
}

int
run_dir_fd(const struct run_dir *d)
{
	return d->fd;
}
