/* SPDX-License-Identifier: Apache-2.0 */
#include "util/term.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/mem.h"

#define ESCAPE '\033'
/* A longer sequence is not one: what follows is shown as text. */
#define SEQUENCE_MAX 64
#define TAB_WIDTH 8

bool
term_can_draw(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}

bool
term_has_color(int fd)
{
	const char *no_color = getenv("NO_COLOR");

	return (!no_color || !*no_color) && term_can_draw(fd);
}

void
term_size(int fd, unsigned *ret_columns, unsigned *ret_rows)
{
	struct winsize size = { 0 };

	(void)ioctl(fd, TIOCGWINSZ, &size);
	*ret_columns = size.ws_col ? size.ws_col : 80;
	*ret_rows = size.ws_row ? size.ws_row : 24;
}

/* Blocks, not single characters: wide (2) and combining (0) ones as in
 * Unicode's EastAsianWidth.txt, coarse enough to fit a screen. */
static const struct {
	uint32_t first, last;
	unsigned width;
} widths[] = {
	{ 0x0300, 0x036f, 0 },
	{ 0x200b, 0x200f, 0 },
	{ 0x20d0, 0x20ff, 0 },
	{ 0xfe00, 0xfe0f, 0 },
	{ 0xfe20, 0xfe2f, 0 },
	{ 0x1100, 0x115f, 2 },
	{ 0x2e80, 0x303e, 2 },
	{ 0x3041, 0xa4cf, 2 },
	{ 0xac00, 0xd7a3, 2 },
	{ 0xf900, 0xfaff, 2 },
	{ 0xfe30, 0xfe6f, 2 },
	{ 0xff00, 0xff60, 2 },
	{ 0xffe0, 0xffe6, 2 },
	{ 0x1f300, 0x1f64f, 2 },
	{ 0x1f680, 0x1f6ff, 2 },
	{ 0x1f900, 0x1f9ff, 2 },
	{ 0x20000, 0x3fffd, 2 },
};

static unsigned
point_width(uint32_t point)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(widths); i++)
		if (point >= widths[i].first && point <= widths[i].last)
			return widths[i].width;
	return 1;
}

/* The length of the character at `text`, at least 1; its code point is
 * UINT32_MAX when the bytes are no UTF-8. */
static size_t
decode(const char *text, size_t len, uint32_t *ret_point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *bytes = (const unsigned char *)text;
	size_t count = *bytes < 0x80 ? 1
		: *bytes < 0xc2	     ? 0
		: *bytes < 0xe0	     ? 2
		: *bytes < 0xf0	     ? 3
		: *bytes < 0xf5	     ? 4
				     : 0;
	uint32_t point;
	size_t i;

	*ret_point = UINT32_MAX;
	if (count == 0 || count > len)
		return 1;
	point = count == 1 ? *bytes : *bytes & (0x7fu >> count);
	for (i = 1; i < count; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 1;
		point = point << 6 | (bytes[i] & 0x3f);
	}
	if (point < least[count])
		return 1;
	*ret_point = point;
	return count;
}

/* The length of the escape sequence at `data` (ECMA-48: CSI, OSC and other
 * strings, or two characters); 1 when it is none. */
static size_t
sequence_length(const char *data, size_t len)
{
	size_t max = len < SEQUENCE_MAX ? len : SEQUENCE_MAX;
	size_t i;

	if (len < 2)
		return 1;
	if (data[1] == '[') {
		for (i = 2; i < max; i++)
			if (data[i] >= 0x40 && data[i] <= 0x7e)
				return i + 1;
		return 1;
	}
	if (!strchr("]P_^X", data[1]))
		return 2;
	for (i = 2; i < len; i++) {
		if (data[i] == '\a')
			return i + 1;
		if (data[i] == ESCAPE && i + 1 < len && data[i + 1] == '\\')
			return i + 2;
	}
	return len;
}

size_t
term_text_width(const char *text)
{
	size_t left = strlen(text);
	size_t width = 0;
	uint32_t point;
	size_t n;

	for (; left; text += n, left -= n) {
		if (*text == ESCAPE) {
			n = sequence_length(text, left);
			continue;
		}
		n = decode(text, left, &point);
		width += point_width(point);
	}
	return width;
}

void
term_add_cut(struct buf *b, const char *text, size_t max)
{
	size_t left = strlen(text);
	size_t width = 0;
	uint32_t point;
	size_t n;

	for (; left; text += n, left -= n) {
		if (*text == ESCAPE) {
			n = sequence_length(text, left);
			buf_add(b, text, n);
			continue;
		}
		n = decode(text, left, &point);
		width += point_width(point);
		if (width <= max)
			buf_add(b, text, n);
	}
}

void
term_add_color(struct buf *b, enum term_color color)
{
	static const char *const sequences[] = {
		[TERM_PLAIN] = "\033[0m",
		[TERM_RED] = "\033[31m",
		[TERM_YELLOW] = "\033[33m",
		[TERM_BLUE] = "\033[34m",
		[TERM_GREEN] = "\033[32m",
		[TERM_FAINT] = "\033[2m",
	};

	buf_adds(b, sequences[color]);
}

void
term_add_erase(struct buf *b, unsigned lines)
{
	buf_addc(b, '\r');
	if (lines)
		buf_addf(b, "\033[%uA", lines);
	buf_adds(b, "\033[J");
}

/* Only "select graphic rendition", ESC [ digits and ; m. */
static bool
is_color(const char *sequence, size_t len)
{
	return len >= 3 && sequence[1] == '[' && sequence[len - 1] == 'm' &&
		strspn(sequence + 2, "0123456789;:") >= len - 3;
}

static bool
is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

static size_t
add_one_safe(struct buf *b, const char *data, size_t len, bool keep_color)
{
	uint32_t point;
	size_t n;

	if (*data == ESCAPE) {
		n = sequence_length(data, len);
		if (keep_color && is_color(data, n))
			buf_add(b, data, n);
		return n;
	}
	n = decode(data, len, &point);
	if (*data == '\t')
		do
			buf_addc(b, ' ');
		while (b->len % TAB_WIDTH && !b->overflow);
	else if (point == UINT32_MAX)
		buf_adds(b, "\xef\xbf\xbd");
	else if (!is_control(point))
		buf_add(b, data, n);
	return n;
}

void
term_add_safe(struct buf *b, const char *data, size_t len, bool keep_color)
{
	size_t n;

	for (; len; data += n, len -= n)
		n = add_one_safe(b, data, len, keep_color);
}
