/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/context.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "builder/filehash.h"
#include "util/buf.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

#define IGNORE_FILE ".dockerignore"
#define IGNORE_BYTES_MAX MiB(1)

/* All kinds end as a directory: `root_fd`, at `path`. */
struct context {
	int root_fd;
	char *name;
	char *path;		/* absolute, for filehash */
	char *title;		/* "context 'NAME'" */
	struct ignore *ignore;
	char *ignore_file;
	struct filehash *filehash;
	struct store *store;	/* of a made directory, borrowed */
	char *temp_name;	/* in the store's tmp/ */
	bool keeps_owners;
	int64_t time;
	char *commit;
	int recipe_fd;
};

static void
remove_made(struct context *c)
{
	int tmp_fd = store_dir_fd(c->store, STORE_TMP, NULL);

	/* What cannot be removed now the store sweeps later. */
	if (tmp_fd >= 0)
		(void)fs_remove_tree(tmp_fd, c->temp_name, NULL);
	free(c->temp_name);
}

struct context *
context_free(struct context *c)
{
	if (!c)
		return NULL;
	if (c->temp_name)
		remove_made(c);
	if (c->recipe_fd >= 0)
		(void)close(c->recipe_fd);
	if (c->root_fd >= 0)
		(void)close(c->root_fd);
	filehash_free(c->filehash);
	ignore_free(c->ignore);
	free(c->ignore_file);
	free(c->name);
	free(c->path);
	free(c->title);
	free(c->commit);
	free(c);
	return NULL;
}

/* The directory's own path, whatever led to it. */
static char *
path_of(int fd)
{
	autofree char *proc = mem_printf("/proc/self/fd/%d", fd);
	char target[PATH_MAX];
	ssize_t len;

	len = readlink(proc, target, sizeof(target));
	return len > 0 ? mem_strndup(target, (size_t)len) : NULL;
}

static struct context *
context_new(const char *name, int fd)
{
	struct context *c = mem_zalloc(sizeof(*c));

	c->root_fd = fd;
	c->recipe_fd = -1;
	c->time = -1;
	c->name = mem_strdup(name);
	c->title = mem_printf("context '%s'", name);
	return c;
}

int
context_make_dir(struct store *s, const char *name, struct context **ret,
	struct error *err)
{
	int tmp_fd = store_dir_fd(s, STORE_TMP, err);
	autofree char *temp_name = NULL;
	struct context *c;
	int fd, r;

	if (tmp_fd < 0)
		return tmp_fd;
	r = fs_make_temp_dir(tmp_fd, &temp_name, &fd, err);
	if (r < 0)
		return r;
	c = context_new(name, fd);
	c->store = s;
	c->keeps_owners = true;
	c->temp_name = take_ptr(&temp_name);
	*ret = c;
	return 0;
}

bool
context_is_made(const struct context *c)
{
	return c->temp_name != NULL;
}

void
context_disown(struct context *c)
{
	c->keeps_owners = false;
}

int
context_enter(struct context *c, const char *subdir, struct error *err)
{
	int fd, r;

	r = fs_open_in(c->root_fd, subdir, FS_IN_ROOT, O_RDONLY | O_DIRECTORY,
		0, &fd, err);
	if (r < 0) {
		(void)error_wrap(err, "%s", c->title);
		return error_kind(err, ERROR_LOCAL);
	}
	(void)close(c->root_fd);
	c->root_fd = fd;
	return 0;
}

void
context_set_time(struct context *c, int64_t seconds)
{
	c->time = seconds;
}

void
context_set_commit(struct context *c, const char *id)
{
	free(c->commit);
	c->commit = mem_strdup(id);
}

const char *
context_commit(const struct context *c)
{
	return c->commit;
}

int64_t
context_time(const struct context *c)
{
	return c->time;
}

void
context_give_recipe(struct context *c, int fd)
{
	c->recipe_fd = fd;
}

int
context_recipe_fd(const struct context *c)
{
	return c->recipe_fd;
}

int
context_open_dir(const char *path, struct context **ret, struct error *err)
{
	struct context *c;
	int fd;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		(void)error_errno(err, "cannot open context '%s'", path);
		return error_kind(err, ERROR_LOCAL);
	}
	c = context_new(path, fd);
	c->path = path_of(fd);
	*ret = c;
	return 0;
}

/* The open ignore file `fd` is the one from here on. */
static int
use_ignore(struct context *c, int fd, const char *path, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	struct ignore *ignore;
	int r;

	buf_init(&text, IGNORE_BYTES_MAX);
	r = fs_read_fd(fd, IGNORE_BYTES_MAX, &text, err);
	if (r < 0)
		return error_wrap(err, "cannot read '%s'", path);
	r = ignore_parse(path, buf_text(&text), text.len, &ignore, err);
	if (r < 0)
		return r;
	ignore_free(c->ignore);
	free(c->ignore_file);
	c->ignore = ignore;
	c->ignore_file = mem_strdup(path);
	return 0;
}

int
context_read_ignore(struct context *c, const char *path, struct error *err)
{
	autoclose int fd = -1;
	int r;

	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	r = fd < 0 ? error_errno(err, "cannot open ignore file '%s'", path) :
		     use_ignore(c, fd, path, err);
	return r < 0 ? error_kind(err, ERROR_LOCAL) : 0;
}

/* One of the context's own, which a link must not lead out of it. */
static int
read_own_ignore(struct context *c, const char *path, struct error *err)
{
	autoclose int fd = -1;
	int r;

	r = fs_open_in(c->root_fd, path, FS_IN_ROOT,
		O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd, err);
	if (r == 0)
		r = use_ignore(c, fd, path, err);
	return r < 0 ? error_kind(err, ERROR_LOCAL) : 0;
}

static int
read_beside(struct context *c, const char *dockerfile, struct error *err)
{
	autofree char *beside = mem_printf("%s%s", dockerfile, IGNORE_FILE);

	return context_is_made(c) ? read_own_ignore(c, beside, err) :
		context_read_ignore(c, beside, err);
}

int
context_find_ignore(struct context *c, const char *dockerfile,
	bool obeys_made, struct error *err)
{
	autoerror why = { 0 };
	int r = -ENOENT;

	if (context_is_made(c) && !obeys_made)
		return 0;
	if (dockerfile)
		r = read_beside(c, dockerfile, &why);
	if (r == -ENOENT) {
		error_release(&why);
		r = read_own_ignore(c, IGNORE_FILE, &why);
	}
	if (r == -ENOENT)
		return 0;
	return r < 0 ? error_move(err, &why) : 0;
}

int
context_remember(struct context *c, struct store *s, struct error *err)
{
	if (!c->path || c->filehash)
		return 0;
	return filehash_open(s, c->path, &c->filehash, err);
}

int
context_save(struct context *c, struct error *err)
{
	return c->filehash ? filehash_save(c->filehash, err) : 0;
}

void
context_inherit(struct context *c)
{
	if (c->filehash)
		filehash_inherit(c->filehash);
}

int
context_root_fd(const struct context *c)
{
	return c->root_fd;
}

const char *
context_name(const struct context *c)
{
	return c->name;
}

void
context_root(const struct context *c, struct copy_root *ret)
{
	*ret = (struct copy_root){
		.fd = c->root_fd,
		.name = c->title,
		.ignore = c->ignore,
		.ignore_file = c->ignore_file,
		.filehash = c->filehash,
		.keep_owners = c->keeps_owners,
	};
}
