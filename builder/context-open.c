/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/context-open.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/archive.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

/* What only a later version fetches, and what would else only seem to be
 * missing. */
static int
check_word(const char *text, struct error *err)
{
	static const char *const others[] = { "http://", "https://", "git://",
		"ssh://", "git@" };
	bool is_other = false;

	for (size_t n = 0; n < ARRAY_SIZE(others); n++)
		is_other = is_other ||
			strncmp(text, others[n], strlen(others[n])) == 0;
	if (!is_other)
		return 0;
	(void)error_set(err, ENOTSUP,
		"context '%s' is not supported by this version of slipway",
		text);
	(void)error_kind(err, ERROR_REQUEST);
	return error_hint(err,
		"a context is a directory, a tar archive, or - for standard input");
}

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
open_archive(struct store *s, const char *name, int fd,
	enum identity identity, struct context **ret, struct error *err)
{
	const struct copy_owner owner = { 0 };
	cleanup(context_free) struct context *c = NULL;
	struct userns userns;
	int r;

	/* Before the directory is made: it is to belong to root in there. */
	r = userns_enter(identity, &userns, err);
	if (r < 0)
		return r;
	r = context_make_dir(s, name, &c, err);
	if (r < 0)
		return r;
	r = archive_unpack(fd, context_root_fd(c), &owner, err);
	if (r < 0) {
		(void)error_kind(err, ERROR_LOCAL);
		return error_wrap(err, "cannot unpack context '%s'", name);
	}
	*ret = take_ptr(&c);
	return 0;
}

static int
open_stdin(struct store *s, enum identity identity, struct context **ret,
	struct error *err)
{
	autoclose int fd = -1;
	int r;

	r = spool(s, &fd, err);
	if (r < 0)
		return error_kind(err, ERROR_LOCAL);
	r = archive_is(fd, "-", err);
	if (r != 0)
		return r < 0 ? r : open_archive(s, "-", fd, identity, ret, err);
	r = context_make_dir(s, "-", ret, err);
	if (r == 0)
		context_give_recipe(*ret, take_fd(&fd));
	return r;
}

static int
open_file(struct store *s, const char *path, enum identity identity,
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
		return open_archive(s, path, fd, identity, ret, err);
	if (r < 0)
		return r;
	(void)error_set(err, ENOTDIR,
		"context '%s' is neither a directory nor a tar archive", path);
	(void)error_kind(err, ERROR_LOCAL);
	return error_hint(err, "-f names a Dockerfile");
}

int
context_open(struct store *s, const char *text, enum identity identity,
	struct context **ret, struct error *err)
{
	struct stat st;
	int r;

	if (strcmp(text, "-") == 0)
		return open_stdin(s, identity, ret, err);
	r = check_word(text, err);
	if (r < 0)
		return r;
	if (stat(text, &st) == 0 && S_ISREG(st.st_mode))
		return open_file(s, text, identity, ret, err);
	return context_open_dir(text, ret, err);
}
