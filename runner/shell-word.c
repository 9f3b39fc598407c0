/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/shell-word.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "util/mem.h"

void
shell_word_release(struct shell_word *w)
{
	size_t i;

	for (i = 0; i < w->count; i++) {
		free(w->parts[i].text);
		free(w->parts[i].otherwise);
	}
	free(w->parts);
	*w = (struct shell_word){ 0 };
}

int
shell_refuse(struct shell_parser *p, const char *what)
{
	error_set(p->err, EINVAL, "%s needs a shell", what);
	error_kind(p->err, ERROR_REQUEST);
	error_hint(p->err, "write: IMAGE sh -c '...'");
	return -EINVAL;
}

int
shell_wrong(struct shell_parser *p, const char *what, const char *how)
{
	error_set(p->err, EINVAL, "%s %s", what, how);
	error_kind(p->err, ERROR_REQUEST);
	return -EINVAL;
}

static int
unfinished(struct shell_parser *p, const char *what)
{
	return shell_wrong(p, what, "is never closed");
}

static struct shell_part *
add_part(struct shell_parser *p)
{
	struct shell_word *w = &p->word;

	w->parts = mem_resize(w->parts, w->count + 1, sizeof(*w->parts));
	w->parts[w->count] = (struct shell_part){ 0 };
	return &w->parts[w->count++];
}

void
shell_end_part(struct shell_parser *p)
{
	struct shell_part *part;

	if (!p->text.len && !p->quoted)
		return;
	part = add_part(p);
	part->text = mem_strdup(buf_text(&p->text));
	part->quoted = p->quoted;
	buf_reset(&p->text);
	p->quoted = false;
}

/* From here on, characters are (or are not) in quotes. */
static void
begin_part(struct shell_parser *p, bool quoted)
{
	shell_end_part(p);
	p->quoted = quoted;
	p->in_word = true;
}

static bool
is_name_char(char c, bool first)
{
	return c == '_' || isalpha((unsigned char)c) ||
		(!first && isdigit((unsigned char)c));
}

static size_t
name_length(const char *text)
{
	size_t len = 0;

	while (is_name_char(text[len], len == 0))
		len++;
	return len;
}

static void
add_variable(struct shell_parser *p, const char *name, size_t len, bool quoted,
	char *otherwise)
{
	struct shell_part *part;

	shell_end_part(p);
	part = add_part(p);
	part->text = mem_strndup(name, len);
	part->is_variable = true;
	part->quoted = quoted;
	part->otherwise = otherwise;
	p->quoted = quoted;
	p->in_word = true;
}

/* At "${". */
static int
braced_variable(struct shell_parser *p, bool quoted)
{
	const char *name = p->at + 2;
	size_t len = name_length(name);
	const char *rest = name + len;
	const char *end = strchr(rest, '}');
	autofree char *otherwise = NULL;

	if (!end)
		return unfinished(p, "'${'");
	if (strncmp(rest, ":-", 2) == 0)
		otherwise = mem_strndup(rest + 2, (size_t)(end - rest - 2));
	if (!len || (*rest != '}' && !otherwise))
		return shell_refuse(p, "this '${'");
	if (otherwise && strpbrk(otherwise, "$`'\"\\{"))
		return shell_refuse(p, "what is behind ':-'");
	add_variable(p, name, len, quoted, take_ptr(&otherwise));
	p->at = end + 1;
	return 0;
}

/* At "$" or "`". */
int
shell_expansion(struct shell_parser *p, bool quoted)
{
	char shown[] = "'$?'";
	size_t len;

	if (*p->at == '`')
		return shell_refuse(p, "'`'");
	if (p->at[1] == '(')
		return shell_refuse(p, "'$('");
	if (p->simple) {
		buf_addc(&p->text, *p->at++);
		return 0;
	}
	if (p->at[1] == '{')
		return braced_variable(p, quoted);
	len = name_length(p->at + 1);
	if (len) {
		add_variable(p, p->at + 1, len, quoted, NULL);
		p->at += 1 + len;
		return 0;
	}
	shown[2] = p->at[1];
	if (p->at[1] && strchr("?$!#@*-0123456789", p->at[1]))
		return shell_refuse(p, shown);
	buf_addc(&p->text, *p->at++);
	return 0;
}

/* At the character behind the opening quote. */
int
shell_single_quoted(struct shell_parser *p)
{
	const char *end = strchr(p->at, '\'');

	if (!end)
		return unfinished(p, "a single quote");
	begin_part(p, true);
	buf_add(&p->text, p->at, (size_t)(end - p->at));
	begin_part(p, false);
	p->at = end + 1;
	return 0;
}

int
shell_double_quoted(struct shell_parser *p)
{
	int r;

	begin_part(p, true);
	while (*p->at && *p->at != '"') {
		if (*p->at == '$' || *p->at == '`') {
			r = shell_expansion(p, true);
			if (r < 0)
				return r;
			continue;
		}
		if (*p->at == '\\' && p->at[1] == '\n') {
			p->at += 2;
			continue;
		}
		if (*p->at == '\\' && p->at[1] && strchr("$`\"\\", p->at[1]))
			p->at++;
		buf_addc(&p->text, *p->at++);
	}
	if (!*p->at)
		return unfinished(p, "a double quote");
	begin_part(p, false);
	p->at++;
	return 0;
}

/* At the backslash. */
int
shell_escaped(struct shell_parser *p)
{
	if (!p->at[1])
		return unfinished(p, "a '\\'");
	if (p->at[1] != '\n') {
		begin_part(p, true);
		buf_addc(&p->text, p->at[1]);
		begin_part(p, false);
	}
	p->at += 2;
	return 0;
}
