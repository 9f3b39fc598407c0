/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/template-call.h"

#include <ctype.h>
#include <string.h>

#include "runner/template.h"
#include "util/mem.h"
#include "util/path.h"

#define BLANKS " \t\r\n\v\f"

/* ASCII only, as tags and names are. */
static const struct value *
change_case(struct call *c, int (*change)(int))
{
	const char *text = call_text(c, 0);
	size_t len = strlen(text), i;
	char *copy = arena_strndup(c->arena, text, len);

	for (i = 0; i < len; i++)
		if (!(copy[i] & 0x80))
			copy[i] = (char)change(copy[i]);
	return value_text_of(c->arena, copy, len);
}

static const struct value *
text_upper(struct call *c)
{
	return change_case(c, toupper);
}

static const struct value *
text_lower(struct call *c)
{
	return change_case(c, tolower);
}

static const struct value *
text_title(struct call *c)
{
	const char *text = call_text(c, 0);
	char *copy = arena_strndup(c->arena, text, strlen(text));
	size_t i;

	for (i = 0; copy[i]; i++)
		if (islower((unsigned char)copy[i]) &&
			(i == 0 || isspace((unsigned char)copy[i - 1])))
			copy[i] = (char)toupper(copy[i]);
	return value_text(c->arena, copy);
}

/* Without the characters of `set` at its ends. */
static const struct value *
trim(struct call *c, const char *text, const char *set, bool left, bool right)
{
	size_t len;

	if (left)
		text += strspn(text, set);
	len = strlen(text);
	while (right && len > 0 && strchr(set, text[len - 1]))
		len--;
	return value_text_of(c->arena, text, len);
}

static const struct value *
text_trim(struct call *c)
{
	return trim(c, call_text(c, 0), BLANKS, true, true);
}

static const struct value *
text_trim_all(struct call *c)
{
	return trim(c, call_text(c, 1), call_text(c, 0), true, true);
}

static const struct value *
text_trim_left(struct call *c)
{
	return trim(c, call_text(c, 1), call_text(c, 0), true, false);
}

static const struct value *
text_trim_right(struct call *c)
{
	return trim(c, call_text(c, 1), call_text(c, 0), false, true);
}

static bool
has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool
has_suffix(const char *text, const char *suffix)
{
	size_t len = strlen(text), tail = strlen(suffix);

	return len >= tail && strcmp(text + len - tail, suffix) == 0;
}

static const struct value *
text_trim_prefix(struct call *c)
{
	const char *prefix = call_text(c, 0);
	const char *text = call_text(c, 1);

	return value_text(c->arena,
		text + (has_prefix(text, prefix) ? strlen(prefix) : 0));
}

static const struct value *
text_trim_suffix(struct call *c)
{
	const char *suffix = call_text(c, 0);
	const char *text = call_text(c, 1);
	size_t cut = has_suffix(text, suffix) ? strlen(suffix) : 0;

	return value_text_of(c->arena, text, strlen(text) - cut);
}

static const struct value *
text_contains(struct call *c)
{
	return value_bool(strstr(call_text(c, 1), call_text(c, 0)) != NULL);
}

static const struct value *
text_has_prefix(struct call *c)
{
	return value_bool(has_prefix(call_text(c, 1), call_text(c, 0)));
}

static const struct value *
text_has_suffix(struct call *c)
{
	return value_bool(has_suffix(call_text(c, 1), call_text(c, 0)));
}

/* Every `old` of `text` becomes `new`. */
static const struct value *
replace(struct call *c, const char *text, const char *old, const char *new)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	size_t len = strlen(old);

	buf_init(&out, TEMPLATE_TEXT_MAX);
	while (*text) {
		if (len && strncmp(text, old, len) == 0) {
			buf_adds(&out, new);
			text += len;
		} else {
			buf_addc(&out, *text++);
		}
	}
	return call_result(c, &out);
}

static const struct value *
text_replace(struct call *c)
{
	return replace(c, call_text(c, 2), call_text(c, 0), call_text(c, 1));
}

static const struct value *
text_nospace(struct call *c)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	const char *text = call_text(c, 0);

	buf_init(&out, TEMPLATE_TEXT_MAX);
	for (; *text; text++)
		if (!isspace((unsigned char)*text))
			buf_addc(&out, *text);
	return call_result(c, &out);
}

static const struct value *
text_repeat(struct call *c)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	const char *text = call_text(c, 1);
	int64_t count = call_int(c, 0);

	buf_init(&out, TEMPLATE_TEXT_MAX);
	for (; *text && count > 0 && !out.overflow; count--)
		buf_adds(&out, text);
	return call_result(c, &out);
}

static const struct value *
part(struct call *c, const char *text, int64_t from, int64_t to)
{
	int64_t len = (int64_t)strlen(text);

	if (to < 0 || to > len)
		to = len;
	if (from < 0)
		from = 0;
	if (from >= to)
		return value_text(c->arena, "");
	return value_text_of(c->arena, text + from, (size_t)(to - from));
}

static const struct value *
text_substr(struct call *c)
{
	return part(c, call_text(c, 2), call_int(c, 0), call_int(c, 1));
}

/* A negative length counts from the end. */
static const struct value *
text_trunc(struct call *c)
{
	const char *text = call_text(c, 1);
	int64_t count = call_int(c, 0);
	int64_t len = (int64_t)strlen(text);

	if (count >= 0)
		return part(c, text, 0, count);
	return part(c, text, -count > len ? 0 : len + count, len);
}

static const struct value *
indent(struct call *c, const char *before)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	const char *text = call_text(c, 1);
	int64_t count = call_int(c, 0), i;
	bool at_start = true;

	if (count < 0 || count > 1000)
		return call_fail(c, "%lld is no depth", (long long)count);
	buf_init(&out, TEMPLATE_TEXT_MAX);
	buf_adds(&out, before);
	for (; *text || at_start; text++) {
		for (i = 0; at_start && i < count; i++)
			buf_addc(&out, ' ');
		if (!*text)
			break;
		buf_addc(&out, *text);
		at_start = *text == '\n';
	}
	return call_result(c, &out);
}

static const struct value *
text_indent(struct call *c)
{
	return indent(c, "");
}

static const struct value *
text_nindent(struct call *c)
{
	return indent(c, "\n");
}

static const struct value *
quoted(struct call *c, const char *quote, const char *escaped)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	const char *text;
	bool first = true;
	size_t i;

	buf_init(&out, TEMPLATE_TEXT_MAX);
	for (i = 0; i < c->count; i++) {
		if (c->args[i]->kind == VALUE_NIL)
			continue;
		buf_adds(&out, first ? "" : " ");
		buf_adds(&out, quote);
		for (text = call_text(c, i); *text; text++) {
			if (strchr(escaped, *text))
				buf_addc(&out, '\\');
			buf_addc(&out, *text);
		}
		buf_adds(&out, quote);
		first = false;
	}
	return call_result(c, &out);
}

static const struct value *
text_quote(struct call *c)
{
	return quoted(c, "\"", "\"\\");
}

static const struct value *
text_squote(struct call *c)
{
	return quoted(c, "'", "");
}

static const struct value *
text_to_string(struct call *c)
{
	cleanup_value(buf_release) struct buf out = { 0 };

	buf_init(&out, TEMPLATE_TEXT_MAX);
	value_format(c->args[0], &out);
	return call_result(c, &out);
}

/* All but the first are joined by blanks, empty ones left out: cat. */
static const struct value *
text_cat(struct call *c)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	size_t i;

	buf_init(&out, TEMPLATE_TEXT_MAX);
	for (i = 0; i < c->count; i++) {
		if (c->args[i]->kind == VALUE_NIL)
			continue;
		buf_adds(&out, out.len ? " " : "");
		value_format(c->args[i], &out);
	}
	return call_result(c, &out);
}

static const struct value *
text_base(struct call *c)
{
	return value_text(c->arena, path_base(call_text(c, 0)));
}

static const struct value *
text_dir(struct call *c)
{
	autofree char *dir = path_dir(call_text(c, 0));

	return value_text(c->arena, *dir ? dir : ".");
}

static const struct value *
text_clean(struct call *c)
{
	autofree char *clean = path_clean(call_text(c, 0));

	return value_text(c->arena, clean);
}

static const struct value *
text_ext(struct call *c)
{
	const char *dot = strrchr(path_base(call_text(c, 0)), '.');

	return value_text(c->arena, dot ? dot : "");
}

static const struct value *
text_is_abs(struct call *c)
{
	return value_bool(*call_text(c, 0) == '/');
}

const struct function template_text_functions[] = {
	{ "upper", 1, 1, false, text_upper },
	{ "lower", 1, 1, false, text_lower },
	{ "title", 1, 1, false, text_title },
	{ "trim", 1, 1, false, text_trim },
	{ "trimAll", 2, 2, false, text_trim_all },
	{ "trimLeft", 2, 2, false, text_trim_left },
	{ "trimRight", 2, 2, false, text_trim_right },
	{ "trimPrefix", 2, 2, false, text_trim_prefix },
	{ "trimSuffix", 2, 2, false, text_trim_suffix },
	{ "contains", 2, 2, false, text_contains },
	{ "hasPrefix", 2, 2, false, text_has_prefix },
	{ "hasSuffix", 2, 2, false, text_has_suffix },
	{ "replace", 3, 3, false, text_replace },
	{ "nospace", 1, 1, false, text_nospace },
	{ "repeat", 2, 2, false, text_repeat },
	{ "substr", 3, 3, false, text_substr },
	{ "trunc", 2, 2, false, text_trunc },
	{ "indent", 2, 2, false, text_indent },
	{ "nindent", 2, 2, false, text_nindent },
	{ "quote", 1, TEMPLATE_ARGUMENTS_MAX, true, text_quote },
	{ "squote", 1, TEMPLATE_ARGUMENTS_MAX, true, text_squote },
	{ "toString", 1, 1, true, text_to_string },
	{ "cat", 1, TEMPLATE_ARGUMENTS_MAX, true, text_cat },
	{ "base", 1, 1, false, text_base },
	{ "dir", 1, 1, false, text_dir },
	{ "clean", 1, 1, false, text_clean },
	{ "ext", 1, 1, false, text_ext },
	{ "isAbs", 1, 1, false, text_is_abs },
	{ NULL, 0, 0, false, NULL },
};
