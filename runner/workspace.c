/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/workspace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "runner/run-dir.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/proc.h"
#include "util/strv.h"

#define DEPTH_MAX 256
#define NAMES_MAX 1000000
#define ID_LENGTH 8

struct workspace {
	struct run_dir *run;
	char *path; /* of the copy */
	char *home;
	int fd;
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
	if (fstatat(run_dir_fd(w->run), "..", &c.runs, 0) < 0)
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

static int
make_copy(struct workspace *w, const char *context, struct error *err)
{
	int run = run_dir_fd(w->run);

	if (mkdirat(run, "workspace", 0755) < 0 ||
		mkdirat(run, "home", 0755) < 0)
		return error_errno(err, "cannot make the workspace");
	/* For whichever user a step has; nobody else gets that far. */
	if (fchmodat(run, "workspace", 0777, 0) < 0 ||
		fchmodat(run, "home", 0777, 0) < 0)
		return error_errno(err, "cannot set up the workspace");
	w->fd = openat(run, "workspace", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w->fd < 0)
		return error_errno(err, "cannot open the workspace");
	w->path = mem_printf("%s/workspace", run_dir_path(w->run));
	w->home = mem_printf("%s/home", run_dir_path(w->run));
	return copy_context(w, context, w->fd, err);
}

int
workspace_open(const char *state_path, const char *id, const char *context,
	enum identity identity, struct workspace **ret, struct error *err)
{
	cleanup(workspace_free) struct workspace *w = mem_zalloc(sizeof(*w));
	int r;

	w->fd = -1;
	r = run_dir_open(state_path, id, identity, &w->run, err);
	if (r == 0)
		r = make_copy(w, context, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&w);
	return 0;
}

struct workspace *
workspace_free(struct workspace *w)
{
	if (!w)
		return NULL;
	scope_close(&w->fd);
	(void)run_dir_free(w->run);
	free(w->path);
	free(w->home);
	free(w);
	return NULL;
}

const char *
workspace_path(const struct workspace *w)
{
	return w->path;
}

int
workspace_run_fd(const struct workspace *w)
{
	return run_dir_fd(w->run);
}

const char *
workspace_run_path(const struct workspace *w)
{
	return run_dir_path(w->run);
}

const char *
workspace_home(const struct workspace *w)
{
	return w->home;
}

int
workspace_fd(const struct workspace *w)
{
	return w->fd;
}
