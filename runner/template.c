/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/template.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "util/mem.h"
#include "util/scope.h"

/* A word of an action: text/template/parse/lex.go has the same ones. */
enum token_kind {
	TOKEN_END,
	TOKEN_FIELD,  /* .A.B.C */
	TOKEN_STRING, /* "..." or `...` */
	TOKEN_NUMBER,
	TOKEN_NAME,  /* a function or a control word */
	TOKEN_OTHER, /* | ( ) $ := , */
};

struct token {
	enum token_kind kind;
	const char *start;
	size_t len;
};

struct renderer {
	const char *name;
	const char *text, *end; /* everything, for line and column */
	const char *at;		/* what comes next */
	const char *action_end; /* the "}}" or "-}}" of the action we are in */
	const struct map *values;
	struct buf *ret;
	struct error *err;
};

static int __attribute__((format(printf, 3, 4)))
fail(struct renderer *r, const char *where, const char *format, ...)
{
	autofree char *what = NULL;
	const char *c, *line_start = r->text;
	size_t line = 1;
	va_list args;

	for (c = r->text; c < where; c++) {
		if (*c != '\n')
			continue;
		line++;
		line_start = c + 1;
	}
	va_start(args, format);
	what = mem_vprintf(format, args);
	va_end(args);
	error_set(r->err, EINVAL, "%s:%zu:%zu: %s", r->name, line,
		(size_t)(where - line_start) + 1, what);
	error_kind(r->err, ERROR_REQUEST);
	return -EINVAL;
}

static bool
starts(const struct renderer *r, const char *at, const char *with)
{
	size_t len = strlen(with);

	return (size_t)(r->end - at) >= len && memcmp(at, with, len) == 0;
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

static int
lex_quoted(struct renderer *r, struct token *ret)
{
	const char *c = r->at + 1;

	for (; c < r->action_end && *c != *r->at; c++)
		if (*c == '\\' && *r->at == '"')
			c++;
	if (c >= r->action_end)
		return fail(r, r->at, "a string without its end");
	ret->kind = TOKEN_STRING;
	ret->len = (size_t)(c + 1 - r->at);
	return 0;
}

static size_t
word_length(const struct renderer *r, const char *also)
{
	const char *c = r->at + 1;

	while (c < r->action_end && (is_word(*c) || (*c && strchr(also, *c))))
		c++;
	return (size_t)(c - r->at);
}

static int
next_token(struct renderer *r, struct token *ret)
{
	while (r->at < r->action_end && is_space(*r->at))
		r->at++;
	*ret = (struct token){ TOKEN_END, r->at, 0 };
	if (r->at == r->action_end)
		return 0;
	if (*r->at == '"' || *r->at == '`')
		return lex_quoted(r, ret);
	ret->len = 1;
	ret->kind = TOKEN_OTHER;
	if (*r->at == '.') {
		ret->kind = TOKEN_FIELD;
		ret->len = word_length(r, ".");
	} else if (isdigit((unsigned char)*r->at) || *r->at == '-') {
		ret->kind = TOKEN_NUMBER;
		ret->len = word_length(r, ".");
	} else if (is_word(*r->at)) {
		ret->kind = TOKEN_NAME;
		ret->len = word_length(r, "");
	}
	return 0;
}

static int
put_field(struct renderer *r, const struct token *t)
{
	autofree char *path = mem_strndup(t->start + 1, t->len - 1);
	const char *value;

	if (!*path)
		return fail(r, t->start, "'.' alone has no text");
	if (strstr(path, "..") || path[strlen(path) - 1] == '.')
		return fail(r, t->start, "'.%s' is not a field", path);
	value = map_get(r->values, path);
	buf_adds(r->ret, value ? value : "");
	return 0;
}

/* The escapes of a Go string that a task file may hold. */
static int
put_escape(struct renderer *r, const char *c)
{
	static const char letters[] = "nrt\\\"'";
	static const char values[] = "\n\r\t\\\"'";
	const char *letter = strchr(letters, *c);

	if (!*c || !letter)
		return fail(r, c - 1, "unknown escape '\\%c'", *c);
	buf_addc(r->ret, values[letter - letters]);
	return 0;
}

static int
put_string(struct renderer *r, const struct token *t)
{
	const char *end = t->start + t->len - 1;
	const char *c;
	int e;

	for (c = t->start + 1; c < end; c++) {
		if (*t->start == '`' || *c != '\\') {
			buf_addc(r->ret, *c);
			continue;
		}
		e = put_escape(r, ++c);
		if (e < 0)
			return e;
	}
	return 0;
}

static int
put_number(struct renderer *r, const struct token *t)
{
	size_t digits = strspn(t->start + (*t->start == '-'), "0123456789");

	if (digits == 0 || digits + (*t->start == '-') != t->len)
		return fail(r, t->start, "'%.*s' is not a whole number",
			(int)t->len, t->start);
	buf_add(r->ret, t->start, t->len);
	return 0;
}

static int
put_operand(struct renderer *r, const struct token *t)
{
	switch (t->kind) {
	case TOKEN_FIELD:
		return put_field(r, t);
	case TOKEN_STRING:
		return put_string(r, t);
	case TOKEN_NUMBER:
		return put_number(r, t);
	case TOKEN_END:
		return fail(r, t->start, "an action with nothing in it");
	case TOKEN_NAME:
	case TOKEN_OTHER:
		break;
	}
	return fail(r, t->start, "'%.*s' is not supported yet in a template",
		(int)t->len, t->start);
}

/* pipeline = command { "|" command }; a command here is one operand. */
static int
run_pipeline(struct renderer *r)
{
	struct token t;
	int e;

	e = next_token(r, &t);
	if (e < 0)
		return e;
	e = put_operand(r, &t);
	if (e < 0)
		return e;
	r->at = t.start + t.len;
	e = next_token(r, &t);
	if (e < 0 || t.kind == TOKEN_END)
		return e;
	return fail(r, t.start, "'%.*s' is not supported yet in a template",
		(int)t.len, t.start);
}

/* Where the action that begins at `at` ends; strings may hold "}}". */
static const char *
find_action_end(const struct renderer *r, const char *at)
{
	char quote = 0;

	for (; at < r->end; at++) {
		if (quote) {
			if (*at == '\\' && quote == '"')
				at++;
			else if (*at == quote)
				quote = 0;
			continue;
		}
		if (*at == '"' || *at == '`')
			quote = *at;
		else if (starts(r, at, "}}"))
			return at;
	}
	return NULL;
}

static void
trim_before(struct renderer *r, size_t from)
{
	while (r->ret->len > from && is_space(r->ret->data[r->ret->len - 1]))
		r->ret->data[--r->ret->len] = '\0';
}

static void
trim_after(struct renderer *r)
{
	while (r->at < r->end && is_space(*r->at))
		r->at++;
}

static bool
is_comment(const struct renderer *r, const char *at)
{
	return starts(r, at, "/*");
}

/* A comment ends at its own sign, whatever quotes it holds. */
static const char *
find_comment_end(const struct renderer *r, const char *at)
{
	const char *end = memmem(at, (size_t)(r->end - at), "*/", strlen("*/"));

	if (!end)
		return NULL;
	end += strlen("*/");
	while (end < r->end && is_space(*end))
		end++;
	return starts(r, end, "-}}")   ? end + 1
		: starts(r, end, "}}") ? end
				       : NULL;
}

/* At "{{"; `text_from` is how far back "{{-" may trim. */
static int
run_action(struct renderer *r, size_t text_from)
{
	const char *start = r->at;
	const char *close;
	bool trims;
	int e = 0;

	r->at += strlen("{{");
	if (starts(r, r->at, "-") && r->at + 1 < r->end && is_space(r->at[1])) {
		trim_before(r, text_from);
		r->at++;
		trim_after(r);
	}
	close = is_comment(r, r->at) ? find_comment_end(r, r->at)
				     : find_action_end(r, r->at);
	if (!close)
		return fail(r, start, "an action without its end '}}'");
	trims = close > r->at + 1 && close[-1] == '-' &&
		(is_space(close[-2]) || is_comment(r, r->at));
	r->action_end = close - trims;
	if (!is_comment(r, r->at))
		e = run_pipeline(r);
	r->at = close + strlen("}}");
	if (trims)
		trim_after(r);
	return e;
}

static bool
at_comment_line(const struct renderer *r)
{
	const char *c = r->at;

	if (c > r->text && c[-1] != '\n')
		return false;
	while (c < r->end && (*c == ' ' || *c == '\t'))
		c++;
	return c < r->end && *c == '#';
}

static void
copy_line(struct renderer *r)
{
	const char *end = memchr(r->at, '\n', (size_t)(r->end - r->at));

	end = end ? end + 1 : r->end;
	buf_add(r->ret, r->at, (size_t)(end - r->at));
	r->at = end;
}

static int
render(struct renderer *r)
{
	size_t text_from = r->ret->len;
	int e;

	while (r->at < r->end) {
		if (at_comment_line(r)) {
			copy_line(r);
		} else if (starts(r, r->at, "{{")) {
			e = run_action(r, text_from);
			if (e < 0)
				return e;
			text_from = r->ret->len;
		} else {
			buf_addc(r->ret, *r->at++);
		}
	}
	return 0;
}

int
template_render(const char *text, size_t len, const char *name,
	const struct map *values, struct buf *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	struct renderer r = { .name = name,
		.text = text,
		.end = text + len,
		.at = text,
		.values = values,
		.ret = &out,
		.err = err };
	int e;

	buf_init(&out, TEMPLATE_TEXT_MAX);
	if (len > TEMPLATE_TEXT_MAX) {
		error_set(err, EFBIG, "%s is larger than %u bytes", name,
			TEMPLATE_TEXT_MAX);
		error_kind(err, ERROR_REQUEST);
		return -EFBIG;
	}
	e = render(&r);
	if (e == 0)
		e = buf_check(&out, name, err);
	if (e == 0) {
		buf_add(ret, buf_text(&out), out.len);
		e = buf_check(ret, name, err);
	}
	if (e < 0)
		error_kind(err, ERROR_REQUEST);
	return e;
}
