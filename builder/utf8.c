/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/utf8.h"

#include <string.h>

#include "util/mem.h"

#define LONE_BYTE 0xdc00u

/* By the first byte: how many follow, and the smallest character that needs so
 * many (shorter ones written long are not UTF-8, RFC 3629). */
static const struct {
	unsigned char mask, lead;
	int more;
	uint32_t least;
} lengths[] = {
	{ 0xe0, 0xc0, 1, 0x80 },
	{ 0xf0, 0xe0, 2, 0x800 },
	{ 0xf8, 0xf0, 3, 0x10000 },
};

/* The bytes after the first one; 0 when they do not fit it. */
static uint32_t
read_rest(const unsigned char *p, size_t row)
{
	uint32_t c = *p & (unsigned char)~lengths[row].mask;

	for (int i = 1; i <= lengths[row].more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < lengths[row].least || c > 0x10ffff || (c >> 11) == 0x1b)
		return 0;
	return c;
}

uint32_t
utf8_next(const char **text)
{
	const unsigned char *p = (const unsigned char *)*text;
	uint32_t c;

	if (*p == '\0')
		return 0;
	*text += 1;
	if (*p < 0x80)
		return *p;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		if ((*p & lengths[i].mask) != lengths[i].lead)
			continue;
		c = read_rest(p, i);
		if (c == 0)
			break;
		*text += lengths[i].more;
		return c;
	}
	return LONE_BYTE + *p;
}

uint32_t *
utf8_decode(const char *text, size_t *ret_count)
{
	uint32_t *chars = mem_array(strlen(text) + 1, sizeof(*chars));
	size_t n = 0;

	while (*text)
		chars[n++] = utf8_next(&text);
	*ret_count = n;
	return chars;
}

void
utf8_add(struct buf *to, uint32_t c)
{
	if (c < 0x80) {
		buf_addc(to, (char)c);
	} else if (c >= LONE_BYTE && c < LONE_BYTE + 0x100) {
		buf_addc(to, (char)(c - LONE_BYTE));
	} else if (c < 0x800) {
		buf_addc(to, (char)(0xc0 | c >> 6));
		buf_addc(to, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_addc(to, (char)(0xe0 | c >> 12));
		buf_addc(to, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(to, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_addc(to, (char)(0xf0 | c >> 18));
		buf_addc(to, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_addc(to, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(to, (char)(0x80 | (c & 0x3f)));
	}
}

/* Blocks of Unicode that hold no letters, sorted. */
static const struct {
	uint32_t first, last;
} not_letters[] = {
	{ 0x80, 0xa9 },		/* controls, Latin-1 punctuation */
	{ 0xab, 0xb4 },
	{ 0xb6, 0xb9 },
	{ 0xbb, 0xbf },
	{ 0xd7, 0xd7 },		/* multiplication sign */
	{ 0xf7, 0xf7 },		/* division sign */
	{ 0x2000, 0x206f },	/* general punctuation */
	{ 0x20a0, 0x20cf },	/* currency */
	{ 0x2190, 0x2bff },	/* arrows, mathematics, shapes, symbols */
	{ 0x3000, 0x3004 },	/* ideographic punctuation */
	{ 0x3007, 0x3030 },
	{ 0xd800, 0xf8ff },	/* lone bytes, private use */
	{ 0xfe10, 0xfe6f },	/* forms of punctuation */
	{ 0xff00, 0xff20 },	/* full-width punctuation */
	{ 0x1f000, 0x1faff },	/* pictures */
	{ 0xe0000, 0x10ffff },	/* tags, private use */
};

bool
utf8_is_letter(uint32_t c)
{
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	for (size_t i = 0; i < ARRAY_SIZE(not_letters); i++) {
		if (c >= not_letters[i].first && c <= not_letters[i].last)
			return false;
	}
	return true;
}
