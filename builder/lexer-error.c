/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/lexer.h"

#include <string.h>

#include "util/buf.h"
#include "util/mem.h"
#include "util/scope.h"

/* How much of a long line is shown: this many bytes before the place, and as
 * many after it. */
#define SHOWN_BYTES 60

static const char *
find_line(const char *text, size_t len, int line, size_t *ret_len)
{
	const char *end = text + len;
	const char *next;

	for (; line > 1; line--) {
		next = memchr(text, '\n', (size_t)(end - text));
		if (!next)
			return NULL;
		text = next + 1;
	}
	next = memchr(text, '\n', (size_t)(end - text));
	*ret_len = (size_t)((next ? next : end) - text);
	return text;
}

/* The next byte of the caret's line: tabs stay tabs, so that the caret is right
 * whatever their width; later bytes of a character take no place. */
static void
add_below(struct buf *to, char c)
{
	if (((unsigned char)c & 0xc0) == 0x80)
		return;
	buf_addc(to, c == '\t' ? '\t' : ' ');
}

static void
add_shown(struct buf *to, char c)
{
	bool is_control = (unsigned char)c < ' ' || c == 0x7f;

	buf_addc(to, is_control && c != '\t' ? ' ' : c);
}

static void
add_excerpt(const char *line, size_t len, size_t at, struct error *err)
{
	size_t from = at > SHOWN_BYTES ? at - SHOWN_BYTES : 0;
	size_t to = at + SHOWN_BYTES < len ? at + SHOWN_BYTES : len;
	cleanup_value(buf_release) struct buf shown = { 0 };
	cleanup_value(buf_release) struct buf below = { 0 };

	buf_init(&shown, KiB(1));
	buf_init(&below, KiB(1));
	for (size_t i = from; i < to; i++)
		add_shown(&shown, line[i]);
	for (size_t i = from; i < at; i++)
		add_below(&below, line[i]);
	(void)error_hint(err, "%s\n%s^", buf_text(&shown), buf_text(&below));
}

int
lexer_place_error(const char *file, const char *text, size_t len, int line,
	int column, struct error *err)
{
	const char *shown;
	size_t shown_len, at = (size_t)column - 1;

	shown = find_line(text, len, line, &shown_len);
	if (shown)
		add_excerpt(shown, shown_len, at < shown_len ? at : shown_len,
			err);
	return error_wrap(err, "%s:%d:%d", file, line, column);
}

int
lexer_fail(const struct lexer *l, const struct lexer_line *line, size_t offset,
	struct error *err)
{
	int number, column;

	(void)error_kind(err, ERROR_REQUEST);
	if (l->fixed_line > 0) {
		(void)error_hint(err, "ONBUILD %s", line->text);
		return error_wrap(err, "%s:%d:%d", l->file, l->fixed_line,
			l->fixed_column);
	}
	lexer_place_of(line, offset, &number, &column);
	return lexer_place_error(l->file, l->text, l->len, number, column, err);
}
