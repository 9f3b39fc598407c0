/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/words.h"

#include <errno.h>
#include <string.h>

#include "builder/lexer.h"
#include "util/buf.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/scope.h"

static const char *
skip_blanks(const char *p)
{
	while (lexer_is_blank(*p))
		p++;
	return p;
}

static const char *
skip_word(const char *p)
{
	while (*p && !lexer_is_blank(*p))
		p++;
	return p;
}

void
words_split(const char *text, struct strv *ret)
{
	const char *end;

	for (text = skip_blanks(text); *text; text = skip_blanks(end)) {
		end = skip_word(text);
		strv_take(ret, mem_strndup(text, (size_t)(end - text)));
	}
}

/* The end of a word that begins at `p`. */
static const char *
skip_quoted_word(const char *p, char escape)
{
	char quote = '\0';

	for (; *p && (quote || !lexer_is_blank(*p)); p++) {
		if (*p == escape && quote != '\'' && p[1])
			p++;
		else if (quote ? *p == quote : *p == '\'' || *p == '"')
			quote = quote ? '\0' : *p;
	}
	return p;
}

void
words_split_quoted(const char *text, char escape, struct strv *ret)
{
	const char *end;

	for (text = skip_blanks(text); *text; text = skip_blanks(end)) {
		end = skip_quoted_word(text, escape);
		strv_take(ret, mem_strndup(text, (size_t)(end - text)));
	}
}

int
words_split_json(const char *text, struct strv *ret, struct error *err)
{
	cleanup(json_free) struct json *list = NULL;
	size_t len;

	text = skip_blanks(text);
	len = strlen(text);
	if (*text != '[' || json_parse(text, len, len, "list", &list, NULL) < 0)
		return 0;
	for (size_t i = 0; i < json_count(list); i++) {
		if (json_text(json_at(list, i)))
			continue;
		return error_set(err, EINVAL,
			"when using JSON array syntax, arrays must be comprised of strings only");
	}
	for (size_t i = 0; i < json_count(list); i++)
		strv_add(ret, json_text(json_at(list, i)));
	return 1;
}

static int
split_legacy_pair(const char *key, const char *text, struct strv *ret,
	struct error *err)
{
	const char *end;

	text = skip_blanks(text);
	end = skip_word(text);
	if (*skip_blanks(end) == '\0')
		return error_set(err, EINVAL, "%s must have two arguments",
			key);
	strv_take(ret, mem_strndup(text, (size_t)(end - text)));
	strv_add(ret, skip_blanks(end));
	return 0;
}

static int
split_pair(const char *key, const char *word, struct strv *ret,
	struct error *err)
{
	const char *equals = strchr(word, '=');

	if (!equals)
		return error_set(err, EINVAL,
			"Syntax error - can't find = in \"%s\". Must be of the form: name=value",
			word);
	if (equals == word)
		return error_set(err, EINVAL, "%s names can not be blank", key);
	strv_take(ret, mem_strndup(word, (size_t)(equals - word)));
	strv_add(ret, equals + 1);
	return 0;
}

int
words_split_pairs(const char *key, const char *text, char escape,
	struct strv *ret, bool *ret_is_legacy, struct error *err)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	int r = 0;

	words_split_quoted(text, escape, &words);
	*ret_is_legacy = words.count > 0 && !strchr(words.items[0], '=');
	if (*ret_is_legacy)
		return split_legacy_pair(key, text, ret, err);
	for (size_t i = 0; i < words.count && r == 0; i++)
		r = split_pair(key, words.items[i], ret, err);
	return r;
}

/* The next byte of a flag word after escapes, quotes taken away; false at the
 * word's end. In a flag an escape counts even between single quotes. */
static bool
take_flag_byte(const char **text, char escape, char *quote, char *ret)
{
	for (; **text && (*quote || !lexer_is_blank(**text)); (*text)++) {
		if (**text == escape && (*text)[1]) {
			*ret = (*text)[1];
			*text += 2;
			return true;
		}
		if (*quote ? **text == *quote : **text == '\'' || **text == '"')
			*quote = *quote ? '\0' : **text;
		else if (**text != escape)
			return *ret = *(*text)++, true;
	}
	return false;
}

char *
words_take_flag(const char **text, char escape)
{
	cleanup_value(buf_release) struct buf word = { 0 };
	const char *p = skip_blanks(*text);
	char quote = '\0', c;

	if (strncmp(p, "--", 2) != 0)
		return NULL;
	buf_init(&word, strlen(p) + 1);
	while (take_flag_byte(&p, escape, &quote, &c))
		buf_addc(&word, c);
	*text = skip_blanks(p);
	if (strcmp(buf_text(&word), "--") == 0)
		return NULL;
	return buf_steal(&word);
}
