/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/template-lex.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "util/mem.h"
#include "util/scope.h"

int
template_fail(const struct template_lexer *l, const char *where,
	const char *format, ...)
{
	autofree char *what = NULL;
	const char *c, *line_start = l->text;
	size_t line = 1;
	va_list args;

	for (c = l->text; c < where; c++) {
		if (*c != '\n')
			continue;
		line++;
		line_start = c + 1;
	}
	va_start(args, format);
	what = mem_vprintf(format, args);
	va_end(args);
	error_set(l->err, EINVAL, "%s:%zu:%zu: %s", l->name, line,
		(size_t)(where - line_start) + 1, what);
	return error_kind(l->err, ERROR_REQUEST);
}

static bool
starts(const struct template_lexer *l, const char *at, const char *with)
{
	size_t len = strlen(with);

	return (size_t)(l->end - at) >= len && memcmp(at, with, len) == 0;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (c & 0x80);
}

static void
skip_space(struct template_lexer *l)
{
	while (l->at < l->end && is_space(*l->at))
		l->at++;
}

static void
trim_end(struct buf *text)
{
	while (text->len > 0 && is_space(text->data[text->len - 1]))
		text->data[--text->len] = '\0';
}

static bool
at_comment_line(const struct template_lexer *l)
{
	const char *c = l->at;

	if (c > l->text && c[-1] != '\n')
		return false;
	while (c < l->end && (*c == ' ' || *c == '\t'))
		c++;
	return c < l->end && *c == '#';
}

static void
copy_line(struct template_lexer *l, struct buf *ret)
{
	const char *end = memchr(l->at, '\n', (size_t)(l->end - l->at));

	end = end ? end + 1 : l->end;
	buf_add(ret, l->at, (size_t)(end - l->at));
	l->at = end;
}

/* At "/" "*": it ends at its own sign, whatever quotes it holds. */
static int
skip_comment(struct template_lexer *l, const char *start)
{
	const char *end =
		memmem(l->at, (size_t)(l->end - l->at), "*/", strlen("*/"));
	bool trims;

	if (!end)
		return template_fail(
			l, start, "an action without its end '}}'");
	l->at = end + strlen("*/");
	skip_space(l);
	trims = starts(l, l->at, "-}}");
	if (!trims && !starts(l, l->at, "}}"))
		return template_fail(
			l, start, "an action without its end '}}'");
	l->at += trims + strlen("}}");
	if (trims)
		skip_space(l);
	return 0;
}

/* At "{{". 1 in an action, 0 behind a comment. */
static int
enter(struct template_lexer *l, struct buf *text)
{
	const char *start = l->at;

	l->at += strlen("{{");
	if (starts(l, l->at, "-") && l->at + 1 < l->end && is_space(l->at[1])) {
		trim_end(text);
		l->at++;
		skip_space(l);
	}
	if (starts(l, l->at, "/*"))
		return skip_comment(l, start);
	if (!memmem(l->at, (size_t)(l->end - l->at), "}}", strlen("}}")))
		return template_fail(
			l, start, "an action without its end '}}'");
	return 1;
}

int
template_lex_text(struct template_lexer *l, struct buf *ret)
{
	int r;

	while (l->at < l->end) {
		if (at_comment_line(l)) {
			copy_line(l, ret);
		} else if (starts(l, l->at, "{{")) {
			r = enter(l, ret);
			if (r != 0)
				return r;
		} else {
			buf_addc(ret, *l->at++);
		}
	}
	return 0;
}

static int
lex_quoted(struct template_lexer *l, struct token *ret)
{
	const char *c = l->at + 1;

	for (; c < l->end && *c != *l->at; c++) {
		if (*c == '\n' && *l->at != '`')
			break;
		if (*c == '\\' && *l->at != '`' && c + 1 < l->end)
			c++;
	}
	if (c >= l->end || *c != *l->at)
		return template_fail(l, l->at, "a string without its end");
	ret->kind = *l->at == '\'' ? TOKEN_CHAR : TOKEN_STRING;
	ret->len = (size_t)(c + 1 - l->at);
	return 0;
}

static size_t
word_length(const struct template_lexer *l, const char *also)
{
	const char *c = l->at + 1;

	while (c < l->end && (is_word(*c) || (*c && strchr(also, *c))))
		c++;
	return (size_t)(c - l->at);
}

static bool
starts_number(const struct template_lexer *l)
{
	const char *c = l->at + (*l->at == '-' || *l->at == '+');

	return c < l->end && isdigit((unsigned char)*c);
}

static void
lex_word(struct template_lexer *l, struct token *ret)
{
	if (starts_number(l)) {
		ret->kind = TOKEN_NUMBER;
		ret->len = word_length(l, ".");
	} else if (*l->at == '.') {
		ret->kind = TOKEN_FIELD;
		ret->len = word_length(l, ".");
	} else if (*l->at == '$') {
		ret->kind = TOKEN_VARIABLE;
		ret->len = word_length(l, ".");
	} else if (is_word(*l->at)) {
		ret->kind = TOKEN_NAME;
		ret->len = word_length(l, "");
	} else {
		ret->kind = TOKEN_SIGN;
		ret->len = starts(l, l->at, ":=") ? 2 : 1;
	}
}

static bool
closes(const struct template_lexer *l, const char *from, bool *ret_trims)
{
	*ret_trims = l->at > from && starts(l, l->at, "-}}");
	return *ret_trims || starts(l, l->at, "}}");
}

int
template_lex_next(struct template_lexer *l, struct token *ret)
{
	const char *from = l->at;
	bool trims;
	int r = 0;

	skip_space(l);
	*ret = (struct token){ TOKEN_CLOSE, l->at, 2 };
	if (l->at == l->end)
		return template_fail(l, from, "an action without its end '}}'");
	if (closes(l, from, &trims)) {
		l->at += trims + strlen("}}");
		if (trims)
			skip_space(l);
		return 0;
	}
	if (strchr("\"`'", *l->at) && *l->at)
		r = lex_quoted(l, ret);
	else
		lex_word(l, ret);
	if (r == 0)
		l->at += ret->len;
	return r;
}

bool
token_is(const struct token *t, const char *text)
{
	return (t->kind == TOKEN_SIGN || t->kind == TOKEN_NAME) &&
		t->len == strlen(text) && memcmp(t->at, text, t->len) == 0;
}
