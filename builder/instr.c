/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/instr.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "builder/heredoc.h"
#include "builder/instr-read.h"
#include "builder/words.h"
#include "util/buf.h"
#include "util/cli.h"
#include "util/mem.h"
#include "util/scope.h"

#define BLANKS " \t\v\f\r"

void
instr_release(struct instr *i)
{
	for (size_t n = 0; n < i->flag_count; n++) {
		free(i->flags[n].name);
		free(i->flags[n].value);
	}
	free(i->flags);
	free(i->text);
	strv_release(&i->args);
	strv_release(&i->comments);
	heredoc_free_all(i->heredocs, i->heredoc_count);
	*i = (struct instr){ 0 };
}

const char *
instr_name(enum instr_kind kind)
{
	return instr_spec(kind)->name;
}

char *
instr_upper_word(const char *text, size_t len)
{
	char *word = mem_strndup(text, len);

	for (char *p = word; *p; p++) {
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	}
	return word;
}

static int
fail_unknown(struct instr_reading *r, const char *word)
{
	const char *names[INSTR_KINDS];
	const char *nearest;

	for (int i = 0; i < INSTR_KINDS; i++)
		names[i] = instr_name((enum instr_kind)i);
	nearest = cli_nearest(word, names, INSTR_KINDS);
	if (!nearest)
		return error_set(r->err, EINVAL, "unknown instruction: %s",
			word);
	return error_set(r->err, EINVAL,
		"unknown instruction: %s (did you mean %s?)", word, nearest);
}

static int
read_keyword(struct instr_reading *r)
{
	size_t len = strcspn(r->rest, BLANKS);
	autofree char *word = instr_upper_word(r->rest, len);

	for (int i = 0; i < INSTR_KINDS; i++) {
		if (strcmp(word, instr_name((enum instr_kind)i)) != 0)
			continue;
		r->instr->kind = (enum instr_kind)i;
		r->rest += len + strspn(r->rest + len, BLANKS);
		return 0;
	}
	return fail_unknown(r, word);
}

static int
read_flags(struct instr_reading *r)
{
	const struct instr_flag_spec *flags = instr_spec(r->instr->kind)->flags;
	const char *next = r->rest;
	char *word;
	int done;

	while ((word = words_take_flag(&next, r->lexer->escape)) != NULL) {
		done = instr_add_flag(r->instr, flags, word, r->err);
		free(word);
		if (done < 0)
			return done;
		r->rest = next;
	}
	r->rest = next;
	return 0;
}

static int
check_count(struct instr_reading *r)
{
	const struct instr_spec *spec = instr_spec(r->instr->kind);

	if ((int)r->instr->args.count >= spec->min_args)
		return 0;
	return error_set(r->err, EINVAL, "%s requires %s argument", spec->name,
		spec->max_args == 1 ? "exactly one" : "at least one");
}

int
instr_read_parts(struct instr_reading *r)
{
	const struct instr_spec *spec;
	int done;

	done = read_keyword(r);
	if (done < 0)
		return done;
	done = read_flags(r);
	if (done < 0)
		return done;
	spec = instr_spec(r->instr->kind);
	done = spec->read(r);
	if (done < 0)
		return done;
	done = check_count(r);
	if (done < 0 || !spec->check)
		return done;
	return spec->check(r);
}

static int
read_bodies(struct lexer *l, const struct lexer_line *line, struct instr *i,
	struct error *err)
{
	bool drop_cr = line->has_cr && i->kind == INSTR_RUN;
	struct heredoc *h;

	for (size_t n = 0; n < i->heredoc_count; n++) {
		h = &i->heredocs[n];
		if (!heredoc_read(h, l, drop_cr))
			return error_set(err, EINVAL,
				"unterminated heredoc: '%s' does not follow",
				h->name);
		i->last_line = l->line;
	}
	return 0;
}

/* A command with its heredocs behind it, as a shell reads it. */
static char *
join_bodies(const struct instr *i, const char *command)
{
	cleanup_value(buf_release) struct buf text = { 0 };

	buf_init(&text, SIZE_MAX);
	buf_adds(&text, command);
	for (size_t n = 0; n < i->heredoc_count; n++)
		buf_addf(&text, "\n%s%s", i->heredocs[n].body,
			i->heredocs[n].name);
	return buf_steal(&text);
}

/* A trigger is text: its heredocs become a part of it. */
static void
finish_trigger(struct instr *i)
{
	char *text = join_bodies(i, i->args.items[0]);

	strv_release(&i->args);
	strv_take(&i->args, text);
	heredoc_free_all(i->heredocs, i->heredoc_count);
	i->heredocs = NULL;
	i->heredoc_count = 0;
}

static void
take_line(struct lexer_line *line, struct instr *i)
{
	size_t indent = strspn(line->text, BLANKS);

	i->text = mem_strdup(line->text + indent);
	i->comments = line->comments;
	line->comments = (struct strv){ 0 };
	i->has_blank_line = line->has_blank_line;
	i->last_line = line->last_line;
	lexer_place_of(line, indent, &i->line, &i->column);
}

int
instr_read(struct lexer *l, struct lexer_line *line, struct instr *ret,
	struct error *err)
{
	cleanup_value(instr_release) struct instr i = { 0 };
	struct instr_reading reading = {
		.lexer = l, .line = line, .instr = &i, .err = err,
		.rest = line->text + strspn(line->text, BLANKS),
	};
	int r;

	take_line(line, &i);
	r = instr_read_parts(&reading);
	if (r == 0)
		r = read_bodies(l, line, &i, err);
	if (r < 0)
		return lexer_fail(l, line, (size_t)(reading.rest - line->text),
			err);
	if (i.kind == INSTR_ONBUILD)
		finish_trigger(&i);
	*ret = i;
	i = (struct instr){ 0 };
	return 0;
}

int
instr_parse(const char *file, const char *text, char escape,
	const struct instr *from, struct instr *ret, struct error *err)
{
	cleanup_value(lexer_line_release) struct lexer_line line = { 0 };
	struct lexer l;
	int r;

	lexer_init(&l, file, text, strlen(text));
	l.escape = escape;
	l.fixed_line = from->line;
	l.fixed_column = from->column;
	if (lexer_next(&l, &line) == 0) {
		(void)error_set(err, EINVAL, "an ONBUILD trigger is empty");
		(void)error_kind(err, ERROR_REQUEST);
		return error_wrap(err, "%s:%d:%d", file, from->line,
			from->column);
	}
	r = instr_read(&l, &line, ret, err);
	if (r < 0)
		return r;
	ret->origin = from->origin;
	ret->line = from->line;
	ret->column = from->column;
	ret->last_line = from->last_line;
	return 0;
}

bool
instr_is_script(const struct instr *i)
{
	autofree struct heredoc *found = NULL;
	autofree char *others = NULL;
	size_t count;

	if (i->kind != INSTR_RUN || i->heredoc_count != 1)
		return false;
	heredoc_find(i->args.items[0], &found, &count, &others, NULL);
	for (size_t n = 0; n < count; n++)
		heredoc_release(&found[n]);
	return others[strspn(others, BLANKS)] == '\0';
}

char *
instr_shell_text(const struct instr *i)
{
	if (instr_is_script(i))
		return heredoc_text(&i->heredocs[0]);
	return join_bodies(i, i->args.items[0]);
}
