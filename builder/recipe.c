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
	r = open_first(&places, ret_path, ret_fd, err);
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

int
recipe_read(const struct context *c, const char *file, struct dockerfile **ret,
	char **ret_path, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *path = NULL;
	autoclose int fd = -1;
	bool is_stdin = file && strcmp(file, "-") == 0;
	int r;

	if (!is_stdin) {
		r = open_file(c, file, &path, &fd, err);
		if (r < 0)
			return r;
	}
	buf_init(&text, DOCKERFILE_MAX);
	r = fs_read_fd(
		is_stdin ? STDIN_FILENO : fd, DOCKERFILE_MAX, &text, err);
	if (r < 0) {
		(void)error_wrap(err, "cannot read '%s'", path ? path : "-");
		return error_kind(err, ERROR_LOCAL);
	}
	r = dockerfile_parse(path ? path : "Dockerfile", buf_text(&text),
		text.len, ret, err);
	if (r < 0)
		return r;
	*ret_path = take_ptr(&path);
	return 0;
}
