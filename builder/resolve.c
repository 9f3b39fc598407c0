/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/buf.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

#define LINKS_MAX 40
/* Targets of 40 links and the path itself, each at most PATH_MAX long. */
#define PATH_BYTES_MAX KiB(256)

/* `done` has no links; `rest` is still to be followed from there. */
struct trail {
	int root_fd;
	const struct ignore *ignore;
	struct buf done;
	char *rest;
	mode_t kind;
	int links;
	bool was_ignored;
};

static void
trail_release(struct trail *t)
{
	buf_release(&t->done);
	free(t->rest);
}

static void
go_up(struct trail *t)
{
	const char *slash = t->done.len > 0 ? strrchr(t->done.data, '/') : NULL;
	size_t len = slash ? (size_t)(slash - t->done.data) : 0;

	t->done.len = len;
	if (t->done.data)
		t->done.data[len] = '\0';
	t->kind = S_IFDIR;
}

static int
follow_link(struct trail *t, int dir_fd, const char *name, const char *path,
	struct error *err)
{
	autofree char *target = NULL;
	char *rest;
	int r;

	if (ignore_matches(t->ignore, path)) {
		t->was_ignored = true;
		return -ENOENT;
	}
	if (++t->links > LINKS_MAX)
		return error_set(err, ELOOP, "'%s': more than %d links", path,
			LINKS_MAX);
	r = fs_read_link(dir_fd, name, &target, err);
	if (r < 0)
		return r;
	if (target[0] == '/')
		buf_reset(&t->done);
	rest = mem_printf("%s/%s", target, t->rest);
	free(t->rest);
	t->rest = rest;
	return 0;
}

/* One component further. */
static int
enter(struct trail *t, const char *name, struct error *err)
{
	autofree char *path = path_join(buf_text(&t->done), name);
	autoclose int dir_fd = -1;
	struct stat st;
	int r;

	if (!S_ISDIR(t->kind))
		return -ENOENT;
	r = fs_open_in(t->root_fd, t->done.len > 0 ? t->done.data : ".",
		FS_NO_LINKS, O_PATH | O_DIRECTORY, 0, &dir_fd, err);
	if (r < 0)
		return r;
	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT || errno == ENAMETOOLONG ?
			-ENOENT :
			error_errno(err, "cannot look at '%s'", path);
	if (S_ISLNK(st.st_mode))
		return follow_link(t, dir_fd, name, path, err);
	t->kind = st.st_mode & S_IFMT;
	buf_reset(&t->done);
	buf_adds(&t->done, path);
	return buf_check(&t->done, "a path", err);
}

/* The first component of t->rest; NULL at its end. Yours. */
static char *
take_component(struct trail *t)
{
	char *start = t->rest + strspn(t->rest, "/");
	size_t len = strcspn(start, "/");
	char *name, *rest;

	if (len == 0)
		return NULL;
	name = mem_strndup(start, len);
	rest = mem_strdup(start + len);
	free(t->rest);
	t->rest = rest;
	return name;
}

int
resolve_path(int root_fd, const char *path, const struct ignore *ignore,
	struct resolved *ret, bool *ret_ignored, struct error *err)
{
	cleanup_value(trail_release) struct trail t = {
		.root_fd = root_fd, .ignore = ignore, .kind = S_IFDIR,
	};
	char *name;
	int r = 0;

	buf_init(&t.done, PATH_BYTES_MAX);
	t.rest = mem_strdup(path);
	while (r == 0 && (name = take_component(&t)) != NULL) {
		if (strcmp(name, "..") == 0)
			go_up(&t);
		else if (strcmp(name, ".") != 0)
			r = enter(&t, name, err);
		free(name);
	}
	if (ret_ignored)
		*ret_ignored = t.was_ignored;
	if (r < 0)
		return r;
	ret->kind = t.kind;
	ret->path = t.done.len > 0 ? buf_steal(&t.done) : mem_strdup(".");
	return 0;
}
