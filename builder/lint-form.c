/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about how the text is written, whatever it means. */
#include "builder/lint-rule.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "util/mem.h"
#include "util/scope.h"

#define URL(name) "https://docs.docker.com/go/dockerfile/rule/" name "/"

/* How a word is written. */
enum casing { CASE_LOWER, CASE_UPPER, CASE_MIXED };

static enum casing
casing_of(const char *word, size_t len)
{
	size_t lower = 0, upper = 0;

	for (size_t n = 0; n < len; n++) {
		lower += islower((unsigned char)word[n]) != 0;
		upper += isupper((unsigned char)word[n]) != 0;
	}
	if (lower > 0 && upper > 0)
		return CASE_MIXED;
	return lower > 0 ? CASE_LOWER : CASE_UPPER;
}

static size_t
keyword_len(const struct instr *i)
{
	return strlen(instr_name(i->kind));
}

/* 1 for a keyword in lower case, -1 for one in upper case. */
static long
weight(const struct instr *i)
{
	switch (casing_of(i->text, keyword_len(i))) {
	case CASE_LOWER:
		return 1;
	case CASE_UPPER:
		return -1;
	case CASE_MIXED:
		return 0;
	}
	return 0;
}

/* What most keywords are; upper case when there is no most. */
static enum casing
majority(const struct dockerfile *d)
{
	long lower = 0;

	for (size_t n = 0; n < d->global_count; n++)
		lower += weight(&d->global_args[n]);
	for (size_t s = 0; s < d->stage_count; s++) {
		lower += weight(&d->stages[s].from);
		for (size_t n = 0; n < d->stages[s].count; n++)
			lower += weight(&d->stages[s].instrs[n]);
	}
	return lower > 0 ? CASE_LOWER : CASE_UPPER;
}

static void
find_casing(struct lint *l, const struct instr *i, enum casing most)
{
	size_t len = keyword_len(i);

	if (casing_of(i->text, len) != most)
		lint_find(l, i, NULL,
			"Command '%.*s' should match the case of the command majority (%s)",
			(int)len, i->text,
			most == CASE_LOWER ? "lowercase" : "uppercase");
}

static void
one_casing(struct lint *l)
{
	const struct dockerfile *d = l->file;
	enum casing most = majority(d);

	for (size_t n = 0; n < d->global_count; n++)
		find_casing(l, &d->global_args[n], most);
	for (size_t s = 0; s < d->stage_count; s++) {
		find_casing(l, &d->stages[s].from, most);
		for (size_t n = 0; n < d->stages[s].count; n++)
			find_casing(l, &d->stages[s].instrs[n], most);
	}
}

static void
as_like_from(struct lint *l, size_t number)
{
	const struct instr *from = &l->file->stages[number].from;
	const char *as = from->args.count > 1 ? from->args.items[1] : NULL;

	if (as && casing_of(as, 2) != casing_of(from->text, 4))
		lint_find(l, from, as,
			"'%s' and '%.4s' keywords' casing do not match", as,
			from->text);
}

static void
empty_continuation(struct lint *l, const struct lint_at *at)
{
	if (at->instr->has_blank_line)
		lint_find(l, at->instr, NULL, "Empty continuation line");
}

static void
legacy_pairs(struct lint *l, const struct lint_at *at)
{
	const char *name = instr_name(at->instr->kind);

	if (at->instr->is_legacy)
		lint_find(l, at->instr, NULL,
			"\"%s key=value\" should be used instead of legacy \"%s key value\" format",
			name, name);
}

static void
maintainer(struct lint *l, const struct lint_at *at)
{
	if (at->instr->kind == INSTR_MAINTAINER)
		lint_find(l, at->instr, NULL,
			"Maintainer instruction is deprecated in favor of using label");
}

/* Does SHELL stand before instruction `index` of the stage, or in what the
 * stage stands on? Whoever chose a shell wants it. */
static bool
has_shell(const struct lint *l, int number, size_t index)
{
	while (number >= 0) {
		const struct stage *s = &l->file->stages[number];

		for (size_t n = 0; n < s->count && n < index; n++) {
			if (s->instrs[n].kind == INSTR_SHELL)
				return true;
		}
		number = l->base_stages[number];
		index = (size_t)-1;
	}
	return false;
}

static bool
is_command(const struct instr *i)
{
	return i->kind == INSTR_CMD || i->kind == INSTR_ENTRYPOINT;
}

static void
json_recommended(struct lint *l, const struct lint_at *at)
{
	const struct instr *i = at->instr;

	if (is_command(i) && !i->is_json && i->args.count > 0 &&
		!has_shell(l, (int)at->number, at->index))
		lint_find(l, i, NULL,
			"JSON arguments recommended for %s to prevent unintended behavior related to OS signals",
			instr_name(i->kind));
}

/* The text of a form that JSON could have stood for; yours, or NULL. */
static char *
text_of(const struct instr *i)
{
	switch (i->kind) {
	case INSTR_RUN:
	case INSTR_CMD:
	case INSTR_ENTRYPOINT:
		return i->args.count ? mem_strdup(i->args.items[0]) : NULL;
	case INSTR_HEALTHCHECK:
		return i->args.count > 1 ? mem_strdup(i->args.items[1]) : NULL;
	case INSTR_ADD:
	case INSTR_COPY:
	case INSTR_VOLUME:
		return strv_join(&i->args, " ");
	default:
		return NULL;
	}
}

/* `["a"` and `['a'` were meant as JSON; `[ "$A" = b ] && c` is a test. */
static bool
looks_like_json(const char *text)
{
	size_t len = strlen(text);
	const char *p = text + 1;

	if (*text != '[')
		return false;
	if (*p == '"' || *p == '\'')
		return true;
	p += strspn(p, " \t");
	if (text[len - 1] != ']' || (*p != '"' && *p != '\''))
		return false;
	return strstr(p, "\",") || strstr(p, "',") || !strchr(p, ' ');
}

static void
json_fallback(struct lint *l, const struct lint_at *at)
{
	const struct instr *i = at->instr;
	autofree char *text = i->is_json ? NULL : text_of(i);

	if (text && looks_like_json(text))
		lint_find(l, i, "[",
			"%s looks like a JSON array but is not one, so it is taken as plain text: JSON wants double quotes, commas and no comma at the end",
			instr_name(i->kind));
}

/* "# NAME text" above an ARG or a FROM describes it; `name` is its own. */
static void
check_description(struct lint *l, const struct instr *i, const char *name)
{
	const struct strv *comments = &i->comments;
	size_t len = strlen(name);

	for (size_t n = 0; n < comments->count; n++) {
		const char *text = comments->items[n];

		if (strncmp(text, "check=", 6) == 0)
			return;
		if (strncasecmp(text, name, len) == 0 && text[len] == ' ')
			return;
	}
	if (comments->count > 0)
		lint_find(l, i, NULL,
			"Comment for %s should follow the format: `# %s <description>`",
			i->kind == INSTR_ARG ? "argument" : "build stage",
			name);
}

static void
description(struct lint *l, const struct lint_at *at)
{
	const struct instr *i = at->instr;
	autofree char *name = NULL;

	if (i->kind == INSTR_FROM && i->args.count > 2)
		check_description(l, i, i->args.items[2]);
	if (i->kind != INSTR_ARG)
		return;
	name = mem_strndup(i->args.items[0], strcspn(i->args.items[0], "="));
	check_description(l, i, name);
}

const struct lint_rule lint_form_rules[] = {
	{ { "FromAsCasing",
		  "The 'as' keyword should match the case of the 'from' keyword",
		  URL("from-as-casing") },
		.stage = as_like_from },
	{ { "NoEmptyContinuation",
		  "Empty continuation lines will become errors in a future release",
		  URL("no-empty-continuation") },
		.instr = empty_continuation },
	{ { "ConsistentInstructionCasing",
		  "All commands within the Dockerfile should use the same casing (either upper or lower)",
		  URL("consistent-instruction-casing") },
		.file = one_casing },
	{ { "LegacyKeyValueFormat",
		  "Legacy key/value format with whitespace separator should not be used",
		  URL("legacy-key-value-format") },
		.instr = legacy_pairs },
	{ { "MaintainerDeprecated",
		  "The MAINTAINER instruction is deprecated, use a label instead to define an image author",
		  URL("maintainer-deprecated") },
		.instr = maintainer },
	{ { "JSONArgsRecommended",
		  "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
		  URL("json-args-recommended") },
		.instr = json_recommended },
	{ { "InvalidDefinitionDescription",
		  "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment.",
		  URL("invalid-definition-description") },
		.is_experimental = true, .instr = description },
	{ { "JSONFallback",
		  "What looks like a JSON array but is none is taken as plain text",
		  NULL },
		.instr = json_fallback },
	{ { 0 } },
};
