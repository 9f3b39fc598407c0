/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

#define LINKS_MAX 40 /* as the kernel's own limit, path_resolution(7) */

/* A walk on its way. */
struct search {
	struct looker *looker;
	char *done; /* what was resolved, no links in it */
	char *todo; /* what is left, as text */
	unsigned links;
};

static void
search_release(struct search *s)
{
	free(s->done);
	free(s->todo);
}

void
place_release(struct place *p)
{
	free(p->path);
	*p = (struct place){ 0 };
}

/* The next component of what is left, or NULL; yours. */
static char *
next_component(struct search *s)
{
	const char *start = s->todo + strspn(s->todo, "/");
	size_t len = strcspn(start, "/");
	char *name, *rest;

	if (len == 0)
		return NULL;
	name = mem_strndup(start, len);
	rest = mem_strdup(start + len);
	free(s->todo);
	s->todo = rest;
	return name;
}

static void
go_up(struct search *s)
{
	char *slash = strrchr(s->done, '/');

	*(slash ? slash : s->done) = '\0';
}

static int
follow(struct search *s, char **link, struct error *err)
{
	char *todo;

	if (++s->links > LINKS_MAX)
		return error_set(err, ELOOP,
			"too many symbolic links on the way to '/%s'", s->done);
	todo = mem_printf("%s/%s", *link, s->todo);
	if ((*link)[0] == '/')
		s->done[0] = '\0';
	free(s->todo);
	s->todo = todo;
	return 0;
}

/* Nothing is there, so the rest can only be names to be made. */
static void
end_in_nothing(struct search *s, char **here, struct place *ret)
{
	autofree char *whole = mem_printf("/%s/%s", *here, s->todo);
	autofree char *clean = path_clean(whole);

	ret->kind = PLACE_NOTHING;
	ret->path = mem_strdup(clean + 1);
	ret->known = strlen(s->done);
	if (strncmp(ret->path, s->done, ret->known) != 0)
		ret->known = 0;
}

static int
end_at(struct search *s, enum place_kind kind, struct place *ret)
{
	ret->kind = kind;
	ret->known = strlen(s->done);
	ret->path = take_ptr(&s->done);
	return 1;
}

/* Go to what stands at `here`; 1 when that is the end. */
static int
go_to(struct search *s, char **here, struct place *ret, struct error *err)
{
	autofree char *link = NULL;
	enum place_kind kind;
	int r;

	r = s->looker->look(s->looker, *here, &kind, &link, err);
	if (r < 0)
		return r;
	if (kind == PLACE_LINK)
		return follow(s, &link, err);
	if (kind == PLACE_NOTHING) {
		end_in_nothing(s, here, ret);
		return 1;
	}
	free(s->done);
	s->done = take_ptr(here);
	if (kind == PLACE_DIR)
		return 0;
	if (s->todo[strspn(s->todo, "/")])
		return error_set(
			err, ENOTDIR, "'/%s' is not a directory", s->done);
	return end_at(s, PLACE_OTHER, ret);
}

/* One component; 1 when the end is reached. */
static int
step(struct search *s, struct place *ret, struct error *err)
{
	autofree char *name = next_component(s), *here = NULL;

	if (!name)
		return end_at(s, PLACE_DIR, ret);
	if (strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") == 0) {
		go_up(s);
		return 0;
	}
	here = path_join(s->done, name);
	return go_to(s, &here, ret, err);
}

int
place_find(struct looker *l, const char *path, struct place *ret,
	struct error *err)
{
	cleanup_value(search_release) struct search s = {
		.looker = l, .done = mem_strdup(""), .todo = mem_strdup(path)
	};
	struct place found = { 0 };
	int r;

	do
		r = step(&s, &found, err);
	while (r == 0);
	if (r < 0)
		return r;
	*ret = found;
	return 0;
}

static enum place_kind
kind_of(mode_t mode)
{
	if (S_ISDIR(mode))
		return PLACE_DIR;
	return S_ISLNK(mode) ? PLACE_LINK : PLACE_OTHER;
}

static int
tree_look(struct looker *l, const char *path, enum place_kind *ret_kind,
	char **ret_link, struct error *err)
{
	const struct tree_looker *t = (const struct tree_looker *)l;
	autofree char *dir = path_dir(path);
	autoclose int dir_fd = -1;
	const char *name = path_base(path);
	struct stat st;
	int r;

	r = fs_open_in(t->root_fd, dir, FS_NO_LINKS, O_PATH | O_DIRECTORY, 0,
		&dir_fd, err);
	if (r < 0)
		return r;
	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return error_errno(err, "cannot look at '/%s'", path);
		*ret_kind = PLACE_NOTHING;
		return 0;
	}
	*ret_kind = kind_of(st.st_mode);
	if (*ret_kind != PLACE_LINK)
		return 0;
	return fs_read_link(dir_fd, name, ret_link, err);
}

void
tree_looker_init(struct tree_looker *l, int root_fd)
{
	l->looker.look = tree_look;
	l->root_fd = root_fd;
}
