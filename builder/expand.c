/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/expand.h"

#include <errno.h>
#include <string.h>

#include "builder/expand-substitute.h"
#include "builder/lexer.h"
#include "builder/utf8.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/scope.h"

#define RESULT_MAX MiB(1)
#define DEPTH_MAX 100
#define SHOWN_MAX 200

/* What it becomes: one text, and with `words` also its words. */
struct result {
	struct buf text;
	struct buf word;
	struct strv *words;
};

static void
result_init(struct result *r, struct strv *words)
{
	*r = (struct result){ .words = words };
	buf_init(&r->text, RESULT_MAX);
	buf_init(&r->word, RESULT_MAX);
}

static void
result_release(struct result *r)
{
	buf_release(&r->text);
	buf_release(&r->word);
}

static void
end_word(struct result *r)
{
	if (r->words && r->word.len > 0)
		strv_add(r->words, r->word.data);
	buf_reset(&r->word);
}

/* Bytes that are part of a word whatever they are. */
static void
add_quoted(struct result *r, const char *text, size_t len)
{
	buf_add(&r->text, text, len);
	if (r->words)
		buf_add(&r->word, text, len);
}

/* Bytes among which blanks part words. */
static void
add_plain(struct result *r, const char *text, size_t len)
{
	buf_add(&r->text, text, len);
	for (size_t i = 0; r->words && i < len; i++) {
		if (lexer_is_blank(text[i]))
			end_word(r);
		else
			buf_addc(&r->word, text[i]);
	}
}

static int
add_dollar(struct expand_reading *in, bool is_quoted, struct result *to)
{
	cleanup_value(buf_release) struct buf value = { 0 };
	int r;

	buf_init(&value, RESULT_MAX);
	r = expand_dollar(in, &value);
	if (r < 0)
		return r;
	to->text.overflow |= value.overflow;
	if (is_quoted)
		add_quoted(to, buf_text(&value), value.len);
	else
		add_plain(to, buf_text(&value), value.len);
	return 0;
}

static int
fail_unbalanced(struct expand_reading *in, const char *what)
{
	return error_set(in->err, EINVAL,
		"unexpected end of statement while looking for matching %s",
		what);
}

static int
read_single_quotes(struct expand_reading *in, struct result *to)
{
	const char *end = strchr(in->p + 1, '\'');

	if (!end)
		return fail_unbalanced(in, "single-quote");
	add_quoted(to, in->p + 1, (size_t)(end - in->p - 1));
	in->p = end + 1;
	return 0;
}

/* Between double quotes an escape counts only before a quote, a dollar and
 * itself; elsewhere it is text, which for a pattern must be escaped. */
static void
read_quoted_byte(struct expand_reading *in, struct result *to)
{
	char escape = in->env->escape;
	char next = in->p[1];

	if (*in->p == escape && in->keep_escapes)
		add_quoted(to, &escape, 1);
	if (*in->p == escape &&
		(next == '"' || next == '$' || next == escape))
		in->p++;
	add_quoted(to, in->p++, 1);
}

static int
read_double_quotes(struct expand_reading *in, struct result *to)
{
	int r;

	for (in->p++; *in->p != '"';) {
		if (*in->p == '\0')
			return fail_unbalanced(in, "double-quote");
		if (*in->p != '$') {
			read_quoted_byte(in, to);
			continue;
		}
		r = add_dollar(in, true, to);
		if (r < 0)
			return r;
	}
	in->p++;
	return 0;
}

/* An escape and the character behind it. */
static void
read_escaped(struct expand_reading *in, struct result *to)
{
	const char *start = ++in->p;

	if (in->keep_escapes)
		add_quoted(to, start - 1, 1);
	(void)utf8_next(&in->p);
	add_quoted(to, start, (size_t)(in->p - start));
}

static int
read_piece(struct expand_reading *in, struct result *to)
{
	if (*in->p == '$')
		return add_dollar(in, false, to);
	if (*in->p == '\'' && !in->quotes_are_plain)
		return read_single_quotes(in, to);
	if (*in->p == '"' && !in->quotes_are_plain)
		return read_double_quotes(in, to);
	if (*in->p == in->env->escape)
		read_escaped(in, to);
	else
		add_plain(to, in->p++, 1);
	return 0;
}

/* To `stop`, which is passed, or to the end when `stop` is NUL. `missing` is
 * said when `stop` does not come. */
static int
read_until(struct expand_reading *in, char stop, const char *missing,
	struct result *to)
{
	int r;

	while (*in->p && *in->p != stop) {
		r = read_piece(in, to);
		if (r < 0)
			return r;
		r = buf_check(&to->text, "the expanded text", in->err);
		if (r < 0)
			return r;
	}
	if (stop == '\0')
		return 0;
	if (*in->p == '\0')
		return error_set(in->err, EINVAL, "%s", missing);
	in->p++;
	return 0;
}

int
expand_operand(struct expand_reading *in, bool keep_escapes, char stop,
	char **ret)
{
	cleanup_value(result_release) struct result to = { 0 };
	struct expand_reading inner = *in;
	int r;

	result_init(&to, NULL);
	inner.keep_escapes = keep_escapes;
	inner.depth++;
	if (inner.depth > DEPTH_MAX)
		return error_set(in->err, E2BIG,
			"substitutions nested deeper than %d", DEPTH_MAX);
	r = read_until(&inner, stop,
		stop == '/' ? "syntax error: missing '/' in ${}" :
			      "syntax error: missing '}'",
		&to);
	in->p = inner.p;
	if (r < 0)
		return r;
	*ret = buf_steal(&to.text);
	return 0;
}

/* Of a heredoc only the line where reading stopped is shown. */
static int
fail_in_line(const char *text, const char *at, struct error *err)
{
	const char *start = at;
	int len;

	while (start > text && start[-1] != '\n')
		start--;
	len = (int)strcspn(start, "\r\n");
	(void)error_kind(err, ERROR_REQUEST);
	(void)error_about(err, start, (size_t)len);
	return error_wrap(err, "failed to process \"%.*s\"",
		len < SHOWN_MAX ? len : SHOWN_MAX, start);
}

static int
expand(const char *text, const struct expand_env *env, bool quotes_are_plain,
	struct result *to, struct error *err)
{
	struct expand_reading in = { .p = text, .env = env, .err = err,
		.quotes_are_plain = quotes_are_plain };
	int r;

	r = read_until(&in, '\0', NULL, to);
	if (r < 0)
		return fail_in_line(text, in.p, err);
	end_word(to);
	return 0;
}

int
expand_word(const char *word, const struct expand_env *env, char **ret,
	struct error *err)
{
	cleanup_value(result_release) struct result to = { 0 };
	int r;

	result_init(&to, NULL);
	r = expand(word, env, false, &to, err);
	if (r < 0)
		return r;
	*ret = buf_steal(&to.text);
	return 0;
}

int
expand_words(const char *word, const struct expand_env *env, struct strv *ret,
	struct error *err)
{
	cleanup_value(result_release) struct result to = { 0 };
	cleanup_value(strv_release) struct strv words = { 0 };
	int r;

	result_init(&to, &words);
	r = expand(word, env, false, &to, err);
	if (r < 0)
		return r;
	strv_add_all(ret, &words);
	return 0;
}

int
expand_heredoc(const char *body, const struct expand_env *env, char **ret,
	struct error *err)
{
	cleanup_value(result_release) struct result to = { 0 };
	int r;

	result_init(&to, NULL);
	r = expand(body, env, true, &to, err);
	if (r < 0)
		return r;
	*ret = buf_steal(&to.text);
	return 0;
}
