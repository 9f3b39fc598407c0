/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/heredoc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/scope.h"

void
heredoc_release(struct heredoc *h)
{
	free(h->name);
	free(h->body);
	*h = (struct heredoc){ 0 };
}

void
heredoc_free_all(struct heredoc *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		heredoc_release(&list[i]);
	free(list);
}

/* A quoted piece, from its opening quote to behind its closing one; NULL when
 * that is missing. */
static const char *
skip_quotes(const char *p)
{
	char quote = *p++;

	for (; *p && *p != quote; p++) {
		if (*p == '\\' && quote == '"' && p[1])
			p++;
	}
	return *p ? p + 1 : NULL;
}

/* The blanks in `<< EOF` and `<<- EOF` belong to the word. */
static const char *
skip_operator(const char *p)
{
	p += 2;
	if (*p == '-')
		p++;
	while (lexer_is_blank(*p))
		p++;
	return p;
}

/* `$((1 << 2))` is no heredoc. */
static const char *
skip_arithmetic(const char *p)
{
	const char *end = strstr(p, "))");

	return end ? end + 2 : p + 3;
}

/* The end of the shell word that begins at `p`, NULL when quotes are left
 * open. The escape is always a backslash here: a shell reads this text. */
static const char *
skip_shell_word(const char *p)
{
	while (p && *p && !lexer_is_blank(*p)) {
		if (*p == '\'' || *p == '"')
			p = skip_quotes(p);
		else if (*p == '\\' && p[1])
			p += 2;
		else if (strncmp(p, "$((", 3) == 0)
			p = skip_arithmetic(p);
		else if (strncmp(p, "<<", 2) == 0)
			p = skip_operator(p);
		else
			p++;
	}
	return p;
}

/* Quotes and escapes taken away. */
static char *
unquote(const char *p, size_t len)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	const char *end = p + len;
	char quote = '\0';

	buf_init(&text, len + 1);
	for (; p < end; p++) {
		if (*p == quote || (!quote && (*p == '\'' || *p == '"')))
			quote = quote ? '\0' : *p;
		else if (*p != '\\' || quote == '\'')
			buf_addc(&text, *p);
		else if (p + 1 < end && quote && !strchr("\"$\\", p[1]))
			buf_addc(&text, *p);
		else if (p + 1 < end)
			buf_addc(&text, *++p);
	}
	return buf_steal(&text);
}

static size_t
count_quotes(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\'' || text[i] == '"';
	return n;
}

/* `[digits]<<[-][blanks]NAME`, the whole word; anything else is not one. */
static bool
parse_word(const char *word, size_t len, struct heredoc *ret)
{
	size_t digits = strspn(word, "0123456789");
	autofree char *fd = NULL;
	const char *p = word + digits;
	uint64_t number = 0;

	if (digits > len || strncmp(p, "<<", 2) != 0)
		return false;
	*ret = (struct heredoc){ 0 };
	fd = mem_strndup(word, digits);
	if (digits > 0 && num_parse(fd, 1u << 20, &number, NULL) < 0)
		return false;
	ret->strip_tabs = p[2] == '-';
	p = skip_operator(p);
	len -= (size_t)(p - word);
	if (memchr(p, '<', len))
		return false;
	ret->fd = (unsigned)number;
	ret->name = unquote(p, len);
	/* Where quotes went away the body is taken as it is. */
	ret->expand = count_quotes(p, len) ==
		count_quotes(ret->name, strlen(ret->name));
	if (ret->name[0] != '\0')
		return true;
	heredoc_release(ret);
	return false;
}

static bool
is_balanced(const char *text)
{
	while (text && *text)
		text = lexer_is_blank(*text) ? text + 1 :
					       skip_shell_word(text);
	return text != NULL;
}

void
heredoc_find(const char *text, struct heredoc **ret, size_t *ret_count,
	char **ret_others, bool *ret_is_last)
{
	char *others = mem_strdup(text);
	struct heredoc *list = NULL;
	struct heredoc found;
	const char *p, *end;
	size_t count = 0;
	bool is_last = false;

	for (p = is_balanced(text) ? text : ""; *p; p = end) {
		end = lexer_is_blank(*p) ? p + 1 : skip_shell_word(p);
		if (lexer_is_blank(*p))
			continue;
		is_last = parse_word(p, (size_t)(end - p), &found);
		if (!is_last)
			continue;
		memset(others + (p - text), ' ', (size_t)(end - p));
		list = mem_resize(list, count + 1, sizeof(*list));
		list[count++] = found;
	}
	*ret = list;
	*ret_count = count;
	if (ret_is_last)
		*ret_is_last = is_last;
	if (ret_others)
		*ret_others = take_ptr(&others);
	free(others);
}

static size_t
count_tabs(const struct heredoc *h, const char *line, size_t len)
{
	size_t n = 0;

	while (h->strip_tabs && n < len && line[n] == '\t')
		n++;
	return n;
}

static bool
is_end(const struct heredoc *h, const char *line, size_t len)
{
	size_t tabs = count_tabs(h, line, len);

	while (len > tabs && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		len--;
	return len - tabs == strlen(h->name) &&
		memcmp(line + tabs, h->name, len - tabs) == 0;
}

static void
add_line(struct buf *body, const char *line, size_t len, bool drop_cr)
{
	bool has_cr = len >= 2 && memcmp(line + len - 2, "\r\n", 2) == 0;

	if (!drop_cr || !has_cr) {
		buf_add(body, line, len);
		return;
	}
	buf_add(body, line, len - 2);
	buf_addc(body, '\n');
}

bool
heredoc_read(struct heredoc *h, struct lexer *l, bool drop_cr)
{
	cleanup_value(buf_release) struct buf body = { 0 };
	const char *line;
	size_t len;

	buf_init(&body, l->len + 1);
	h->line = l->line + 1;
	while (lexer_next_raw(l, &line, &len)) {
		if (is_end(h, line, len)) {
			h->body = buf_steal(&body);
			return true;
		}
		add_line(&body, line, len, drop_cr);
	}
	return false;
}

char *
heredoc_text(const struct heredoc *h)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	const char *p, *end;

	buf_init(&text, strlen(h->body) + 1);
	for (p = h->body; *p; p = end) {
		end = p + strcspn(p, "\n");
		end += *end == '\n';
		p += count_tabs(h, p, (size_t)(end - p));
		buf_add(&text, p, (size_t)(end - p));
	}
	return buf_steal(&text);
}
