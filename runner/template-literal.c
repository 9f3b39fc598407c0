/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/template-literal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

/* The escapes of a Go string that a task file may hold. */
static int
unescape(const struct template_lexer *l, const char *c, struct buf *ret)
{
	static const char letters[] = "nrt\\\"'";
	static const char values[] = "\n\r\t\\\"'";
	const char *letter = *c ? strchr(letters, *c) : NULL;

	if (!letter)
		return template_fail(l, c - 1, "unknown escape '\\%c'", *c);
	buf_addc(ret, values[letter - letters]);
	return 0;
}

static int
string(const struct template_lexer *l, struct arena *a, const struct token *t,
	const struct value **ret)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	const char *end = t->at + t->len - 1;
	const char *c;
	int r;

	buf_init(&text, t->len);
	for (c = t->at + 1; c < end; c++) {
		if (*t->at == '`' || *c != '\\') {
			buf_addc(&text, *c);
			continue;
		}
		r = unescape(l, ++c, &text);
		if (r < 0)
			return r;
	}
	*ret = value_text_of(a, buf_text(&text), text.len);
	return 0;
}

/* One byte, perhaps escaped: a number. */
static int
character(const struct template_lexer *l, struct arena *a,
	const struct token *t, const struct value **ret)
{
	const struct value *text;
	int r;

	r = string(l, a, t, &text);
	if (r < 0)
		return r;
	if (strlen(text->text) != 1)
		return template_fail(l, t->at, "%.*s is not one character",
			(int)t->len, t->at);
	*ret = value_int(a, *text->text);
	return 0;
}

static int
number(const struct template_lexer *l, struct arena *a, const struct token *t,
	const struct value **ret)
{
	autofree char *text = mem_strndup(t->at, t->len);
	int64_t whole;
	double real;
	char *end;

	errno = 0;
	whole = strtoll(text, &end, 0);
	if (!*end && errno == 0) {
		*ret = value_int(a, whole);
		return 0;
	}
	errno = 0;
	real = strtod(text, &end);
	if (*end || errno)
		return template_fail(l, t->at, "'%s' is not a number", text);
	*ret = value_float(a, real);
	return 0;
}

int
template_literal(const struct template_lexer *l, struct arena *a,
	const struct token *t, const struct value **ret)
{
	if (t->kind == TOKEN_STRING)
		return string(l, a, t, ret);
	if (t->kind == TOKEN_CHAR)
		return character(l, a, t, ret);
	return number(l, a, t, ret);
}
