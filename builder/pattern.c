/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/pattern.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "builder/utf8.h"
#include "util/mem.h"
#include "util/scope.h"

#define CHARS_MAX 1024
#define ANY_CHAR UINT32_MAX

/*
 * `count` characters, each one that must be there or ANY_CHAR. A state is the
 * number of characters met; star[n] says that state n may take any text.
 */
struct pattern {
	uint32_t chars[CHARS_MAX];
	bool star[CHARS_MAX + 1];
	size_t count;
};

struct states {
	bool at[CHARS_MAX + 1];
};

struct pattern *
pattern_free(struct pattern *p)
{
	free(p);
	return NULL;
}

/* The character behind an escape; 0 when that is no escape. */
static uint32_t
escaped(const char **text, char escape)
{
	char c = **text;

	if (c == '\0' || (!strchr("*?}/", c) && c != escape))
		return 0;
	return utf8_next(text);
}

static int
add_next(struct pattern *p, const char **text, char escape, struct error *err)
{
	uint32_t c = utf8_next(text);

	if (c == '*') {
		p->star[p->count] = true;
		return 0;
	}
	if (p->count == CHARS_MAX)
		return error_set(err, E2BIG, "longer than %d characters",
			CHARS_MAX);
	if (c == (unsigned char)escape) {
		c = escaped(text, escape);
		if (c == 0)
			return error_set(err, EINVAL,
				"invalid escape '%c%.1s'", escape, *text);
	} else if (c == '?') {
		c = ANY_CHAR;
	}
	p->chars[p->count++] = c;
	return 0;
}

int
pattern_parse(const char *text, char escape, struct pattern **ret,
	struct error *err)
{
	cleanup(pattern_free) struct pattern *p = mem_zalloc(sizeof(*p));
	const char *next = text;
	int r;

	while (*next) {
		r = add_next(p, &next, escape, err);
		if (r < 0)
			return error_wrap(err,
				"invalid pattern (%.200s) in substitution", text);
	}
	*ret = take_ptr(&p);
	return 0;
}

static void
step(const struct pattern *p, struct states *s, uint32_t c)
{
	bool met = false, was;

	for (size_t n = 0; n <= p->count; n++) {
		was = s->at[n];
		s->at[n] = met || (was && p->star[n] && c != '\n');
		met = was && n < p->count &&
			(p->chars[n] == c ||
				(p->chars[n] == ANY_CHAR && c != '\n'));
	}
}

static bool
is_over(const struct pattern *p, const struct states *s)
{
	return !memchr(s->at, true, p->count + 1);
}

/* How much of the front of `chars` matches; false when nothing does. */
static bool
match_front(const struct pattern *p, const uint32_t *chars, size_t len,
	bool longest, size_t *ret)
{
	struct states s = { .at = { true } };
	bool found = false;

	for (size_t n = 0;; n++) {
		if (s.at[p->count]) {
			*ret = n;
			found = true;
		}
		if (n == len || (found && !longest) || is_over(p, &s))
			return found;
		step(p, &s, chars[n]);
	}
}

static void
reverse(uint32_t *chars, size_t len)
{
	uint32_t held;

	for (size_t i = 0; i < len / 2; i++) {
		held = chars[i];
		chars[i] = chars[len - 1 - i];
		chars[len - 1 - i] = held;
	}
}

static struct pattern *
reversed(const struct pattern *p)
{
	struct pattern *back = mem_dup(p, sizeof(*p));

	reverse(back->chars, back->count);
	for (size_t n = 0; n <= p->count; n++)
		back->star[n] = p->star[p->count - n];
	return back;
}

static void
add_chars(struct buf *to, const uint32_t *chars, size_t len)
{
	for (size_t i = 0; i < len; i++)
		utf8_add(to, chars[i]);
}

char *
pattern_trim(const struct pattern *p, const char *value,
	enum pattern_side side, bool longest)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup(pattern_free) struct pattern *back = NULL;
	autofree uint32_t *chars = NULL;
	size_t len, cut = 0;

	chars = utf8_decode(value, &len);
	if (side == PATTERN_SUFFIX) {
		back = reversed(p);
		reverse(chars, len);
	}
	(void)match_front(back ? back : p, chars, len, longest, &cut);
	if (side == PATTERN_SUFFIX)
		reverse(chars, len);
	buf_init(&text, strlen(value) + 1);
	add_chars(&text, side == PATTERN_SUFFIX ? chars : chars + cut,
		len - cut);
	return buf_steal(&text);
}

/* Where matches begin, found by matching backwards from every place at once:
 * trying each place by itself would take quadratic time. */
static bool *
find_starts(const struct pattern *p, const uint32_t *chars, size_t len)
{
	cleanup(pattern_free) struct pattern *back = reversed(p);
	bool *starts = mem_array(len + 1, sizeof(*starts));
	struct states s = { 0 };

	starts[len] = p->count == 0;
	for (size_t i = len; i-- > 0;) {
		s.at[0] = true;
		step(back, &s, chars[i]);
		starts[i] = s.at[p->count] || p->count == 0;
	}
	return starts;
}

void
pattern_replace(const struct pattern *p, const char *value,
	const char *replacement, bool every, struct buf *ret)
{
	autofree uint32_t *chars = NULL;
	autofree bool *starts = NULL;
	size_t len, i = 0, n, last_end = SIZE_MAX;
	bool more = true;

	chars = utf8_decode(value, &len);
	starts = find_starts(p, chars, len);
	while (i <= len && !ret->overflow) {
		n = 0;
		if (more && starts[i] &&
			match_front(p, chars + i, len - i, true, &n) &&
			(n > 0 || i != last_end)) {
			buf_adds(ret, replacement);
			last_end = i + n;
			more = every;
		}
		/* Nothing matched, or an empty text did: one further. */
		if (n == 0 && i < len)
			utf8_add(ret, chars[i]);
		i += n > 0 ? n : 1;
	}
}
