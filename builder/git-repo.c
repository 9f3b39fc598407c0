/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/git-repo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "oci/digest.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

/* Where a commit is kept that was fetched whole. */
#define KEPT "refs/slipway/"

void
git_repo_release(struct git_repo *r)
{
	if (r->fd >= 0)
		(void)close(r->fd);
	free(r->path);
	*r = (struct git_repo){ .fd = -1 };
}

int
git_repo_run(struct git_repo *r, struct buf *ret, int *ret_status,
	struct error *err, ...)
{
	cleanup_value(strv_release) struct strv args = { 0 };
	const char *word;
	va_list list;

	va_start(list, err);
	while ((word = va_arg(list, const char *)))
		strv_add(&args, word);
	va_end(list);
	return git_child_run(r->child, r->fd, &args, ret, ret_status, err);
}

/* What export and archive attributes would leave out or write anew is content
 * here; this file goes before those of the repository. */
static int
write_attributes(int dir_fd, struct error *err)
{
	static const char text[] = "* -export-ignore -export-subst -ident\n";
	autoclose int fd = -1;

	if (mkdirat(dir_fd, "info", 0700) < 0 && errno != EEXIST)
		return error_errno(err, "cannot make 'info'");
	fd = openat(dir_fd, "info/attributes",
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, "cannot make 'info/attributes'");
	return fs_write(fd, text, sizeof(text) - 1, err);
}

static int
make_in(struct git_repo *r, int git_fd, const char *name, bool is_sha256,
	struct error *err)
{
	int tmp_fd = store_dir_fd(r->store, STORE_TMP, err);
	autofree char *temp = NULL;
	autoclose int fd = -1;
	int failed;

	if (tmp_fd < 0)
		return tmp_fd;
	failed = fs_make_temp_dir(tmp_fd, &temp, &fd, err);
	if (failed < 0)
		return failed;
	r->fd = fd;
	failed = git_repo_run(r, NULL, NULL, err, "init", "--quiet", "--bare",
		"--template=", is_sha256 ? "--object-format=sha256" : "--quiet",
		NULL);
	r->fd = -1;
	if (failed == 0)
		failed = write_attributes(fd, err);
	/* Another may have been faster; then it is as good. */
	if (failed == 0 && renameat(tmp_fd, temp, git_fd, name) < 0 &&
		errno != EEXIST && errno != ENOTEMPTY)
		failed = error_errno(err, "cannot keep a repository");
	(void)fs_remove_tree(tmp_fd, temp, NULL);
	return failed;
}

/* SHA-1 and SHA-256 do not mix in one repository. */
static char *
name_of(const struct git_url *u, bool is_sha256)
{
	struct digest d;
	char hex[DIGEST_HEX_SIZE];

	digest_of(u->remote, strlen(u->remote), &d);
	return mem_printf("%s%s", digest_format_hex(&d, hex),
		is_sha256 ? ".sha256" : "");
}

int
git_repo_open(struct store *s, const struct git_url *u, const char *id,
	struct git_child *child, struct git_repo *ret, struct error *err)
{
	cleanup_value(git_repo_release) struct git_repo repo = {
		.store = s, .child = child, .url = u, .fd = -1 };
	bool is_sha256 = id && strlen(id) == 64;
	autofree char *name = name_of(u, is_sha256);
	int git_fd = store_dir_fd(s, STORE_GIT, err);
	int r = 0;

	if (git_fd < 0)
		return git_fd;
	if (faccessat(git_fd, name, F_OK, 0) < 0)
		r = make_in(&repo, git_fd, name, is_sha256, err);
	if (r < 0)
		return r;
	repo.fd = openat(git_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (repo.fd < 0)
		return error_errno(err, "cannot open repository '%s'", name);
	r = fs_lock(repo.fd, FS_LOCK_EXCLUSIVE, err);
	if (r < 0)
		return r;
	repo.path = mem_printf("%s/%s/%s", store_path(s),
		store_part_path(STORE_GIT), name);
	*ret = repo;
	repo = (struct git_repo){ .fd = -1 };
	return 0;
}

/* 1 when it is there and whole, 0, or negative. */
static int
has(struct git_repo *r, const char *id, struct error *err)
{
	autofree char *kept = mem_printf(KEPT "%s", id);
	int status, failed;

	failed = git_repo_run(r, NULL, &status, err, "rev-parse", "--verify",
		"--quiet", kept, NULL);
	return failed < 0 ? failed : status == 0;
}

int
git_repo_keep(struct git_repo *r, const char *id, struct error *err)
{
	autofree char *kept = mem_printf(KEPT "%s", id);
	autofree char *commit = mem_printf("%s^{commit}", id);
	int failed;

	failed = git_repo_run(r, NULL, NULL, err, "cat-file", "-e", commit,
		NULL);
	return failed < 0 ? failed : git_repo_run(r, NULL, NULL, err,
		"update-ref", kept, id, NULL);
}

static int
fetch_one(struct git_repo *r, const char *what, bool is_shallow,
	struct error *err)
{
	return git_repo_run(r, NULL, NULL, err, "fetch", "--quiet",
		"--no-tags", "--no-write-fetch-head", "--force",
		is_shallow ? "--depth=1" : "--quiet", "--", r->url->remote,
		what, NULL);
}

int
git_repo_fetch_all(struct git_repo *r, struct error *err)
{
	bool is_shallow = faccessat(r->fd, "shallow", F_OK, 0) == 0;

	return git_repo_run(r, NULL, NULL, err, "fetch", "--quiet",
		"--no-tags", "--no-write-fetch-head", "--force", "--prune",
		is_shallow ? "--unshallow" : "--quiet", "--", r->url->remote,
		"+refs/heads/*:refs/remotes/all/heads/*",
		"+refs/tags/*:refs/remotes/all/tags/*", NULL);
}

/* That commit alone; else what its name means now, from a server that gives
 * nothing else; else everything. */
static int
fetch(struct git_repo *r, const struct git_commit *c, struct error *err)
{
	autofree char *by_id = mem_printf("+%s:" KEPT "%s", c->id, c->id);
	autoerror why = { 0 };
	int failed;

	failed = fetch_one(r, by_id, true, &why);
	if (failed == -EIO && c->ref) {
		autofree char *by_ref = mem_printf("+%s:refs/remotes/one",
			c->ref);

		error_release(&why);
		failed = fetch_one(r, by_ref, false, &why);
		if (failed == 0 && git_repo_keep(r, c->id, NULL) < 0)
			failed = -EIO;
	}
	if (failed == -EIO) {
		error_release(&why);
		failed = git_repo_fetch_all(r, &why);
		if (failed == 0)
			failed = git_repo_keep(r, c->id, &why);
	}
	return failed < 0 ? error_move(err, &why) : 0;
}

int
git_repo_fetch(struct git_repo *r, const struct git_commit *c,
	struct error *err)
{
	int there = has(r, c->id, err);

	return there != 0 ? (there < 0 ? there : 0) : fetch(r, c, err);
}
