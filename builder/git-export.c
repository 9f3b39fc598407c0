/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "builder/git-tree.h"
#include "oci/unpack.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/scope.h"

#define WORDS_MAX KiB(64)
/* Submodules in submodules. */
#define DEPTH_MAX 10
/* Of all levels together: each may have many that have many. */
#define MODULES_MAX 1000

/* What goes down through all submodules. */
struct export {
	struct store *store;
	const struct git_settings *settings;
	const char *home;	/* where secrets without a host go */
	bool is_local;		/* the user's own URL is a path of this host */
	bool with_modules;
	unsigned depth;
	unsigned *module_count;	/* so far, of all levels */
};

/* -EIO without a story when it is git that failed; its words tell.
 *
 * The files come as git archive's stream, which our own unpacker reads: git
 * never writes to a work tree that a repository has a say in. The commit comes
 * first, so that all have its time.
 */
static int
unpack_stream(struct git_repo *r, const struct strv *args, int log_fd,
	int dir_fd, struct error *err)
{
	const struct unpack_options options = { .form = UNPACK_ARCHIVE,
		.limits = tar_default_limits };
	cleanup(source_free) struct source *from = NULL;
	autoclose int in = -1;
	autoproc child = { 0 };
	struct proc_end end;
	int fds[2], failed;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	in = fds[0];
	failed = git_child_start(r->child, r->fd, args, fds[1], log_fd, &child,
		err);
	(void)close(fds[1]);
	if (failed < 0)
		return failed;
	from = source_from_fd(in);
	failed = unpack_tar(from, dir_fd, &options, err);
	/* If it still writes, it need not. */
	(void)close(take_fd(&in));
	if (proc_wait(&child, -1, &end, NULL) < 0)
		return error_set(err, ECHILD, "cannot wait for git");
	if (proc_end_status(&end) == 0 || end.signal == SIGPIPE)
		return failed;
	error_release(err);
	return -EIO;
}

/* Its own words tell more than that a stream was cut short. */
static int
unpack(struct git_repo *r, const struct strv *args, int dir_fd,
	struct error *err)
{
	int tmp_fd = store_dir_fd(r->store, STORE_TMP, err);
	cleanup_value(buf_release) struct buf words = { 0 };
	autofree char *name = NULL;
	autoclose int log = -1;
	autoerror why = { 0 };
	int failed;

	if (tmp_fd < 0)
		return tmp_fd;
	failed = fs_make_temp_file(tmp_fd, &name, &log, err);
	if (failed < 0)
		return failed;
	(void)unlinkat(tmp_fd, name, 0);
	failed = unpack_stream(r, args, log, dir_fd, &why);
	if (failed == 0 || why.code)
		return failed < 0 ? error_move(err, &why) : 0;
	buf_init(&words, WORDS_MAX);
	if (lseek(log, 0, SEEK_SET) == 0)
		(void)fs_read_fd(log, WORDS_MAX, &words, NULL);
	return git_child_failed(r->child, buf_text(&words), err);
}

/* 1 when a .gitattributes gives files to LFS and it is here, 0, or negative. */
static int
uses_lfs(struct git_repo *r, const char *commit, struct error *err)
{
	autofree char *path = NULL;
	int status, failed;

	failed = git_repo_run(r, NULL, &status, err, "grep", "--quiet", "-e",
		"filter=lfs", commit, "--", ":(glob)**/.gitattributes", NULL);
	if (failed < 0 || status != 0)
		return failed;
	if (proc_find("git-lfs", &path) == 0)
		return 1;
	log_warning(
		"'%s' has files in git LFS, and git-lfs is not installed: they are left as pointers",
		r->url->name);
	return 0;
}

static int
put_files(struct git_repo *r, const char *commit, const struct git_tree *t,
	int dir_fd, struct error *err)
{
	static const char *const lfs[] = { "-c",
		"filter.lfs.process=git-lfs filter-process", "-c",
		"filter.lfs.smudge=git-lfs smudge -- %f", "-c",
		"filter.lfs.required=true" };
	cleanup_value(strv_release) struct strv args = { 0 };
	int has_lfs = 0, failed = 0;

	if (t->has_attributes)
		has_lfs = uses_lfs(r, commit, err);
	if (has_lfs < 0)
		return has_lfs;
	if (has_lfs)
		failed = git_repo_run(r, NULL, NULL, err, "lfs", "fetch",
			r->url->remote, commit, NULL);
	if (failed < 0)
		return failed;
	for (size_t n = 0; has_lfs && n < ARRAY_SIZE(lfs); n++)
		strv_add(&args, lfs[n]);
	strv_add(&args, "archive");
	strv_add(&args, "--format=tar");
	strv_add(&args, commit);
	return unpack(r, &args, dir_fd, err);
}

static int export_commit(const struct export *e, const struct git_url *u,
	const struct git_commit *c, int dir_fd, struct error *err);

/* Only a path of this host may lead to another one, and no submodule gives git
 * a way of speaking that its user's URL does not. */
static int
parse_module_url(const struct export *e, const struct git_url *parent,
	const struct git_module *m, struct git_url *ret, struct error *err)
{
	int r;

	if (!m->url)
		return error_set(err, EBADMSG, ".gitmodules has no URL for it");
	r = git_url_parse_remote(m->url, parent->remote, ret, err);
	if (r < 0)
		return r;
	if (strcmp(ret->scheme, "file") != 0 || e->is_local)
		return 0;
	git_url_release(ret);
	return error_set(err, EACCES, "it is on this host");
}

static int
export_module(const struct export *e, const struct git_url *parent,
	const struct git_module *m, int dir_fd, struct error *err)
{
	cleanup_value(git_url_release) struct git_url u = { 0 };
	const struct git_commit c = { .id = m->commit };
	struct export below = *e;
	autoclose int fd = -1;
	int r;

	if (++below.depth > DEPTH_MAX)
		return error_set(err, ELOOP, "more than %d levels", DEPTH_MAX);
	if (++*e->module_count > MODULES_MAX)
		return error_set(err, E2BIG, "more than %d submodules",
			MODULES_MAX);
	r = parse_module_url(e, parent, m, &u, err);
	if (r == 0)
		r = fs_open_in(dir_fd, m->path, FS_NO_LINKS,
			O_RDONLY | O_DIRECTORY, 0, &fd, err);
	return r < 0 ? r : export_commit(&below, &u, &c, fd, err);
}

static int
export_modules(const struct export *e, const struct git_url *u,
	const struct git_tree *t, int dir_fd, struct error *err)
{
	for (size_t n = 0; e->with_modules && n < t->module_count; n++) {
		int r = export_module(e, u, &t->modules[n], dir_fd, err);

		if (r < 0) {
			(void)error_kind(err, ERROR_REMOTE);
			return error_wrap(err, "submodule '%s'",
				t->modules[n].path);
		}
	}
	return 0;
}

static int
export_tree(const struct export *e, const struct git_url *u,
	const struct git_commit *c, int dir_fd, struct git_tree *t,
	struct error *err)
{
	cleanup(git_child_free) struct git_child *child = NULL;
	cleanup_value(git_repo_release) struct git_repo repo = { .fd = -1 };
	int r;

	r = git_child_open(u, e->settings, e->home, &child, err);
	if (r == 0)
		r = git_repo_open(e->store, u, c->id, child, &repo, err);
	if (r == 0)
		r = git_repo_fetch(&repo, c, err);
	if (r == 0)
		r = git_tree_read(&repo, c->id, t, err);
	return r < 0 ? r : put_files(&repo, c->id, t, dir_fd, err);
}

/* The lock of a repository is not held while its submodules come: one of them
 * may be the same repository. */
static int
export_commit(const struct export *e, const struct git_url *u,
	const struct git_commit *c, int dir_fd, struct error *err)
{
	cleanup_value(git_tree_release) struct git_tree t = { 0 };
	int r;

	r = export_tree(e, u, c, dir_fd, &t, err);
	return r < 0 ? r : export_modules(e, u, &t, dir_fd, err);
}

/* What came is not what may come: that is not a fault of ours. */
static void
blame_remote(struct error *err)
{
	static const int codes[] = { EBADMSG, EFBIG, E2BIG, ENODATA };

	for (size_t n = 0; err && n < ARRAY_SIZE(codes); n++)
		if (err->code == codes[n])
			(void)error_kind(err, ERROR_REMOTE);
}

int
git_check_out(struct store *s, const struct git_url *u,
	const struct git_commit *c, const struct git_settings *settings,
	int dir_fd, struct error *err)
{
	autofree char *home = git_url_origin(u);
	autofree char *title = mem_printf("git %s", u->name);
	unsigned module_count = 0;
	const struct export e = {
		.store = s,
		.settings = settings,
		.home = home,
		.is_local = strcmp(u->scheme, "file") == 0,
		.with_modules = u->submodules != GIT_NO,
		.module_count = &module_count,
	};
	progress_step step = progress_begin(settings->progress, title);
	int r;

	r = export_commit(&e, u, c, dir_fd, err);
	progress_end(settings->progress, step,
		r < 0 ? PROGRESS_FAILED : PROGRESS_DONE, c->id);
	if (r < 0)
		blame_remote(err);
	return r;
}
