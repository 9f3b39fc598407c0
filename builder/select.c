/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/select.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "builder/names.h"
#include "builder/resolve.h"
#include "builder/walk.h"
#include "util/fs.h"
#include "util/glob.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

#define MATCHES_MAX 1000000

/* One source being looked for. `source` is cleaned, without leading slash. */
struct search {
	const struct copy_root *root;
	struct selection *found;
	const char *source;
	bool is_wildcard;
};

void
selection_release(struct selection *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->items[i].path);
		free(s->items[i].name);
		ignore_free(s->items[i].include);
	}
	free(s->items);
	*s = (struct selection){ 0 };
}

int
selection_fail_missing(const struct copy_root *r, const char *path,
	bool is_ignored, struct error *err)
{
	if (is_ignored && r->ignore_file)
		return error_set(err, ENOENT,
			"\"/%s\": not found in %s: it is left out by '%s'",
			path, r->name, r->ignore_file);
	return error_set(
		err, ENOENT, "\"/%s\": not found in %s", path, r->name);
}

/* Does an exception bring anything below a directory back? 1, 0, negative. */
static int
has_rest(const struct copy_root *r, const char *path, struct error *err)
{
	struct walk_filter filter = { .ignore = r->ignore };
	cleanup(walk_free) struct walk *w = NULL;
	struct walk_entry e;
	int got;

	if (!ignore_may_reinclude(r->ignore, path))
		return 0;
	got = walk_open(r->fd, path, &filter, &w, err);
	if (got < 0)
		return got;
	got = walk_next(w, &e, err);
	return got > 0 ? walk_next(w, &e, err) : got;
}

/* Is there anything at `path`, as far as the ignore file lets see? */
static int
is_visible(const struct copy_root *r, const char *path, bool is_dir,
	struct error *err)
{
	if (!ignore_matches(r->ignore, path))
		return 1;
	return is_dir ? has_rest(r, path, err) : 0;
}

static void
append(struct search *s, struct resolved *found, const char *name)
{
	struct selection *to = s->found;

	to->items = mem_resize(to->items, to->count + 1, sizeof(*to->items));
	to->items[to->count++] = (struct selected){
		.path = take_ptr(&found->path),
		.name = mem_strdup(name),
		.kind = found->kind,
		.is_wildcard = s->is_wildcard,
	};
}

/* Add the file at `path`, whatever links lead to it. */
static int
add_path(struct search *s, const char *path, struct error *err)
{
	struct resolved found = { 0 };
	bool is_ignored = false;
	int r;

	if (s->found->count == MATCHES_MAX)
		return error_set(err, E2BIG, "more than %d sources",
			MATCHES_MAX);
	r = resolve_path(s->root->fd, path, s->root->ignore, &found,
		&is_ignored, err);
	if (r == -ENOENT)
		return selection_fail_missing(
			s->root, path, is_ignored, err);
	if (r < 0)
		return r;
	r = is_visible(s->root, found.path, S_ISDIR(found.kind), err);
	if (r > 0)
		append(s, &found, *path ? path_base(path) : ".");
	free(found.path);
	if (r == 0)
		return selection_fail_missing(s->root, path, true, err);
	return r < 0 ? r : 0;
}

static int match_dir(struct search *s, const char *dir, const char *pattern,
	struct error *err);

/* A name that the first component of a pattern matches; `rest` is what follows
 * it, "" at the end. What is left out is no match, and no error. */
static int
add_match(struct search *s, const char *path, unsigned char type,
	const char *rest, struct error *err)
{
	int r;

	r = is_visible(s->root, path, type == DT_DIR, err);
	if (r <= 0)
		return r;
	if (*rest == '\0')
		return add_path(s, path, err);
	return type == DT_DIR ? match_dir(s, path, rest, err) : 0;
}

/* File systems that do not tell types are asked again. */
static unsigned char
type_of(int dir_fd, const struct name *name)
{
	struct stat st;

	if (name->type != DT_UNKNOWN)
		return name->type;
	if (fstatat(dir_fd, name->text, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return DT_UNKNOWN;
	return IFTODT(st.st_mode);
}

static int
match_names(struct search *s, int dir_fd, const char *dir,
	const struct names *names, const char *pattern, struct error *err)
{
	size_t len = strcspn(pattern, "/");
	autofree char *first = mem_strndup(pattern, len);
	const char *rest = pattern + len + (pattern[len] == '/');
	int r = 0;

	for (size_t i = 0; i < names->count && r == 0; i++) {
		autofree char *path = NULL;

		if (glob_match(first, names->items[i].text) <= 0)
			continue;
		path = path_join(dir, names->items[i].text);
		r = add_match(s, path, type_of(dir_fd, &names->items[i]), rest,
			err);
	}
	return r;
}

/* Everything in `dir` ("" is the root) that `pattern` matches. Directories that
 * are links are not searched, as BuildKit does not. */
static int
match_dir(struct search *s, const char *dir, const char *pattern,
	struct error *err)
{
	cleanup_value(names_release) struct names names = { 0 };
	autoclose int fd = -1;
	int r;

	r = fs_open_in(s->root->fd, *dir ? dir : ".", FS_NO_LINKS,
		O_RDONLY | O_DIRECTORY, 0, &fd, err);
	if (r < 0)
		return r;
	r = names_read(fd, &names, err);
	if (r < 0)
		return error_wrap(err, "'%s'", dir);
	return match_names(s, fd, dir, &names, pattern, err);
}

/* Components in front of the first wildcard: links are followed there. */
static size_t
plain_length(const char *source)
{
	size_t plain = 0, len;
	const char *p;

	for (p = source; *p; p += len + (p[len] == '/')) {
		autofree char *component = NULL;

		len = strcspn(p, "/");
		component = mem_strndup(p, len);
		if (glob_has_wildcard(component))
			break;
		plain = (size_t)(p - source) + len;
	}
	return plain;
}

static int
add_wildcard(struct search *s, struct error *err)
{
	size_t plain = plain_length(s->source);
	autofree char *dir = mem_strndup(s->source, plain);
	const char *pattern = s->source + plain + (plain > 0);
	struct resolved found = { 0 };
	int r;

	if (glob_match(s->source, "") < 0)
		return error_set(err, EINVAL, "syntax error in pattern '%s'",
			s->source);
	r = resolve_path(s->root->fd, dir, s->root->ignore, &found, NULL, err);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	if (S_ISDIR(found.kind))
		r = match_dir(s, strcmp(found.path, ".") == 0 ? "" : found.path,
			pattern, err);
	free(found.path);
	return r;
}

int
selection_add(struct selection *s, const struct copy_root *r,
	const char *source, struct error *err)
{
	autofree char *rooted = mem_printf("/%s", source);
	autofree char *cleaned = path_clean(rooted);
	struct search search = { .root = r, .found = s, .source = cleaned + 1 };

	search.is_wildcard = glob_has_wildcard(search.source);
	if (search.is_wildcard)
		return add_wildcard(&search, err);
	return add_path(&search, search.source, err);
}
