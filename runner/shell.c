/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/shell.h"

#include <errno.h>
#include <string.h>

#include "runner/shell-word.h"
#include "util/mem.h"

#define TEXT_MAX MiB(1)

static void
command_release(struct shell_command *c)
{
	size_t i;

	for (i = 0; i < c->word_count; i++)
		shell_word_release(&c->words[i]);
	for (i = 0; i < c->redirect_count; i++)
		shell_word_release(&c->redirects[i].target);
	free(c->words);
	free(c->redirects);
}

struct shell_script *
shell_free(struct shell_script *s)
{
	size_t i, n;

	if (!s)
		return NULL;
	for (i = 0; i < s->count; i++) {
		for (n = 0; n < s->pipelines[i].count; n++)
			command_release(&s->pipelines[i].commands[n]);
		free(s->pipelines[i].commands);
	}
	free(s->pipelines);
	free(s);
	return NULL;
}

/* There is always one being read: the last. */
static struct shell_pipeline *
pipeline_of(struct shell_parser *p)
{
	return &p->script->pipelines[p->script->count - 1];
}

static struct shell_command *
command_of(struct shell_parser *p)
{
	struct shell_pipeline *line = pipeline_of(p);

	return &line->commands[line->count - 1];
}

static void
add_command(struct shell_parser *p)
{
	struct shell_pipeline *line = pipeline_of(p);

	line->commands = mem_resize(
		line->commands, line->count + 1, sizeof(*line->commands));
	line->commands[line->count++] = (struct shell_command){ 0 };
}

static void
add_pipeline(struct shell_parser *p, enum shell_join join)
{
	struct shell_script *s = p->script;

	s->pipelines = mem_resize(
		s->pipelines, s->count + 1, sizeof(*s->pipelines));
	s->pipelines[s->count++] = (struct shell_pipeline){ .join = join };
	add_command(p);
}

static void
end_word(struct shell_parser *p)
{
	struct shell_command *c = command_of(p);

	shell_end_part(p);
	if (!p->in_word)
		return;
	p->in_word = false;
	if (p->redirect) {
		p->redirect->target = p->word;
		p->redirect = NULL;
	} else {
		c->words = mem_resize(
			c->words, c->word_count + 1, sizeof(*c->words));
		c->words[c->word_count++] = p->word;
	}
	p->word = (struct shell_word){ 0 };
}

static bool
is_empty(const struct shell_command *c)
{
	return c->word_count == 0 && c->redirect_count == 0;
}

/* What stands at "<" or ">". */
static const struct arrow {
	const char *text;
	enum shell_direction direction;
	int fd;
} arrows[] = {
	{ ">>", SHELL_APPEND, 1 },
	{ ">&", SHELL_SAME, 1 },
	{ ">", SHELL_TO, 1 },
	{ "<", SHELL_FROM, 0 },
};

static struct shell_redirect *
add_redirect(struct shell_parser *p)
{
	struct shell_command *c = command_of(p);

	c->redirects = mem_resize(c->redirects, c->redirect_count + 1,
		sizeof(*c->redirects));
	c->redirects[c->redirect_count] = (struct shell_redirect){ 0 };
	return &c->redirects[c->redirect_count++];
}

/* "1" or "2" right before an arrow is no word. */
static int
take_number(struct shell_parser *p, int otherwise)
{
	bool is_number = p->in_word && !p->redirect && !p->quoted &&
		p->word.count == 0 && p->text.len == 1 &&
		strchr("012", buf_text(&p->text)[0]);
	int fd = otherwise;

	if (is_number) {
		fd = buf_text(&p->text)[0] - '0';
		buf_reset(&p->text);
		p->in_word = false;
	}
	end_word(p);
	return fd;
}

static int
redirection(struct shell_parser *p)
{
	const struct arrow *a = arrows;
	struct shell_redirect *to;
	char shown[] = "'?'";
	int fd;

	shown[1] = *p->at;
	if (p->simple)
		return shell_refuse(p, shown);
	if (p->redirect && !p->in_word)
		return shell_wrong(p, shown, "has no file");
	if (strncmp(p->at, "<<", 2) == 0 || strncmp(p->at, "<&", 2) == 0)
		return shell_refuse(p, "'<<'");
	while (strncmp(p->at, a->text, strlen(a->text)) != 0)
		a++;
	p->at += strlen(a->text);
	fd = take_number(p, a->fd);
	to = add_redirect(p);
	*to = (struct shell_redirect){ a->direction, fd, -1, { 0 } };
	if (a->direction != SHELL_SAME) {
		p->redirect = to;
		return 0;
	}
	if (*p->at != '1' && *p->at != '2')
		return shell_wrong(p, "'>&'", "is followed by neither 1 nor 2");
	to->other = *p->at++ - '0';
	return 0;
}

/* The command before an operator. */
static int
end_command(struct shell_parser *p, const char *operator)
{
	end_word(p);
	if (p->redirect)
		return shell_wrong(
			p, operator, "stands where a file is expected");
	if (is_empty(command_of(p)))
		return shell_wrong(p, operator, "has no command before it");
	return 0;
}

static const struct operator {
	const char *text;
	const char *shown;
	enum shell_join join;
} operators[] = {
	{ "&&", "'&&'", SHELL_ON_SUCCESS },
	{ "||", "'||'", SHELL_ON_FAILURE },
	{ ";", "';'", SHELL_ALWAYS },
};

static int
operator(struct shell_parser *p)
{
	char shown[] = "'?'";
	size_t i;
	int r;

	shown[1] = *p->at;
	if (p->simple || strchr("()", *p->at))
		return shell_refuse(p, shown);
	for (i = 0; i < ARRAY_SIZE(operators); i++) {
		const struct operator *o = &operators[i];

		if (strncmp(p->at, o->text, strlen(o->text)) != 0)
			continue;
		r = end_command(p, o->shown);
		if (r == 0)
			add_pipeline(p, o->join);
		p->at += strlen(o->text);
		return r;
	}
	if (*p->at == '&')
		return shell_refuse(p, shown);
	r = end_command(p, shown);
	if (r == 0)
		add_command(p);
	p->at++;
	return r;
}

static int
line_break(struct shell_parser *p)
{
	end_word(p);
	p->at += strspn(p->at, " \t\r\n");
	if (!*p->at || *p->at == '-' || is_empty(command_of(p)))
		return 0;
	if (p->simple)
		return shell_refuse(p, "a second line");
	p->script->has_lines = true;
	if (p->redirect)
		return shell_wrong(p, "a line break",
			"stands where a file is expected");
	add_pipeline(p, SHELL_ALWAYS);
	return 0;
}

static int
next(struct shell_parser *p)
{
	switch (*p->at) {
	case ' ':
	case '\t':
	case '\r':
		end_word(p);
		p->at++;
		return 0;
	case '\n':
		return line_break(p);
	case '\'':
		p->at++;
		return shell_single_quoted(p);
	case '"':
		p->at++;
		return shell_double_quoted(p);
	case '\\':
		return shell_escaped(p);
	case '<':
	case '>':
		return redirection(p);
	case '|':
	case '&':
	case ';':
	case '(':
	case ')':
		return operator(p);
	case '$':
	case '`':
		p->in_word = true;
		return shell_expansion(p, false);
	}
	p->in_word = true;
	buf_addc(&p->text, *p->at++);
	return 0;
}

/* A ";" or nothing may stand last; after another operator there is more. */
static int
finish(struct shell_parser *p)
{
	struct shell_pipeline *line;

	end_word(p);
	if (p->redirect)
		return shell_wrong(p, "a redirection", "has no file");
	line = pipeline_of(p);
	if (!is_empty(command_of(p)))
		return 0;
	if (line->join != SHELL_ALWAYS || line->count > 1)
		return shell_wrong(
			p, "an operator", "has no command behind it");
	command_release(line->commands);
	free(line->commands);
	p->script->count--;
	return 0;
}

static int
parse(struct shell_parser *p, const char *text)
{
	int r = 0;

	if (strlen(text) > TEXT_MAX)
		return error_set(p->err, EFBIG,
			"a command is longer than %zu bytes", TEXT_MAX);
	p->at = text;
	p->script = mem_zalloc(sizeof(*p->script));
	buf_init(&p->text, TEXT_MAX);
	add_pipeline(p, SHELL_ALWAYS);
	while (r == 0 && *p->at)
		r = next(p);
	if (r == 0)
		r = finish(p);
	buf_release(&p->text);
	shell_word_release(&p->word);
	return r;
}

int
shell_parse(const char *text, struct shell_script **ret, struct error *err)
{
	struct shell_parser p = { .err = err };
	int r;

	r = parse(&p, text);
	if (r < 0)
		(void)shell_free(p.script);
	else
		*ret = p.script;
	return r;
}

static void
add_text(const struct shell_word *w, struct strv *ret)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	size_t i;

	buf_init(&text, TEXT_MAX);
	for (i = 0; i < w->count; i++)
		buf_adds(&text, w->parts[i].text);
	strv_add(ret, buf_text(&text));
}

int
shell_split(const char *text, struct strv *ret, struct error *err)
{
	struct shell_parser p = { .simple = true, .err = err };
	const struct shell_command *c;
	size_t i;
	int r;

	r = parse(&p, text);
	if (r == 0 && p.script->count > 0) {
		c = p.script->pipelines[0].commands;
		for (i = 0; i < c->word_count; i++)
			add_text(&c->words[i], ret);
	}
	(void)shell_free(p.script);
	return r;
}
