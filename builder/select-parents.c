/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "builder/select.h"
#include "builder/walk.h"
#include "util/glob.h"
#include "util/mem.h"
#include "util/path.h"

#define PIVOT "/./"

/* A source in two: what stays behind, and what is matched and kept. */
struct split {
	char *base;
	char *pattern;		/* cleaned; "" is everything */
};

static void
split_release(struct split *s)
{
	free(s->base);
	free(s->pattern);
}

static void
split_source(const char *source, struct split *ret)
{
	const char *pivot = strstr(source, PIVOT);
	const char *rest = pivot ? pivot + strlen(PIVOT) : source;
	autofree char *rooted = mem_printf("/%s", rest);
	autofree char *cleaned = path_clean(rooted);

	ret->base = pivot ? mem_strndup(source, (size_t)(pivot - source))
			  : mem_strdup("");
	ret->pattern = mem_strdup(cleaned + 1);
}

/* Everything but what the pattern matches is left out. */
static int
make_include(const char *pattern, struct ignore **ret, struct error *err)
{
	cleanup_value(strv_release) struct strv words = { 0 };

	if (*pattern == '\0')
		return 0;
	strv_add(&words, "**");
	strv_addf(&words, "!%s", pattern);
	return ignore_from_words(&words, ret, err);
}

/* Is there anything in the directory that it includes? 1, 0 or negative. */
static int
has_match(const struct copy_root *r, const struct selected *base,
	struct error *err)
{
	const struct walk_filter filter = {
		.ignore = r->ignore, .include = base->include
	};
	cleanup(walk_free) struct walk *w = NULL;
	struct walk_entry e;
	int got;

	got = walk_open(r->fd, base->path, &filter, &w, err);
	if (got < 0)
		return got;
	/* The first is the directory itself. */
	got = walk_next(w, &e, err);
	return got > 0 ? walk_next(w, &e, err) : got;
}

static int
check_match(const struct copy_root *r, const struct selected *base,
	const char *pattern, struct error *err)
{
	autofree char *path = NULL;
	int got;

	if (!base->include || glob_has_wildcard(pattern))
		return 0;
	got = has_match(r, base, err);
	if (got != 0)
		return got < 0 ? got : 0;
	path = strcmp(base->path, ".") == 0 ? mem_strdup(pattern)
					    : path_join(base->path, pattern);
	return selection_fail_missing(
		r, path, ignore_matches(r->ignore, path), err);
}

/* `base` is moved to the end of `s`. */
static void
append(struct selection *s, struct selected *base)
{
	s->items = mem_resize(s->items, s->count + 1, sizeof(*s->items));
	s->items[s->count++] = *base;
	*base = (struct selected){ 0 };
}

static int
add_base(struct selection *s, const struct copy_root *r, struct selected *base,
	const char *pattern, struct error *err)
{
	int got;

	if (!S_ISDIR(base->kind)) {
		if (base->is_wildcard)
			return 0;
		return error_set(
			err, ENOTDIR, "'/%s' is not a directory", base->path);
	}
	got = make_include(pattern, &base->include, err);
	if (got < 0)
		return got;
	got = base->is_wildcard ? 0 : check_match(r, base, pattern, err);
	if (got < 0)
		return got;
	append(s, base);
	return 0;
}

int
selection_add_parents(struct selection *s, const struct copy_root *r,
	const char *source, struct error *err)
{
	cleanup_value(selection_release) struct selection bases = { 0 };
	cleanup_value(split_release) struct split split = { 0 };
	int got;

	split_source(source, &split);
	got = selection_add(&bases, r, split.base, err);
	for (size_t n = 0; n < bases.count && got == 0; n++)
		got = add_base(s, r, &bases.items[n], split.pattern, err);
	return got;
}
