/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/lexer.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/mem.h"
#include "util/scope.h"

void
lexer_directives_release(struct lexer_directives *d)
{
	free(d->syntax);
	free(d->check);
	*d = (struct lexer_directives){ 0 };
}

static const char *
skip_blanks(const char *p, const char *end)
{
	while (p < end && lexer_is_blank(*p))
		p++;
	return p;
}

/* `# name = value`, blanks anywhere but in the name; 1 or 0. */
static int
split_directive(const char *p, size_t len, char **ret_name, char **ret_value)
{
	const char *end = p + len;
	const char *name, *name_end;

	p = skip_blanks(p, end);
	if (p == end || *p != '#')
		return 0;
	name = name_end = skip_blanks(p + 1, end);
	if (name == end || !isalpha((unsigned char)*name))
		return 0;
	while (name_end < end && isalnum((unsigned char)*name_end))
		name_end++;
	p = skip_blanks(name_end, end);
	if (p == end || *p != '=')
		return 0;
	p = skip_blanks(p + 1, end);
	while (end > p && lexer_is_blank(end[-1]))
		end--;
	if (p == end)
		return 0;
	*ret_name = mem_strndup(name, (size_t)(name_end - name));
	*ret_value = mem_strndup(p, (size_t)(end - p));
	return 1;
}

/* What one reading of the top of the file has found. */
struct reading {
	char *escape, *syntax, *check;
};

static void
reading_release(struct reading *r)
{
	free(r->escape);
	free(r->syntax);
	free(r->check);
	*r = (struct reading){ 0 };
}

static const struct {
	const char *name;
	size_t offset;
} directives[] = {
	{ "check", offsetof(struct reading, check) },
	{ "escape", offsetof(struct reading, escape) },
	{ "syntax", offsetof(struct reading, syntax) },
};

static char **
find_directive(struct reading *r, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(directives); i++) {
		if (strcasecmp(directives[i].name, name) == 0)
			return (char **)((char *)r + directives[i].offset);
	}
	return NULL;
}

static int
fail_at(const struct lexer *l, struct error *err)
{
	(void)error_kind(err, ERROR_REQUEST);
	return lexer_place_error(l->file, l->text, l->len, l->line, 1, err);
}

/* 1 when the line is a directive, 0 when it ends them. */
static int
read_directive(const struct lexer *l, const char *line, size_t len,
	struct reading *r, struct error *err)
{
	autofree char *name = NULL;
	autofree char *value = NULL;
	char **place;

	if (!split_directive(line, len, &name, &value))
		return 0;
	place = find_directive(r, name);
	if (!place)
		return 0;
	if (*place) {
		(void)error_set(err, EINVAL,
			"only one %s parser directive can be used", name);
		return fail_at(l, err);
	}
	*place = take_ptr(&value);
	return 1;
}

/* `l` is a copy: the lexer proper reads the same lines as comments. */
static int
read_top(struct lexer l, bool skip_script_line, struct reading *ret,
	struct error *err)
{
	const char *line;
	size_t len;
	int r = 1;

	while (r > 0 && lexer_next_raw(&l, &line, &len)) {
		if (skip_script_line && l.line == 1 && len >= 2 &&
			memcmp(line, "#!", 2) == 0)
			continue;
		r = read_directive(&l, line, len, ret, err);
		if (r > 0 && ret->escape && strcmp(ret->escape, "\\") != 0 &&
			strcmp(ret->escape, "`") != 0) {
			(void)error_set(err, EINVAL,
				"invalid escape token '%s' does not match ` or \\",
				ret->escape);
			return fail_at(&l, err);
		}
	}
	return r < 0 ? r : 0;
}

/* A `#!` line is skipped when looking for syntax and check, but it ends the
 * search for escape: so BuildKit does it. */
int
lexer_read_directives(const struct lexer *l, struct lexer_directives *ret,
	struct error *err)
{
	cleanup_value(reading_release) struct reading plain = { 0 };
	cleanup_value(reading_release) struct reading script = { 0 };
	int r;

	r = read_top(*l, false, &plain, err);
	if (r < 0)
		return r;
	r = read_top(*l, true, &script, err);
	if (r < 0)
		return r;
	ret->escape = plain.escape ? plain.escape[0] : '\\';
	ret->syntax = take_ptr(&script.syntax);
	ret->check = take_ptr(&script.check);
	return 0;
}
