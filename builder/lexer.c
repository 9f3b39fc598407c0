/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/lexer.h"

#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/mem.h"
#include "util/scope.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

bool
lexer_is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

void
lexer_init(struct lexer *l, const char *file, const char *text, size_t len)
{
	*l = (struct lexer){ .file = file, .text = text, .len = len,
		.escape = '\\' };
	if (len >= 3 && memcmp(text, BYTE_ORDER_MARK, 3) == 0)
		l->pos = 3;
}

void
lexer_line_release(struct lexer_line *line)
{
	free(line->text);
	free(line->places);
	strv_release(&line->comments);
	*line = (struct lexer_line){ 0 };
}

int
lexer_next_raw(struct lexer *l, const char **ret, size_t *ret_len)
{
	const char *start = l->text + l->pos;
	const char *end;

	if (l->pos >= l->len)
		return 0;
	end = memchr(start, '\n', l->len - l->pos);
	*ret = start;
	*ret_len = end ? (size_t)(end - start) + 1 : l->len - l->pos;
	l->pos += *ret_len;
	l->line++;
	return 1;
}

/* A physical line without its line end. */
struct piece {
	const char *text;
	size_t len;
	size_t indent;		/* blanks it begins with */
	bool has_cr;
};

static int
next_piece(struct lexer *l, struct piece *ret)
{
	const char *text;
	size_t len;

	if (!lexer_next_raw(l, &text, &len))
		return 0;
	*ret = (struct piece){ .text = text };
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		ret->has_cr |= text[--len] == '\r';
	ret->len = len;
	while (ret->indent < len && lexer_is_blank(text[ret->indent]))
		ret->indent++;
	return 1;
}

static bool
is_blank_line(const struct piece *p)
{
	return p->indent == p->len;
}

static bool
is_comment(const struct piece *p)
{
	return p->indent < p->len && p->text[p->indent] == '#';
}

/* Text of a comment, trimmed; a bare '#' parts what is above from below. */
static void
keep_comment(struct strv *comments, const struct piece *p)
{
	size_t from = p->indent + 1, to = p->len;

	while (from < to && lexer_is_blank(p->text[from]))
		from++;
	while (to > from && lexer_is_blank(p->text[to - 1]))
		to--;
	if (from == to)
		strv_release(comments);
	else
		strv_take(comments, mem_strndup(p->text + from, to - from));
}

/* Does the line go on in the next one? Then `p` loses the escape. An escape
 * that is itself escaped is not one. */
static bool
take_continuation(struct piece *p, char escape)
{
	size_t n = p->len;

	while (n > 0 && (p->text[n - 1] == ' ' || p->text[n - 1] == '\t'))
		n--;
	if (n == 0 || p->text[n - 1] != escape)
		return false;
	if (n >= 2 && p->text[n - 2] == escape)
		return false;
	p->len = n - 1;
	return true;
}

static void
add_piece(struct lexer_line *line, struct buf *text, const struct piece *p,
	size_t skip, int number)
{
	size_t n = line->place_count;

	line->places = mem_resize(line->places, n + 1, sizeof(*line->places));
	line->places[n] = (struct lexer_place){
		.offset = text->len,
		.line = number,
		.column = (int)skip + 1,
	};
	line->place_count = n + 1;
	line->last_line = number;
	line->has_cr |= p->has_cr;
	if (p->len > skip)
		buf_add(text, p->text + skip, p->len - skip);
}

/* The lines after a continued one. Comments within are dropped; a blank line
 * does not end the instruction, which surprises: it is remembered. */
static void
join_lines(struct lexer *l, struct lexer_line *line, struct buf *text)
{
	struct piece p;
	bool more = true;

	while (more && next_piece(l, &p)) {
		if (is_comment(&p))
			continue;
		if (is_blank_line(&p)) {
			line->has_blank_line = true;
			continue;
		}
		more = take_continuation(&p, l->escape);
		add_piece(line, text, &p, 0, l->line);
	}
}

static void
trim_end(struct buf *text)
{
	while (text->len > 0 && lexer_is_blank(text->data[text->len - 1]))
		text->data[--text->len] = '\0';
}

static void
read_line(struct lexer *l, struct piece *first, struct lexer_line *ret)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	bool more;

	buf_init(&text, l->len + 1);
	more = take_continuation(first, l->escape);
	add_piece(ret, &text, first, first->indent, l->line);
	if (more)
		join_lines(l, ret, &text);
	trim_end(&text);
	ret->text = buf_steal(&text);
}

int
lexer_next(struct lexer *l, struct lexer_line *ret)
{
	struct piece p;

	while (next_piece(l, &p)) {
		if (is_comment(&p)) {
			keep_comment(&ret->comments, &p);
			continue;
		}
		if (is_blank_line(&p)) {
			strv_release(&ret->comments);
			continue;
		}
		read_line(l, &p, ret);
		if (ret->text[strspn(ret->text, " \t\v\f\r")] != '\0')
			return 1;
		lexer_line_release(ret);
	}
	lexer_line_release(ret);
	return 0;
}

void
lexer_place_of(const struct lexer_line *line, size_t offset, int *ret_line,
	int *ret_column)
{
	size_t n = line->place_count - 1;

	while (n > 0 && line->places[n].offset > offset)
		n--;
	*ret_line = line->places[n].line;
	*ret_column = line->places[n].column +
		(int)(offset - line->places[n].offset);
}
