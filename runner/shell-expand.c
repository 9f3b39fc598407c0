/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/shell-expand.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/glob.h"
#include "util/mem.h"
#include "util/path.h"

#define WORD_MAX MiB(1)
#define NAMES_MAX 100000

/* A word of the command in the making: its text, and the same as a pattern in
 * which nothing quoted is special. */
struct field {
	const struct shell_place *place;
	struct strv *ret;
	struct strv *ret_unset;
	struct buf text;
	struct buf pattern;
	bool begun;
	bool is_pattern;
};

/* The path below the root, or an error. */
static int
path_below(const struct shell_place *place, const char *path, char **ret,
	struct error *err)
{
	autofree char *here = path_resolve(place->root_name, place->directory);
	autofree char *whole = path_resolve(here, path);

	if (!path_is_below(whole, place->root_name)) {
		(void)error_set(err, EXDEV, "'%s' is not below %s", path,
			place->root_name);
		return error_kind(err, ERROR_REQUEST);
	}
	*ret = mem_printf(".%s", whole + strlen(place->root_name));
	return 0;
}

int
shell_open(const struct shell_place *place, const char *path, int flags,
	int *ret_fd, struct error *err)
{
	autofree char *below = NULL;
	int r;

	if (strcmp(path, "/dev/null") == 0) {
		*ret_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		return *ret_fd < 0 ? error_errno(err, "cannot open '%s'", path)
				   : 0;
	}
	r = path_below(place, path, &below, err);
	return r < 0 ? r
		     : fs_open_in(place->root_fd, below, FS_BENEATH, flags,
			       0644, ret_fd, err);
}

int
shell_directory(const struct shell_place *place, const char *path, char **ret,
	struct error *err)
{
	autofree char *below = NULL;
	autoclose int fd = -1;
	int r;

	r = path_below(place, path, &below, err);
	if (r == 0)
		r = fs_open_in(place->root_fd, below, FS_BENEATH,
			O_PATH | O_DIRECTORY, 0, &fd, err);
	if (r == 0)
		*ret = take_ptr(&below);
	return r;
}

static int match_below(const struct shell_place *place, const char *base,
	const char *pattern, struct strv *ret, struct error *err);

/* Goes on with `rest` in what `name` below `base` is. */
static int
match_rest(const struct shell_place *place, const char *base, const char *name,
	const char *rest, struct strv *ret, struct error *err)
{
	autofree char *path = path_join(base, name);

	if (*rest)
		return match_below(place, path, rest, ret, err);
	if (ret->count >= NAMES_MAX)
		return error_set(err, E2BIG, "more than %d files match",
			NAMES_MAX);
	strv_add(ret, path);
	return 0;
}

/* One component of the pattern. What cannot be listed has no names. */
static int
match_below(const struct shell_place *place, const char *base,
	const char *pattern, struct strv *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	size_t len = strcspn(pattern, "/");
	autofree char *component = mem_strndup(pattern, len);
	const char *rest = pattern + len + strspn(pattern + len, "/");
	autoclose int fd = -1;
	size_t i;
	int r = 0;

	if (shell_open(place, *base ? base : ".", O_RDONLY | O_DIRECTORY, &fd,
		    NULL) < 0 ||
		fs_list(fd, NAMES_MAX, &names, NULL) < 0)
		return 0;
	for (i = 0; r == 0 && i < names.count; i++) {
		const char *name = names.items[i];

		if (*name == '.' && *component != '.')
			continue;
		if (glob_match(component, name) == 1)
			r = match_rest(place, base, name, rest, ret, err);
	}
	return r;
}

static int
add_matches(struct field *f, struct error *err)
{
	const char *pattern = buf_text(&f->pattern);
	size_t before = f->ret->count;
	int r = 0;

	if (f->is_pattern && *pattern != '/')
		r = match_below(f->place, "", pattern, f->ret, err);
	if (r == 0 && f->ret->count == before)
		strv_add(f->ret, buf_text(&f->text));
	return r;
}

static int
end_field(struct field *f, struct error *err)
{
	int r = 0;

	if (f->begun)
		r = buf_check(&f->text, "a word", err);
	if (f->begun && r == 0)
		r = add_matches(f, err);
	buf_reset(&f->text);
	buf_reset(&f->pattern);
	f->begun = false;
	f->is_pattern = false;
	return r;
}

/* Sets of characters are negated by "!" in sh, by "^" in our patterns. */
static void
add_special(struct field *f, char c)
{
	const char *before = buf_text(&f->pattern);
	bool negates = c == '!' && f->pattern.len > 0 &&
		before[f->pattern.len - 1] == '[';

	if (strchr("*?[", c))
		f->is_pattern = true;
	else if (c == '\\')
		buf_addc(&f->pattern, '\\');
	buf_addc(&f->pattern, negates ? '^' : c);
}

static void
add_char(struct field *f, char c, bool quoted)
{
	f->begun = true;
	buf_addc(&f->text, c);
	if (!quoted) {
		add_special(f, c);
		return;
	}
	if (strchr("*?[]\\-^", c))
		buf_addc(&f->pattern, '\\');
	buf_addc(&f->pattern, c);
}

/* A variable's value splits at blanks, unless it is quoted. */
static int
add_value(struct field *f, const char *text, bool quoted, struct error *err)
{
	int r = 0;

	f->begun = f->begun || quoted;
	for (; r == 0 && *text; text++) {
		if (!quoted && strchr(" \t\n", *text))
			r = end_field(f, err);
		else
			add_char(f, *text, quoted);
	}
	return r;
}

static int
add_part(struct field *f, const struct shell_part *part, struct error *err)
{
	const char *value;
	const char *c;

	if (part->is_variable) {
		value = strv_env_get(f->place->env, part->text);
		if (part->otherwise && (!value || !*value))
			value = part->otherwise;
		if (!value && !strv_has(f->ret_unset, part->text))
			strv_add(f->ret_unset, part->text);
		return add_value(f, value ? value : "", part->quoted, err);
	}
	f->begun = f->begun || part->quoted;
	for (c = part->text; *c; c++)
		add_char(f, *c, part->quoted);
	return 0;
}

int
shell_expand(const struct shell_word *w, const struct shell_place *place,
	struct strv *ret, struct strv *ret_unset, struct error *err)
{
	struct field f = { .place = place,
		.ret = ret,
		.ret_unset = ret_unset };
	size_t i;
	int r = 0;

	buf_init(&f.text, WORD_MAX);
	buf_init(&f.pattern, 2 * WORD_MAX);
	for (i = 0; r == 0 && i < w->count; i++)
		r = add_part(&f, &w->parts[i], err);
	if (r == 0)
		r = end_field(&f, err);
	buf_release(&f.text);
	buf_release(&f.pattern);
	return r;
}
