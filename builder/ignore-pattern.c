/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/ignore-pattern.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "builder/utf8.h"
#include "util/mem.h"
#include "util/scope.h"

/*
 * A pattern is a row of elements. The state "at n" means that those before n
 * have matched; all states are carried along at once, so that no pattern makes
 * matching slow.
 */
enum element_kind {
	ONE_CHAR,
	ANY_CHAR,		/* `?`: all but a slash */
	CLASS,			/* `[...]` */
	MANY_CHARS,		/* `*`: none or more, no slash */
	ANY_TEXT,		/* `**` at the end, `**x` */
	ANY_DIRS,		/* `**` elsewhere: none, or up to a slash */
};

struct range {
	uint32_t first, last;
};

struct element {
	enum element_kind kind;
	uint32_t c;
	bool negated;
	size_t first_range, range_count;
};

struct ignore_pattern {
	struct element *elements;
	size_t count;
	struct range *ranges;
	size_t range_count;
	bool has_wildcard;	/* more than ** at its ends */
	char *tail;		/* literal text every match ends in */
	size_t tail_len;
};

struct ignore_pattern *
ignore_pattern_free(struct ignore_pattern *p)
{
	if (!p)
		return NULL;
	free(p->elements);
	free(p->ranges);
	free(p->tail);
	free(p);
	return NULL;
}

static struct element *
add_element(struct ignore_pattern *p, enum element_kind kind, uint32_t c)
{
	p->elements[p->count] = (struct element){ .kind = kind, .c = c };
	p->has_wildcard |= kind == ANY_CHAR || kind == CLASS ||
		kind == MANY_CHARS;
	return &p->elements[p->count++];
}

/* One character of a class, after an escape if there is one; 0 when a class
 * cannot go on like this. */
static uint32_t
read_class_char(const char **text)
{
	if (**text == '-' || **text == ']')
		return 0;
	if (**text == '\\')
		*text += 1;
	return utf8_next(text);
}

static bool
read_range(struct ignore_pattern *p, const char **text)
{
	struct range r;

	r.first = r.last = read_class_char(text);
	if (r.first == 0)
		return false;
	if (**text == '-') {
		*text += 1;
		r.last = read_class_char(text);
	}
	p->ranges = mem_resize(p->ranges, p->range_count + 1,
		sizeof(*p->ranges));
	p->ranges[p->range_count++] = r;
	return r.last != 0;
}

/* Behind "[". */
static bool
read_class(struct ignore_pattern *p, const char **text)
{
	struct element *e = add_element(p, CLASS, 0);

	e->negated = **text == '^';
	*text += e->negated;
	e->first_range = p->range_count;
	do {
		if (!read_range(p, text))
			return false;
	} while (**text != ']');
	*text += 1;
	e->range_count = p->range_count - e->first_range;
	return true;
}

/* Behind the first "*". */
static void
read_stars(struct ignore_pattern *p, const char **text)
{
	if (**text != '*') {
		(void)add_element(p, MANY_CHARS, 0);
		return;
	}
	*text += 1;
	if (**text == '/')
		*text += 1;
	(void)add_element(p, **text ? ANY_DIRS : ANY_TEXT, 0);
}

static bool
read_element(struct ignore_pattern *p, const char **text)
{
	char c = **text;

	switch (c) {
	case '*':
		*text += 1;
		read_stars(p, text);
		return true;
	case '?':
		*text += 1;
		(void)add_element(p, ANY_CHAR, 0);
		return true;
	case '[':
		*text += 1;
		return read_class(p, text);
	case '\\':
		*text += 1;
		p->has_wildcard = true;
		if (**text == '\0')
			return false;
		break;
	}
	(void)add_element(p, ONE_CHAR, utf8_next(text));
	return true;
}

/* moby/patternmatcher compares the ends of the texts when `**` stands in front
 * and nothing else is special: "**x" matches "yx", though "**x*" does not match
 * "yx". */
static void
loosen_front(struct ignore_pattern *p, const char *text)
{
	bool is_plain = !p->has_wildcard;

	for (size_t i = 1; i < p->count; i++)
		is_plain &= p->elements[i].kind == ONE_CHAR;
	if (is_plain && p->count > 0 && p->elements[0].kind == ANY_DIRS &&
		text[2] != '/')
		p->elements[0].kind = ANY_TEXT;
}

static void
set_tail(struct ignore_pattern *p)
{
	cleanup_value(buf_release) struct buf tail = { 0 };
	size_t n = p->count;

	while (n > 0 && p->elements[n - 1].kind == ONE_CHAR)
		n--;
	buf_init(&tail, IGNORE_PATTERN_MAX + 1);
	for (; n < p->count; n++)
		utf8_add(&tail, p->elements[n].c);
	p->tail_len = tail.len;
	p->tail = buf_steal(&tail);
}

int
ignore_pattern_parse(const char *text, struct ignore_pattern **ret,
	struct error *err)
{
	cleanup(ignore_pattern_free) struct ignore_pattern *p = NULL;
	size_t len = strlen(text);
	const char *next = text;

	if (len > IGNORE_PATTERN_MAX)
		return error_set(err, EINVAL,
			"a pattern is longer than %d bytes",
			IGNORE_PATTERN_MAX);
	p = mem_zalloc(sizeof(*p));
	p->elements = mem_array(len + 1, sizeof(*p->elements));
	while (*next) {
		if (!read_element(p, &next))
			return error_set(err, EINVAL,
				"syntax error in pattern '%s'", text);
	}
	loosen_front(p, text);
	set_tail(p);
	*ret = take_ptr(&p);
	return 0;
}

static bool
in_class(const struct ignore_pattern *p, const struct element *e, uint32_t c)
{
	const struct range *r = p->ranges + e->first_range;
	bool found = false;

	for (size_t i = 0; i < e->range_count && !found; i++)
		found = c >= r[i].first && c <= r[i].last;
	return found != e->negated;
}

/* Does the element take `c` and let go? */
static bool
takes(const struct ignore_pattern *p, const struct element *e, uint32_t c)
{
	switch (e->kind) {
	case ONE_CHAR:
		return c == e->c;
	case ANY_CHAR:
		return c != '/';
	case CLASS:
		return in_class(p, e, c);
	case ANY_DIRS:
		return c == '/';
	case MANY_CHARS:
	case ANY_TEXT:
		return false;
	}
	return false;
}

/* Does it take `c` and stay? */
static bool
keeps(const struct element *e, uint32_t c)
{
	return e->kind == ANY_TEXT || e->kind == ANY_DIRS ||
		(e->kind == MANY_CHARS && c != '/');
}

static bool
may_be_empty(const struct element *e)
{
	return e->kind >= MANY_CHARS;
}

/*
 * All states that hold, those from `first` to `last` perhaps. ANY_DIRS may be
 * passed when it is entered and after each slash, not between: so "entered"
 * spreads over what may be empty, "kept" does not.
 */
struct states {
	bool at[IGNORE_PATTERN_MAX + 1];
	size_t first, last;
};

/* State n is entered anew, and so are those behind it as far as the elements
 * between may be empty. Returns the last one. */
static size_t
enter(const struct ignore_pattern *p, bool *at, size_t n)
{
	at[n] = true;
	while (n < p->count && may_be_empty(&p->elements[n]))
		at[++n] = true;
	return n;
}

static void
step(const struct ignore_pattern *p, struct states *s, uint32_t c)
{
	size_t first = s->first, last = s->last, end;
	const struct element *e;

	s->first = SIZE_MAX;
	s->last = 0;
	/* From the back: what is entered lies ahead of what is still read. */
	for (size_t n = last + 1; n-- > first;) {
		if (!s->at[n])
			continue;
		e = &p->elements[n];
		s->at[n] = n < p->count && keeps(e, c);
		end = s->at[n] ? n : 0;
		if (s->at[n] && e->kind != ANY_DIRS)
			end = enter(p, s->at, n);
		if (n < p->count && takes(p, e, c))
			end = enter(p, s->at, n + 1);
		else if (!s->at[n])
			continue;
		s->first = s->at[n] ? n : (n + 1 < s->first ? n + 1 : s->first);
		s->last = end > s->last ? end : s->last;
	}
}

static bool
has_ended(const struct states *s)
{
	return s->first == SIZE_MAX;
}

static void
run(const struct ignore_pattern *p, const char *path, struct states *s)
{
	memset(s->at, 0, p->count + 1);
	s->first = 0;
	s->last = enter(p, s->at, 0);
	while (*path && !has_ended(s))
		step(p, s, utf8_next(&path));
}

bool
ignore_pattern_matches(const struct ignore_pattern *p, const char *path)
{
	size_t len = strlen(path);
	struct states s;

	if (len < p->tail_len ||
		memcmp(path + len - p->tail_len, p->tail, p->tail_len) != 0)
		return false;
	run(p, path, &s);
	return !has_ended(&s) && s.at[p->count];
}

bool
ignore_pattern_may_match_below(const struct ignore_pattern *p,
	const char *path)
{
	struct states s;

	run(p, path, &s);
	if (!has_ended(&s))
		step(p, &s, '/');
	if (has_ended(&s))
		return false;
	/* One state only, behind the last element, takes nothing more. */
	return s.first < p->count;
}
