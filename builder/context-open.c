/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/context-open.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/archive.h"
#include "builder/context-artifact.h"
#include "builder/fetched.h"
#include "builder/git-lock.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

/* Standard input as a file without a name, so that it can be looked at before
 * it is read. */
static int
spool(struct store *s, int *ret_fd, struct error *err)
{
	int tmp_fd = store_dir_fd(s, STORE_TMP, err);
	autofree char *name = NULL;
	autoclose int fd = -1;
	int r;

	if (tmp_fd < 0)
		return tmp_fd;
	r = fs_make_temp_file(tmp_fd, &name, &fd, err);
	if (r < 0)
		return r;
	(void)unlinkat(tmp_fd, name, 0);
	r = fs_copy_data(STDIN_FILENO, fd, UINT64_MAX, NULL, err);
	if (r < 0)
		return error_wrap(err, "cannot read standard input");
	if (lseek(fd, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot rewind a temporary file");
	*ret_fd = take_fd(&fd);
	return 0;
}

static int
unpack(int fd, int dir_fd, const struct context_request *q, struct error *err)
{
	const struct copy_owner owner = { 0 };

	return q->is_ours ? archive_unpack_as_ours(fd, dir_fd, err) :
		archive_unpack(fd, dir_fd, &owner, err);
}

static int
open_archive(struct store *s, const char *name, int fd,
	const struct context_request *q, struct context **ret,
	struct error *err)
{
	cleanup(context_free) struct context *c = NULL;
	struct userns userns;
	int r = 0;

	/* Before the directory is made: it is to belong to root in there. */
	if (!q->is_ours)
		r = userns_enter(q->identity, &userns, err);
	if (r == 0)
		r = context_make_dir(s, name, &c, err);
	if (r < 0)
		return r;
	r = unpack(fd, context_root_fd(c), q, err);
	if (r < 0) {
		(void)error_kind(err, ERROR_LOCAL);
		return error_wrap(err, "cannot unpack context '%s'", name);
	}
	*ret = take_ptr(&c);
	return 0;
}

/* An archive, or else the Dockerfile. */
static int
open_stream(struct store *s, const char *name, int *fd,
	const struct context_request *q, struct context **ret,
	struct error *err)
{
	int r;

	r = archive_is(*fd, name, err);
	if (r > 0)
		return open_archive(s, name, *fd, q, ret, err);
	if (r == 0)
		r = context_make_dir(s, name, ret, err);
	if (r == 0)
		context_give_recipe(*ret, take_fd(fd));
	return r;
}

static int
open_stdin(struct store *s, const struct context_request *q,
	struct context **ret, struct error *err)
{
	autoclose int fd = -1;
	int r;

	r = spool(s, &fd, err);
	if (r < 0)
		return error_kind(err, ERROR_LOCAL);
	return open_stream(s, "-", &fd, q, ret, err);
}

static int
open_url(struct store *s, const struct context_request *q,
	struct context **ret, struct error *err)
{
	/* A query may be a secret. */
	autofree char *name = mem_strndup(q->text, strcspn(q->text, "?#"));
	cleanup_value(fetched_release) struct fetched f = { .fd = -1 };
	struct digest locked;
	int r;

	r = fetched_init(q->text, &f, err);
	if (r == 0 && q->lock)
		r = lock_get_digest(q->lock, LOCK_FILE, f.url, &locked, err);
	if (r == 0)
		r = fetched_get(&f, s, q->transfer, q->git.secrets,
			q->lock ? &locked : NULL, err);
	if (r == 0)
		r = open_stream(s, name, &f.fd, q, ret, err);
	if (r == 0 && f.got.mtime)
		context_set_time(*ret, f.got.mtime);
	return r;
}

static int
open_git(struct store *s, const struct context_request *q,
	struct context **ret, struct error *err)
{
	cleanup_value(git_url_release) struct git_url u = { 0 };
	cleanup_value(git_commit_release) struct git_commit locked = { 0 };
	int r;

	r = git_url_parse(q->text, &u, err);
	if (r < 0)
		return error_wrap(err, "context");
	r = q->lock ? git_lock_get(q->lock, &u, &locked, err) : 0;
	if (r >= 0)
		r = context_open_git(
			s, &u, locked.id ? &locked : NULL, q, ret, err);
	return r < 0 ? error_wrap(err, "context '%s'", u.name) : 0;
}

static int
open_file(struct store *s, const char *path, const struct context_request *q,
	struct context **ret, struct error *err)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0) {
		(void)error_errno(err, "cannot open context '%s'", path);
		return error_kind(err, ERROR_LOCAL);
	}
	r = archive_is(fd, path, err);
	if (r > 0)
		return open_archive(s, path, fd, q, ret, err);
	if (r < 0)
		return r;
	(void)error_set(err, ENOTDIR,
		"context '%s' is neither a directory nor a tar archive", path);
	(void)error_kind(err, ERROR_LOCAL);
	return error_hint(err, "-f names a Dockerfile");
}

int
context_open(struct store *s, const struct context_request *q,
	struct context **ret, struct error *err)
{
	const char *path = q->text;
	struct stat st;

	if (strcmp(path, "-") == 0)
		return open_stdin(s, q, ret, err);
	if (context_is_artifact(path))
		return context_open_artifact(s, q, ret, err);
	if (git_url_is_context(path))
		return open_git(s, q, ret, err);
	if (fetched_is_url(path))
		return open_url(s, q, ret, err);
	if (strncmp(path, "file:///", 8) == 0)
		path += 7;
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
		return open_file(s, path, q, ret, err);
	return context_open_dir(path, ret, err);
}
