/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/alias-text.h"

#include <stdbool.h>
#include <string.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct alias_span
alias_line(const char *at, const char *end)
{
	const char *stop = memchr(at, '\n', (size_t)(end - at));

	stop = stop ? stop + 1 : end;
	return (struct alias_span){ at, (size_t)(stop - at) };
}

static void
skip(struct alias_span *s, size_t len)
{
	s->at += len;
	s->len -= len;
}

static struct alias_span
trimmed(struct alias_span s)
{
	while (s.len && is_blank(*s.at))
		skip(&s, 1);
	while (s.len && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

/* Does the line begin with `key` and a colon? What is behind them. */
static struct alias_span
value_of(struct alias_span line, const char *key)
{
	const struct alias_span none = { 0 };
	char quote = line.len && strchr("'\"", *line.at) ? *line.at : 0;
	size_t len = strlen(key);

	if (quote)
		skip(&line, 1);
	if (line.len < len || memcmp(line.at, key, len) != 0)
		return none;
	skip(&line, len);
	if (quote && (!line.len || *line.at != quote))
		return none;
	if (quote)
		skip(&line, 1);
	while (line.len && (*line.at == ' ' || *line.at == '\t'))
		skip(&line, 1);
	if (!line.len || *line.at != ':')
		return none;
	skip(&line, 1);
	return line;
}

static struct alias_span
without_comment(struct alias_span s)
{
	size_t i;

	for (i = 1; i < s.len; i++)
		if (s.at[i] == '#' && is_blank(s.at[i - 1]))
			return (struct alias_span){ s.at, i };
	return s;
}

struct alias_span
alias_find_version(const char *text, size_t len)
{
	const char *end = text + len;
	struct alias_span line, value;

	for (; text < end; text += line.len) {
		line = alias_line(text, end);
		value = value_of(line, "version");
		if (!value.at)
			continue;
		value = trimmed(without_comment(value));
		if (value.len > 1 && strchr("'\"", *value.at) &&
			value.at[value.len - 1] == *value.at) {
			value.at++;
			value.len -= 2;
		}
		return value;
	}
	return (struct alias_span){ 0 };
}

/* The next key at the left margin. */
static bool
ends_block(struct alias_span line)
{
	return !is_blank(*line.at) && *line.at != '#' &&
		memchr(line.at, ':', line.len);
}

struct alias_span
alias_find_block(const char *text, size_t len)
{
	const char *end = text + len;
	struct alias_span block = { 0 };
	struct alias_span line;

	for (; text < end; text += line.len) {
		line = alias_line(text, end);
		if (block.at && ends_block(line))
			break;
		if (!block.at && value_of(line, "alias").at)
			block.at = line.at;
		if (block.at)
			block.len += line.len;
	}
	return block;
}
