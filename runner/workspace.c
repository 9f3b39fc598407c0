/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/workspace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/proc.h"
#include "util/strv.h"

#define DEPTH_MAX 256
#define NAMES_MAX 1000000
#define ID_LENGTH 8

struct workspace {
	char *id;
	char *path; /* of the copy */
	int runs_fd;
	int fd; /* the copy */
	enum identity identity;
	bool made; /* runs/ID is ours to remove */
};

/* A copy in progress. */
struct copy {
	struct stat runs; /* never copied, should it lie in the context */
	unsigned depth;
};

static int
copy_file(int from_dir, int to_dir, const char *name, const struct stat *info,
	struct error *err)
{
	const struct timespec times[] = { info->st_atim, info->st_mtim };
	autoclose int from = openat(
		from_dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	autoclose int to = -1;
	uint64_t copied;
	int r;

	if (from < 0)
		return error_errno(err, "cannot open '%s'", name);
	to = openat(
		to_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (to < 0)
		return error_errno(err, "cannot make '%s'", name);
	r = fs_copy_data(from, to, UINT64_MAX, &copied, err);
	if (r < 0)
		return error_wrap(err, "'%s'", name);
	if (fchmod(to, info->st_mode & 07777) < 0 || futimens(to, times) < 0)
		return error_errno(err, "cannot set up '%s'", name);
	return 0;
}

static int
copy_link(int from_dir, int to_dir, const char *name, struct error *err)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(from_dir, name, target, sizeof(target));

	if (len < 0 || (size_t)len == sizeof(target))
		return error_errno(err, "cannot read link '%s'", name);
	target[len] = '\0';
	if (symlinkat(target, to_dir, name) < 0)
		return error_errno(err, "cannot make link '%s'", name);
	return 0;
}

static int copy_dir(struct copy *c, int from, int to, struct error *err);

static int
copy_below(struct copy *c, int from_dir, int to_dir, const char *name,
	const struct stat *info, struct error *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	autoclose int from = -1;
	autoclose int to = -1;
	int r;

	if (info->st_dev == c->runs.st_dev && info->st_ino == c->runs.st_ino)
		return 0;
	from = openat(from_dir, name, flags);
	if (from < 0)
		return error_errno(err, "cannot open '%s'", name);
	if (mkdirat(to_dir, name, 0700) < 0)
		return error_errno(err, "cannot make '%s'", name);
	to = openat(to_dir, name, flags);
	if (to < 0)
		return error_errno(err, "cannot open '%s'", name);
	r = copy_dir(c, from, to, err);
	if (r < 0)
		return error_wrap(err, "%s", name);
	if (fchmod(to, info->st_mode & 07777) < 0)
		return error_errno(err, "cannot set up '%s'", name);
	return 0;
}

static int
copy_entry(
	struct copy *c, int from, int to, const char *name, struct error *err)
{
	struct stat info;

	if (fstatat(from, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot look at '%s'", name);
	if (S_ISREG(info.st_mode))
		return copy_file(from, to, name, &info, err);
	if (S_ISLNK(info.st_mode))
		return copy_link(from, to, name, err);
	if (S_ISDIR(info.st_mode))
		return copy_below(c, from, to, name, &info, err);
	log_debug("'%s' of the context is left out: not a file", name);
	return 0;
}

static int
copy_dir(struct copy *c, int from, int to, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	size_t i;
	int r;

	if (++c->depth > DEPTH_MAX)
		return error_set(
			err, ELOOP, "deeper than %d directories", DEPTH_MAX);
	r = fs_list(from, NAMES_MAX, &names, err);
	for (i = 0; r == 0 && i < names.count; i++) {
		r = copy_entry(c, from, to, names.items[i], err);
		if (r == 0)
			r = proc_check_interrupt(err);
	}
	c->depth--;
	return r;
}

static int
copy_context(const struct workspace *w, const char *context, int to,
	struct error *err)
{
	autoclose int from = -1;
	struct copy c = { 0 };
	int r;

	if (strcmp(context, "/dev/null") == 0)
		return 0;
	from = open(context, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (from < 0) {
		error_errno(err, "cannot open context '%s'", context);
		return error_kind(err, ERROR_LOCAL);
	}
	if (fstat(w->runs_fd, &c.runs) < 0)
		return error_errno(err, "cannot look at the runs");
	r = copy_dir(&c, from, to, err);
	if (r < 0)
		return error_wrap(err, "context '%s'", context);
	return 0;
}

char *
workspace_new_id(void)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	unsigned char bytes[ID_LENGTH] = { 0 };
	char id[ID_LENGTH + 1];
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		log_debug("no random numbers for a run's id");
	for (i = 0; i < ID_LENGTH; i++)
		id[i] = letters[bytes[i] % (i ? 36 : 26)];
	id[ID_LENGTH] = '\0';
	return mem_strdup(id);
}

static bool
is_good_id(const char *id)
{
	return *id && strlen(id) <= 63 &&
		strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789") ==
		strlen(id);
}

static int
fill(struct workspace *w, const char *state_path, const char *id,
	const char *context, struct error *err)
{
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int copy = -1;
	autofree char *runs = path_resolve(state_path, "runs");
	autofree char *inside = NULL;
	int r;

	if (root < 0)
		return error_errno(err, "cannot open '/'");
	r = fs_make_dirs(root, runs, 0700, &w->runs_fd, err);
	if (r < 0)
		return r;
	w->id = mem_strdup(id);
	w->made = mkdirat(w->runs_fd, w->id, 0700) == 0;
	if (!w->made)
		return error_errno(err, "cannot make run '%s'", w->id);
	inside = mem_printf("%s/workspace", w->id);
	if (mkdirat(w->runs_fd, inside, 0755) < 0)
		return error_errno(err, "cannot make '%s'", inside);
	copy = openat(w->runs_fd, inside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (copy < 0)
		return error_errno(err, "cannot open '%s'", inside);
	w->path = mem_printf("%s/%s", runs, inside);
	w->fd = take_fd(&copy);
	return copy_context(w, context, w->fd, err);
}

int
workspace_open(const char *state_path, const char *id, const char *context,
	enum identity identity, struct workspace **ret, struct error *err)
{
	cleanup(workspace_free) struct workspace *w = mem_zalloc(sizeof(*w));
	int r;

	w->runs_fd = -1;
	w->fd = -1;
	w->identity = identity;
	if (!is_good_id(id)) {
		error_set(err, EINVAL, "'%s' is not a run id", id);
		error_hint(err, "lower-case letters and digits, at most 63");
		return error_kind(err, ERROR_REQUEST);
	}
	r = fill(w, state_path, id, context, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&w);
	return 0;
}

static int
remove_as_them(const struct workspace *w, struct error *err)
{
	struct proc_end end = { 0 };
	struct userns userns;
	autoproc child = { 0 };
	int r;

	r = proc_fork(&child, err);
	if (r < 0)
		return r;
	if (r == 0) {
		r = userns_enter(w->identity, &userns, NULL);
		if (r == 0)
			r = fs_remove_tree(w->runs_fd, w->id, NULL);
		_exit(r < 0 ? 1 : 0);
	}
	r = proc_wait(&child, -1, &end, err);
	if (r == 0 && proc_end_status(&end) != 0)
		r = error_set(err, EACCES, "not even as the steps' users");
	return r;
}

struct workspace *
workspace_free(struct workspace *w)
{
	autoerror err = { 0 };
	int r = 0;

	if (!w)
		return NULL;
	if (w->made)
		r = fs_remove_tree(w->runs_fd, w->id, &err);
	if (r == -EACCES || r == -EPERM)
		r = remove_as_them(w, &err);
	if (r < 0)
		log_warning("cannot remove the workspace of run '%s': %s",
			w->id, err.text ? err.text : strerror(-r));
	scope_close(&w->fd);
	scope_close(&w->runs_fd);
	free(w->id);
	free(w->path);
	free(w);
	return NULL;
}

const char *
workspace_path(const struct workspace *w)
{
	return w->path;
}

int
workspace_fd(const struct workspace *w)
{
	return w->fd;
}
