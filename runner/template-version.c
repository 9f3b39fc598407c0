/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of versions: semver.org 2.0, and the constraints that sprig's
 * library has: = != < > <= >= ~ ^, "x", ",", "||". */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "runner/template-call.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/strv.h"

#define PARTS 3

struct version {
	uint64_t part[PARTS];
	size_t count; /* of parts that are there and no wildcards */
	char *before; /* prerelease, "" */
	char *build;
};

static void
version_release(struct version *v)
{
	free(v->before);
	free(v->build);
}

static bool
is_wild(const char *text)
{
	return strcmp(text, "x") == 0 || strcmp(text, "X") == 0 ||
		strcmp(text, "*") == 0;
}

static bool
parse(const char *text, struct version *ret)
{
	cleanup_value(strv_release) struct strv parts = { 0 };
	autofree char *numbers = NULL;
	const char *plus = strchr(text, '+');
	const char *end = plus ? plus : text + strlen(text);
	const char *dash;
	size_t i;

	text += *text == 'v';
	dash = memchr(text, '-', (size_t)(end - text));
	numbers = mem_strndup(text, (size_t)((dash ? dash : end) - text));
	ret->before = dash ? mem_strndup(dash + 1, (size_t)(end - dash - 1))
			   : mem_strdup("");
	ret->build = mem_strdup(plus ? plus + 1 : "");
	strv_split(&parts, numbers, '.');
	if (parts.count > PARTS)
		return false;
	for (i = 0; i < parts.count && !is_wild(parts.items[i]); i++) {
		if (num_parse(parts.items[i], UINT32_MAX, &ret->part[i], NULL) <
			0)
			return false;
		ret->count++;
	}
	return true;
}

static int
compare_words(const char *a, const char *b)
{
	uint64_t x, y;
	bool is_x = num_parse(a, UINT32_MAX, &x, NULL) == 0;
	bool is_y = num_parse(b, UINT32_MAX, &y, NULL) == 0;

	if (is_x && is_y)
		return (x > y) - (x < y);
	if (is_x || is_y)
		return is_x ? -1 : 1;
	return strcmp(a, b);
}

/* Section 11 of semver.org: one that has none is later. */
static int
compare_before(const char *a, const char *b)
{
	cleanup_value(strv_release) struct strv x = { 0 };
	cleanup_value(strv_release) struct strv y = { 0 };
	size_t i;
	int r = 0;

	if (!*a || !*b)
		return !*a - !*b;
	strv_split(&x, a, '.');
	strv_split(&y, b, '.');
	for (i = 0; r == 0 && i < x.count && i < y.count; i++)
		r = compare_words(x.items[i], y.items[i]);
	return r ? r : (x.count > y.count) - (x.count < y.count);
}

static int
compare(const struct version *a, const struct version *b)
{
	size_t i;

	for (i = 0; i < PARTS; i++)
		if (a->part[i] != b->part[i])
			return a->part[i] > b->part[i] ? 1 : -1;
	return compare_before(a->before, b->before);
}

/* Are the first `count` parts the same? */
static bool
same_parts(const struct version *a, const struct version *b, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (a->part[i] != b->part[i])
			return false;
	return true;
}

/* "^": nothing left of the first part that is not 0 may change. */
static size_t
fixed_parts(const struct version *v)
{
	size_t i = 0;

	while (i + 1 < v->count && v->part[i] == 0)
		i++;
	return v->count ? i + 1 : 0;
}

static bool
holds(const char *sign, const struct version *want, const struct version *v)
{
	int order = compare(v, want);
	bool part = same_parts(v, want, want->count);
	bool whole = want->count == PARTS;

	/* One that is not finished is nobody's who did not name one. */
	if (*v->before && !*want->before)
		return false;
	switch (*sign) {
	case '!':
		return whole ? order != 0 : !part;
	case '>':
		if (sign[1] == '=')
			return order >= 0;
		return whole ? order > 0 : order > 0 && !part;
	case '<':
		if (sign[1] == '=')
			return order <= 0 || (!whole && part);
		return order < 0;
	case '~':
		return order >= 0 &&
			same_parts(v, want, want->count > 1 ? 2 : want->count);
	case '^':
		return order >= 0 && same_parts(v, want, fixed_parts(want));
	}
	return whole ? order == 0 : part;
}

/* One comparison; false in `ret` when it does not hold. */
static bool
check_one(const char *text, const struct version *v, bool *ret)
{
	cleanup_value(version_release) struct version want = { 0 };
	size_t len = strspn(text, "=!<>~^");
	autofree char *sign = mem_strndup(text, len);
	static const char *const signs[] = { "", "=", "!=", ">", "<",
		">=", "=>", "<=", "=<", "~", "~>", "^" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signs); i++)
		if (strcmp(signs[i], sign) == 0)
			break;
	if (i == ARRAY_SIZE(signs) || !parse(text + len, &want))
		return false;
	if (strcmp(sign, "=>") == 0 || strcmp(sign, "=<") == 0) {
		sign[0] = sign[1];
		sign[1] = '=';
	}
	if (!holds(sign, &want, v))
		*ret = false;
	return true;
}

/* "a - b" is ">=a <=b"; a sign may stand apart from its version. */
static bool
check_all(const char *text, const struct version *v, bool *ret)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	const char *from;
	size_t i;

	*ret = true;
	while (*text) {
		text += strspn(text, ", \t");
		from = text;
		text += strspn(text, "=!<>~^");
		text += strspn(text, " \t");
		text += strcspn(text, ", \t");
		if (text > from)
			strv_take(&words,
				mem_strndup(from, (size_t)(text - from)));
	}
	for (i = 0; i < words.count; i++) {
		autofree char *word = mem_strdup(words.items[i]);
		char *to = word, *c;

		for (c = word; *c; c++)
			if (!isspace((unsigned char)*c))
				*to++ = *c;
		*to = '\0';
		if (i + 2 < words.count &&
			strcmp(words.items[i + 1], "-") == 0) {
			autofree char *low = mem_printf(">=%s", word);
			autofree char *high =
				mem_printf("<=%s", words.items[i + 2]);

			if (!check_one(low, v, ret) || !check_one(high, v, ret))
				return false;
			i += 2;
		} else if (!check_one(word, v, ret)) {
			return false;
		}
	}
	return words.count > 0;
}

static const struct value *
version_compare(struct call *c)
{
	cleanup_value(version_release) struct version v = { 0 };
	const char *text = call_text(c, 0);
	bool any = false, all;

	if (!parse(call_text(c, 1), &v) || v.count == 0)
		return call_fail(c, "'%s' is no version", call_text(c, 1));
	for (;;) {
		const char *bar = strstr(text, "||");
		autofree char *part = bar
			? mem_strndup(text, (size_t)(bar - text))
			: mem_strdup(text);

		if (!check_all(part, &v, &all))
			return call_fail(c, "'%s' is no constraint", part);
		any |= all;
		if (!bar)
			return value_bool(any);
		text = bar + 2;
	}
}

static const struct value *
version_parse(struct call *c)
{
	static const char *const names[] = { "Major", "Minor", "Patch" };
	cleanup_value(version_release) struct version v = { 0 };
	const char *text = call_text(c, 0);
	struct value *map = value_map(c->arena);
	size_t i;

	if (!parse(text, &v) || v.count == 0)
		return call_fail(c, "'%s' is no version", text);
	for (i = 0; i < PARTS; i++)
		value_put(c->arena, map, names[i],
			value_int(c->arena, (int64_t)v.part[i]));
	value_put(c->arena, map, "Prerelease", value_text(c->arena, v.before));
	value_put(c->arena, map, "Metadata", value_text(c->arena, v.build));
	value_put(c->arena, map, "Original", value_text(c->arena, text));
	return map;
}

const struct function template_version_functions[] = {
	{ "semver", 1, 1, false, version_parse },
	{ "semverCompare", 2, 2, false, version_compare },
	{ NULL, 0, 0, false, NULL },
};
