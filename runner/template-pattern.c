/* SPDX-License-Identifier: Apache-2.0 */
/* Functions with patterns. They are regcomp(3)'s extended ones, with \d, \w, \s
 * and \b of Go's; what would make them slow or large is refused. */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "runner/template-call.h"
#include "runner/template.h"
#include "util/mem.h"

#define PATTERN_MAX 1000
#define SUBJECT_MAX KiB(64)
#define REPEATS_MAX 100 /* of all {N} of a pattern together */
#define MATCHES_MAX 10000
#define GROUPS 10

static void
regex_release(regex_t **r)
{
	if (!*r)
		return;
	regfree(*r);
	free(*r);
}

static const struct {
	char letter;
	const char *outside; /* of brackets */
	const char *inside;
} classes[] = {
	{ 'd', "[0-9]", "0-9" },
	{ 'D', "[^0-9]", NULL },
	{ 'w', "[0-9A-Za-z_]", "0-9A-Za-z_" },
	{ 'W', "[^0-9A-Za-z_]", NULL },
	{ 's', "[ \t\n\f\r]", " \t\n\f\r" },
	{ 'S', "[^ \t\n\f\r]", NULL },
	{ 'b', "\\b", NULL },
	{ 'B', "\\B", NULL },
	{ 't', "\t", "\t" },
	{ 'n', "\n", "\n" },
};

/* "\x" outside or inside of brackets; false: it has no meaning. */
static bool
add_escape(char letter, bool inside, struct buf *ret)
{
	const char *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		if (classes[i].letter != letter)
			continue;
		text = inside ? classes[i].inside : classes[i].outside;
		if (text)
			buf_adds(ret, text);
		return text != NULL;
	}
	if (!letter ||
		strchr("0123456789pPzAQEabcdefghijklmnopqrstuvwxyz", letter))
		return false;
	/* There a backslash is one: a character as POSIX has it, by name. */
	buf_addf(ret, inside ? "[.%c.]" : "\\%c", letter);
	return true;
}

/* The greater number of "{N}", "{N,}" or "{N,M}", which regcomp(3) writes out:
 * more than REPEATS_MAX of it is never right. */
static unsigned
repeats_of(const char *brace)
{
	char *end;
	unsigned long low = strtoul(brace + 1, &end, 10);
	unsigned long high = *end == ',' ? strtoul(end + 1, NULL, 10) : 0;
	unsigned long most = high > low ? high : low;

	return most > REPEATS_MAX ? REPEATS_MAX + 1 : (unsigned)most;
}

/* From Go's to regcomp's; NULL, or why not. */
static const char *
translate(const char *from, struct buf *ret)
{
	unsigned repeats = 0;
	bool inside = false;

	for (; *from; from++) {
		if (*from == '\\') {
			if (!add_escape(*++from, inside, ret))
				return "has a '\\' that is not known here";
			continue;
		}
		if (!inside && strncmp(from, "(?:", 3) == 0) {
			buf_addc(ret, '(');
			from += 2;
			continue;
		}
		if (!inside && strncmp(from, "(?", 2) == 0)
			return "has flags";
		if (!inside && strchr("*+?}", *from) && from[1] == '?')
			return "is not greedy";
		if (!inside && *from == '{')
			repeats += repeats_of(from);
		if (repeats > REPEATS_MAX)
			return "repeats too much";
		inside = inside ? *from != ']' : *from == '[';
		buf_addc(ret, *from);
	}
	return NULL;
}

static int
compile(struct call *c, size_t index, regex_t **ret)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	const char *pattern = call_text(c, index);
	const char *why;
	regex_t *r;

	buf_init(&text, KiB(64));
	why = strlen(pattern) > PATTERN_MAX ? "is too long"
					    : translate(pattern, &text);
	if (why) {
		call_fail(c, "the pattern %s", why);
		return -1;
	}
	r = mem_zalloc(sizeof(*r));
	if (regcomp(r, buf_text(&text), REG_EXTENDED) != 0) {
		free(r);
		call_fail(c, "'%s' is not a pattern", pattern);
		return -1;
	}
	*ret = r;
	return 0;
}

static const char *
subject(struct call *c, size_t index)
{
	const char *text = call_text(c, index);

	if (strlen(text) <= SUBJECT_MAX)
		return text;
	call_fail(c, "the text is too long for a pattern");
	return "";
}

static bool
find(const regex_t *r, const char *text, const char *at, regmatch_t *groups)
{
	return regexec(r, at, GROUPS, groups, at > text ? REG_NOTBOL : 0) == 0;
}

static const struct value *
pattern_match(struct call *c)
{
	cleanup_value(regex_release) regex_t *r = NULL;
	const char *text = subject(c, 1);
	regmatch_t groups[GROUPS];

	if (compile(c, 0, &r) < 0)
		return &value_nil;
	return value_bool(find(r, text, text, groups));
}

static const struct value *
pattern_find(struct call *c)
{
	cleanup_value(regex_release) regex_t *r = NULL;
	const char *text = subject(c, 1);
	regmatch_t g[GROUPS];

	if (compile(c, 0, &r) < 0)
		return &value_nil;
	if (!find(r, text, text, g))
		return value_text(c->arena, "");
	return value_text_of(
		c->arena, text + g[0].rm_so, (size_t)(g[0].rm_eo - g[0].rm_so));
}

/* Calls back for each match and what is before it, then for the rest. */
struct walk {
	struct call *call;
	const char *text;
	int64_t limit; /* below 0: none */
	void (*match)(struct walk *w, const char *at, const regmatch_t *g);
	void (*rest)(struct walk *w, const char *at);
	struct value *list;
	struct buf *out;
	const char *replacement;
	bool literal;
};

static void
walk(struct walk *w, const regex_t *r)
{
	const char *at = w->text;
	regmatch_t g[GROUPS];
	size_t count = 0;

	while (w->limit < 0 || (int64_t)count < w->limit) {
		if (!find(r, w->text, at, g))
			break;
		if (++count > MATCHES_MAX) {
			call_fail(w->call, "there are too many matches");
			return;
		}
		w->match(w, at, g);
		/* An empty match is passed by one character. */
		if (g[0].rm_eo == g[0].rm_so) {
			if (!at[g[0].rm_eo])
				return;
			if (w->out)
				buf_addc(w->out, at[g[0].rm_eo]);
			at++;
		}
		at += g[0].rm_eo;
	}
	if (w->rest)
		w->rest(w, at);
}

static void
add_match(struct walk *w, const char *at, const regmatch_t *g)
{
	value_append(w->call->arena, w->list,
		value_text_of(w->call->arena, at + g[0].rm_so,
			(size_t)(g[0].rm_eo - g[0].rm_so)));
}

static const struct value *
pattern_find_all(struct call *c)
{
	cleanup_value(regex_release) regex_t *r = NULL;
	struct walk w = { .call = c,
		.text = subject(c, 1),
		.limit = call_int(c, 2),
		.match = add_match,
		.list = value_list(c->arena) };

	if (compile(c, 0, &r) < 0)
		return &value_nil;
	walk(&w, r);
	return w.list;
}

static void
add_before(struct walk *w, const char *at, const regmatch_t *g)
{
	value_append(w->call->arena, w->list,
		value_text_of(w->call->arena, at, (size_t)g[0].rm_so));
}

static void
add_rest(struct walk *w, const char *at)
{
	value_append(w->call->arena, w->list, value_text(w->call->arena, at));
}

static const struct value *
pattern_split(struct call *c)
{
	cleanup_value(regex_release) regex_t *r = NULL;
	int64_t limit = call_int(c, 2);
	struct walk w = { .call = c,
		.text = subject(c, 1),
		.limit = limit > 0 ? limit - 1 : -1,
		.match = add_before,
		.rest = add_rest,
		.list = value_list(c->arena) };

	if (compile(c, 0, &r) < 0)
		return &value_nil;
	if (limit != 0)
		walk(&w, r);
	return w.list;
}

/* "$1" and "${1}" are what the groups hold. */
static void
add_replacement(struct walk *w, const char *at, const regmatch_t *g)
{
	const char *c;
	size_t braces, i;

	buf_add(w->out, at, (size_t)g[0].rm_so);
	for (c = w->replacement; *c; c++) {
		braces = !w->literal && strncmp(c, "${", 2) == 0;
		if (w->literal || *c != '$' || c[1 + braces] < '0' ||
			c[1 + braces] > '9') {
			buf_addc(w->out, *c);
			continue;
		}
		i = (size_t)(c[1 + braces] - '0');
		if (g[i].rm_so >= 0)
			buf_add(w->out, at + g[i].rm_so,
				(size_t)(g[i].rm_eo - g[i].rm_so));
		c += 1 + braces + (braces && c[2 + braces] == '}');
	}
}

static void
add_tail(struct walk *w, const char *at)
{
	buf_adds(w->out, at);
}

static const struct value *
replace_all(struct call *c, bool literal)
{
	cleanup_value(regex_release) regex_t *r = NULL;
	cleanup_value(buf_release) struct buf out = { 0 };
	struct walk w = { .call = c,
		.text = subject(c, 1),
		.limit = -1,
		.match = add_replacement,
		.rest = add_tail,
		.out = &out,
		.replacement = call_text(c, 2),
		.literal = literal };

	buf_init(&out, TEMPLATE_TEXT_MAX);
	if (compile(c, 0, &r) < 0)
		return &value_nil;
	walk(&w, r);
	return call_result(c, &out);
}

static const struct value *
pattern_replace(struct call *c)
{
	return replace_all(c, false);
}

static const struct value *
pattern_replace_literal(struct call *c)
{
	return replace_all(c, true);
}

const struct function template_pattern_functions[] = {
	{ "regexMatch", 2, 2, false, pattern_match },
	{ "regexFind", 2, 2, false, pattern_find },
	{ "regexFindAll", 3, 3, false, pattern_find_all },
	{ "regexReplaceAll", 3, 3, false, pattern_replace },
	{ "regexReplaceAllLiteral", 3, 3, false, pattern_replace_literal },
	{ "regexSplit", 3, 3, false, pattern_split },
	{ NULL, 0, 0, false, NULL },
};
