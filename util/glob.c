/* SPDX-License-Identifier: Apache-2.0 */
#include "util/glob.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define NOT_UTF8 0xfffd

/*
 * One code point; *text moves behind it. A byte that is not UTF-8 counts as
 * one NOT_UTF8, as Go's utf8.DecodeRuneInString has it.
 */
static uint32_t
next_rune(const char **text)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)*text;
	unsigned more = *s >= 0xf0 ? 3 : *s >= 0xe0 ? 2 : *s >= 0xc0 ? 1 : 0;
	uint32_t rune = more ? *s & (0x3fu >> more) : *s;

	(*text)++;
	if (*s >= 0xf8 || (*s >= 0x80 && !more))
		return NOT_UTF8;
	for (unsigned i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return NOT_UTF8;
		rune = rune << 6 | (s[i] & 0x3f);
	}
	if (rune < least[more] || rune > 0x10ffff ||
		(rune >= 0xd800 && rune <= 0xdfff))
		return NOT_UTF8;
	*text += more;
	return rune;
}

/* One end of a range in a class, perhaps escaped; false: malformed. */
static bool
class_end(const char **pattern, uint32_t *ret)
{
	const char *start;

	if (!**pattern || **pattern == '-' || **pattern == ']')
		return false;
	if (**pattern == '\\' && !*++*pattern)
		return false;
	start = *pattern;
	*ret = next_rune(pattern);
	return *ret != NOT_UTF8 || *pattern > start + 1;
}

/* The class behind a '['; *pattern moves behind its ']'. 1 if it has `rune`,
 * 0 if not, -EINVAL when it is malformed. */
static int
class_match(const char **pattern, uint32_t rune)
{
	bool negated = **pattern == '^', found = false;
	uint32_t low, high;
	const char *first;

	*pattern += negated;
	for (first = *pattern; **pattern != ']' || *pattern == first;) {
		if (!class_end(pattern, &low))
			return -EINVAL;
		high = low;
		if (**pattern == '-') {
			(*pattern)++;
			if (!class_end(pattern, &high))
				return -EINVAL;
		}
		if (low <= rune && rune <= high)
			found = true;
	}
	(*pattern)++;
	return found != negated;
}

static int
glob_check(const char *pattern)
{
	while (*pattern) {
		char c = *pattern++;

		if (c == '\\' && !*pattern++)
			return -EINVAL;
		if (c == '[' && class_match(&pattern, 0) < 0)
			return -EINVAL;
	}
	return 0;
}

/* Match one element, which is no '*', against the start of *text; both move
 * behind what they matched. */
static bool
element_match(const char **pattern, const char **text)
{
	char c = *(*pattern)++;

	if (!**text)
		return false;
	if (c == '[')
		return class_match(pattern, next_rune(text)) > 0;
	if (c == '?' && **text == '/')
		return false;
	if (c == '?')
		return next_rune(text), true;
	if (c == '\\')
		c = *(*pattern)++;
	return *(*text)++ == c;
}

int
glob_match(const char *pattern, const char *text)
{
	/* Where to try again: behind the last '*', one byte further on. An
	 * earlier '*' need not be tried again: the first place that fits leaves
	 * most to the later ones. */
	const char *star = NULL, *retry = NULL;

	if (glob_check(pattern) < 0)
		return -EINVAL;
	while (*pattern || *text) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = text;
			continue;
		}
		if (*pattern && element_match(&pattern, &text))
			continue;
		if (!star || !*retry || *retry == '/')
			return 0;
		pattern = star;
		text = ++retry;
	}
	return 1;
}

bool
glob_has_wildcard(const char *pattern)
{
	return pattern[strcspn(pattern, "*?[\\")] != '\0';
}
