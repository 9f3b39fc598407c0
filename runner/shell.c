/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/shell.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "util/buf.h"
#include "util/mem.h"
#include "util/scope.h"

#define WORD_MAX MiB(1)

struct splitter {
	const char *at;
	struct buf word;
	bool in_word;
	struct strv *ret;
	struct error *err;
};

static int
refuse(struct splitter *s, const char *what)
{
	error_set(s->err, EINVAL, "%s needs a shell", what);
	error_kind(s->err, ERROR_REQUEST);
	error_hint(s->err, "write: IMAGE sh -c '...'");
	return -EINVAL;
}

static int
unfinished(struct splitter *s, const char *what)
{
	error_set(s->err, EINVAL, "%s is never closed", what);
	error_kind(s->err, ERROR_REQUEST);
	return -EINVAL;
}

static void
end_word(struct splitter *s)
{
	if (s->in_word)
		strv_add(s->ret, buf_text(&s->word));
	buf_reset(&s->word);
	s->in_word = false;
}

static int
check_expansion(struct splitter *s)
{
	if (*s->at == '`')
		return refuse(s, "'`'");
	if (*s->at == '$' && s->at[1] == '(')
		return refuse(s, "'$('");
	return 0;
}

/* At the character behind the opening quote. */
static int
single_quoted(struct splitter *s)
{
	const char *end = strchr(s->at, '\'');

	if (!end)
		return unfinished(s, "a single quote");
	buf_add(&s->word, s->at, (size_t)(end - s->at));
	s->at = end + 1;
	return 0;
}

static int
double_quoted(struct splitter *s)
{
	int r;

	for (; *s->at && *s->at != '"'; s->at++) {
		r = check_expansion(s);
		if (r < 0)
			return r;
		if (*s->at == '\\' && s->at[1] == '\n') {
			s->at++;
			continue;
		}
		if (*s->at == '\\' && s->at[1] && strchr("$`\"\\", s->at[1]))
			s->at++;
		buf_addc(&s->word, *s->at);
	}
	if (!*s->at)
		return unfinished(s, "a double quote");
	s->at++;
	return 0;
}

static int
escaped(struct splitter *s)
{
	if (!*s->at)
		return unfinished(s, "a '\\'");
	if (*s->at == '\n') {
		s->at++;
		return 0;
	}
	s->in_word = true;
	buf_addc(&s->word, *s->at++);
	return 0;
}

/* Behind a line break. */
static int
next_line(struct splitter *s)
{
	s->at += strspn(s->at, " \t\r\n");
	if (!*s->at || *s->at == '-' || s->ret->count == 0)
		return 0;
	return refuse(s, "a second line");
}

static int
other(struct splitter *s)
{
	char shown[] = "'?'";
	int r;

	r = check_expansion(s);
	if (r < 0)
		return r;
	if (strchr("|&;<>()", *s->at)) {
		shown[1] = *s->at;
		return refuse(s, shown);
	}
	s->in_word = true;
	buf_addc(&s->word, *s->at++);
	return 0;
}

static int
next(struct splitter *s)
{
	switch (*s->at) {
	case ' ':
	case '\t':
	case '\r':
		end_word(s);
		s->at++;
		return 0;
	case '\n':
		end_word(s);
		s->at++;
		return next_line(s);
	case '\'':
		s->in_word = true;
		s->at++;
		return single_quoted(s);
	case '"':
		s->in_word = true;
		s->at++;
		return double_quoted(s);
	case '\\':
		s->at++;
		return escaped(s);
	}
	return other(s);
}

static int
split(struct splitter *s)
{
	int r;

	while (*s->at) {
		r = next(s);
		if (r < 0)
			return r;
	}
	end_word(s);
	return buf_check(&s->word, "a word", s->err);
}

int
shell_split(const char *text, struct strv *ret, struct error *err)
{
	struct splitter s = { .at = text, .ret = ret, .err = err };
	int r;

	buf_init(&s.word, WORD_MAX);
	r = split(&s);
	buf_release(&s.word);
	return r;
}
