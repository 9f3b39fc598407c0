/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/recipe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"

#define DOCKERFILE_MAX MiB(16)

/* The first of the places where it is; 1, 0 when in none, or negative. */
static int
open_first(const struct strv *paths, char **ret_path, int *ret_fd,
	struct error *err)
{
	for (size_t n = 0; n < paths->count; n++) {
		int fd = open(paths->items[n], O_RDONLY | O_CLOEXEC);

		if (fd >= 0) {
			*ret_path = mem_strdup(paths->items[n]);
			*ret_fd = fd;
			return 1;
		}
		if (errno != ENOENT)
			return error_errno(
				err, "cannot open '%s'", paths->items[n]);
	}
	return 0;
}

/* The same of an archive's files, where links end at its root. */
static int
open_inside(const struct context *c, const struct strv *paths, char **ret_path,
	int *ret_fd, struct error *err)
{
	for (size_t n = 0; n < paths->count; n++) {
		autoerror why = { 0 };
		int r;

		r = fs_open_in(context_root_fd(c), paths->items[n], FS_IN_ROOT,
			O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, ret_fd, &why);
		if (r == 0) {
			*ret_path = mem_strdup(paths->items[n]);
			return 1;
		}
		if (r != -ENOENT)
			return error_move(err, &why);
	}
	return 0;
}

/* Not a plain join: "." would stand before every name in messages. */
static char *
in_context(const struct context *c, const char *name)
{
	const char *dir = context_name(c);

	return strcmp(dir, ".") == 0 ? mem_strdup(name) : path_join(dir, name);
}

static void
list_places(const struct context *c, const char *file, struct strv *ret)
{
	if (context_is_made(c)) {
		strv_add(ret, file ? file : "Dockerfile");
		if (!file)
			strv_add(ret, "Containerfile");
		return;
	}
	if (!file) {
		strv_take(ret, in_context(c, "Dockerfile"));
		strv_take(ret, in_context(c, "Containerfile"));
		return;
	}
	strv_add(ret, file);
	if (file[0] != '/')
		strv_take(ret, in_context(c, file));
}

static int
open_file(const struct context *c, const char *file, char **ret_path,
	int *ret_fd, struct error *err)
{
	cleanup_value(strv_release) struct strv places = { 0 };
	int r;

	list_places(c, file, &places);
	r = context_is_made(c) ? open_inside(c, &places, ret_path, ret_fd, err)
			       : open_first(&places, ret_path, ret_fd, err);
	if (r > 0)
		return 0;
	if (r == 0) {
		r = error_set(
			err, ENOENT, "no Dockerfile at '%s'", places.items[0]);
		(void)error_hint(err,
			"name it with -f, or give the directory that holds it as CONTEXT");
	}
	(void)error_kind(err, ERROR_LOCAL);
	return r;
}

static int
read_from(int fd, const char *name, struct buf *ret, struct error *err)
{
	int r = fs_read_fd(fd, DOCKERFILE_MAX, ret, err);

	if (r == 0)
		return 0;
	(void)error_wrap(err, "cannot read '%s'", name);
	return error_kind(err, ERROR_LOCAL);
}

/* Its text, and where it was, if that is a place. */
static int
read_text(const struct context *c, const char *file, struct buf *text,
	char **ret_path, struct error *err)
{
	autoclose int fd = -1;
	int r;

	if (file && strcmp(file, "-") == 0)
		return read_from(STDIN_FILENO, "-", text, err);
	if (!file && context_recipe_fd(c) >= 0)
		return read_from(context_recipe_fd(c), "-", text, err);
	r = open_file(c, file, ret_path, &fd, err);
	return r < 0 ? r : read_from(fd, *ret_path, text, err);
}

/* What an INCLUDE names: a file of the context, whatever is ignored. */
static int
read_include(const void *context, const char *path, char **ret_name,
	struct buf *text, struct error *err)
{
	const struct context *c = context;
	autofree char *clean = path_resolve("/", path);
	autoclose int fd = -1;
	int r;

	r = fs_open_in(context_root_fd(c), clean + 1, FS_IN_ROOT,
		O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd, err);
	if (r < 0)
		return error_kind(err, ERROR_LOCAL);
	r = read_from(fd, path, text, err);
	if (r < 0)
		return r;
	*ret_name = context_is_made(c) ? mem_strdup(clean + 1)
				       : in_context(c, clean + 1);
	return 0;
}

int
recipe_read(const struct context *c, const char *file, struct dockerfile **ret,
	char **ret_path, struct error *err)
{
	const struct include_reader reader = { read_include, c };
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *path = NULL;
	int r;

	buf_init(&text, DOCKERFILE_MAX);
	r = read_text(c, file, &text, &path, err);
	if (r < 0)
		return r;
	r = dockerfile_parse(path ? path : "Dockerfile", buf_text(&text),
		text.len, &reader, ret, err);
	if (r < 0)
		return r;
	*ret_path = take_ptr(&path);
	return 0;
}
