/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/expand-substitute.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "builder/pattern.h"
#include "builder/utf8.h"
#include "util/mem.h"
#include "util/scope.h"

/* A value, borrowed, or NULL. Whoever says what to do when it is not set does
 * not want to hear of it. */
static const char *
look_up(struct expand_reading *in, const char *name, bool is_needed)
{
	const struct strv *vars = in->env->vars;
	size_t len = strlen(name);

	for (size_t i = vars ? vars->count : 0; i-- > 0;) {
		if (strncmp(vars->items[i], name, len) == 0 &&
			vars->items[i][len] == '=')
			return vars->items[i] + len + 1;
	}
	if (is_needed && in->env->ret_unset &&
		!strv_has(in->env->ret_unset, name))
		strv_add(in->env->ret_unset, name);
	return NULL;
}

/* A name, or the digits or the one sign of a shell's parameter, which never
 * have a value here; "" when none begins at in->p. Yours. */
static char *
read_name(struct expand_reading *in)
{
	const char *start = in->p, *next;
	size_t digits = strspn(start, "0123456789");
	uint32_t c;

	if (digits > 0) {
		in->p += digits;
	} else if (*start && strchr("@*#?-$!", *start)) {
		in->p++;
	} else {
		for (next = start; (c = utf8_next(&next)) != 0; in->p = next) {
			if (!utf8_is_letter(c) && c != '_' &&
				(c < '0' || c > '9'))
				break;
		}
	}
	return mem_strndup(start, (size_t)(in->p - start));
}

/* ${name...}: what stands in it. */
struct substitution {
	char *name;
	const char *value;	/* NULL: not set */
	bool colon;
	char *word;
	char *replacement;
	bool twice;		/* the letter of the modifier is doubled */
};

static void
substitution_release(struct substitution *s)
{
	free(s->name);
	free(s->word);
	free(s->replacement);
}

static bool
has_value(const struct substitution *s)
{
	return s->value && !(s->colon && s->value[0] == '\0');
}

static int
apply_default(struct expand_reading *in, struct substitution *s,
	struct buf *ret)
{
	(void)in;
	buf_adds(ret, has_value(s) ? s->value : s->word);
	return 0;
}

static int
apply_alternative(struct expand_reading *in, struct substitution *s,
	struct buf *ret)
{
	(void)in;
	buf_adds(ret, has_value(s) ? s->word : "");
	return 0;
}

static int
apply_required(struct expand_reading *in, struct substitution *s,
	struct buf *ret)
{
	if (has_value(s)) {
		buf_adds(ret, s->value);
		return 0;
	}
	if (s->word[0] != '\0')
		return error_set(in->err, EINVAL, "%s: %s", s->name, s->word);
	return error_set(in->err, EINVAL, "%s: is not allowed to be %s",
		s->name, s->value ? "empty" : "unset");
}

static int
trim(struct expand_reading *in, struct substitution *s, enum pattern_side side,
	struct buf *ret)
{
	cleanup(pattern_free) struct pattern *p = NULL;
	autofree char *text = NULL;
	int r;

	r = pattern_parse(s->word, in->env->escape, &p, in->err);
	if (r < 0)
		return r;
	text = pattern_trim(p, s->value ? s->value : "", side, s->twice);
	buf_adds(ret, text);
	return 0;
}

static int
apply_prefix(struct expand_reading *in, struct substitution *s,
	struct buf *ret)
{
	return trim(in, s, PATTERN_PREFIX, ret);
}

static int
apply_suffix(struct expand_reading *in, struct substitution *s,
	struct buf *ret)
{
	return trim(in, s, PATTERN_SUFFIX, ret);
}

static int
apply_replace(struct expand_reading *in, struct substitution *s,
	struct buf *ret)
{
	cleanup(pattern_free) struct pattern *p = NULL;
	int r;

	r = pattern_parse(s->word, in->env->escape, &p, in->err);
	if (r < 0)
		return r;
	pattern_replace(p, s->value ? s->value : "", s->replacement, s->twice,
		ret);
	return 0;
}

static const struct modifier {
	char letter;
	bool after_colon;	/* may stand behind a colon */
	bool is_pattern;	/* its word is one; the letter may be doubled */
	bool has_replacement;
	int (*apply)(struct expand_reading *in, struct substitution *s,
		struct buf *ret);
} modifiers[] = {
	{ '-', true, false, false, apply_default },
	{ '+', true, false, false, apply_alternative },
	{ '?', true, false, false, apply_required },
	{ '#', false, true, false, apply_prefix },
	{ '%', false, true, false, apply_suffix },
	{ '/', false, true, true, apply_replace },
};

static const struct modifier *
find_modifier(char letter, bool colon)
{
	for (size_t i = 0; i < ARRAY_SIZE(modifiers); i++) {
		if (modifiers[i].letter == letter)
			return colon && !modifiers[i].after_colon ?
				NULL :
				&modifiers[i];
	}
	return NULL;
}

static int
read_modified(struct expand_reading *in, struct substitution *s,
	struct buf *ret)
{
	const struct modifier *m;
	char letter;
	int r;

	s->colon = *in->p == ':';
	in->p += s->colon;
	letter = *in->p;
	if (letter == '\0')
		return error_set(in->err, EINVAL, "syntax error: missing '}'");
	m = find_modifier(letter, s->colon);
	if (!m)
		return error_set(in->err, EINVAL,
			"unsupported modifier (%s%c) in substitution",
			s->colon ? ":" : "", letter);
	in->p++;
	s->twice = m->is_pattern && *in->p == letter;
	in->p += s->twice;
	r = expand_operand(in, m->is_pattern, m->has_replacement ? '/' : '}',
		&s->word);
	if (r == 0 && m->has_replacement)
		r = expand_operand(in, true, '}', &s->replacement);
	if (r < 0)
		return r;
	s->value = look_up(in, s->name, m->is_pattern);
	return m->apply(in, s, ret);
}

/* Behind "${". */
static int
read_braces(struct expand_reading *in, struct buf *ret)
{
	cleanup_value(substitution_release) struct substitution s = { 0 };
	const char *value;

	if (*in->p == '\0')
		return error_set(in->err, EINVAL, "syntax error: missing '}'");
	if (strchr("{}:", *in->p))
		return error_set(in->err, EINVAL,
			"syntax error: bad substitution");
	s.name = read_name(in);
	if (*in->p != '}')
		return read_modified(in, &s, ret);
	in->p++;
	value = look_up(in, s.name, true);
	buf_adds(ret, value ? value : "");
	return 0;
}

int
expand_dollar(struct expand_reading *in, struct buf *ret)
{
	autofree char *name = NULL;
	const char *value;

	in->p++;
	if (*in->p == '{') {
		in->p++;
		return read_braces(in, ret);
	}
	name = read_name(in);
	value = name[0] == '\0' ? "$" : look_up(in, name, true);
	buf_adds(ret, value ? value : "");
	return 0;
}
