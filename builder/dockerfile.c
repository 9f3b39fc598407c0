/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/dockerfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "builder/instr-read.h"
#include "builder/lexer.h"
#include "util/mem.h"
#include "util/scope.h"

#define FILE_SIZE_MAX MiB(16)
#define INSTRS_MAX 10000
#define STAGES_MAX 1000

static void
release_instrs(struct instr *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		instr_release(&list[i]);
	free(list);
}

static void
stage_release(struct stage *s)
{
	free(s->name);
	free(s->base);
	free(s->platform);
	instr_release(&s->from);
	release_instrs(s->instrs, s->count);
}

struct dockerfile *
dockerfile_free(struct dockerfile *d)
{
	if (!d)
		return NULL;
	for (size_t i = 0; i < d->stage_count; i++)
		stage_release(&d->stages[i]);
	free(d->stages);
	release_instrs(d->global_args, d->global_count);
	free(d->file);
	free(d->source);
	free(d->syntax);
	free(d->check);
	free(d);
	return NULL;
}

static void
append(struct instr **list, size_t *count, struct instr *i)
{
	*list = mem_resize(*list, *count + 1, sizeof(**list));
	(*list)[(*count)++] = *i;
	*i = (struct instr){ 0 };
}

static bool
is_stage_name(const char *name)
{
	if (*name < 'a' || *name > 'z')
		return false;
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.")] ==
		'\0';
}

static int
set_stage_name(struct stage *s, const char *name, struct error *err)
{
	s->name = mem_strdup(name);
	for (char *p = s->name; *p; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	}
	if (is_stage_name(s->name))
		return 0;
	return error_set(err, EINVAL,
		"invalid name for build stage: \"%s\", name can't start with a number or contain symbols",
		name);
}

static int
add_stage(struct dockerfile *d, struct instr *from, struct error *err)
{
	struct stage *s;

	if (d->stage_count == STAGES_MAX)
		return error_set(err, E2BIG, "more than %d stages",
			STAGES_MAX);
	d->stages = mem_resize(d->stages, d->stage_count + 1, sizeof(*s));
	s = &d->stages[d->stage_count++];
	*s = (struct stage){ .from = *from };
	*from = (struct instr){ 0 };
	s->base = mem_strdup(s->from.args.items[0]);
	s->platform = mem_strdup(instr_flag(&s->from, "platform"));
	if (s->from.args.count < 3)
		return 0;
	return set_stage_name(s, s->from.args.items[2], err);
}

static int
add_instr(struct dockerfile *d, struct instr *i, struct error *err)
{
	struct stage *s;

	if (i->kind == INSTR_FROM)
		return add_stage(d, i, err);
	if (d->stage_count == 0 && i->kind == INSTR_ARG) {
		append(&d->global_args, &d->global_count, i);
		return 0;
	}
	if (d->stage_count == 0)
		return error_set(err, EINVAL,
			"no build stage in current context: %s comes before the first FROM",
			instr_name(i->kind));
	s = &d->stages[d->stage_count - 1];
	append(&s->instrs, &s->count, i);
	return 0;
}

/* Read one instruction and put it where it belongs. */
static int
read_instr(struct dockerfile *d, struct lexer *l, struct lexer_line *line,
	struct error *err)
{
	cleanup_value(instr_release) struct instr i = { 0 };
	int r;

	r = instr_read(l, line, &i, err);
	if (r < 0)
		return r;
	r = add_instr(d, &i, err);
	if (r < 0)
		return lexer_fail(l, line, strspn(line->text, " \t\v\f\r"),
			err);
	return 0;
}

static int
read_instrs(struct dockerfile *d, struct lexer *l, size_t *ret_count,
	struct error *err)
{
	cleanup_value(lexer_line_release) struct lexer_line line = { 0 };
	size_t n;
	int r;

	for (n = 0; lexer_next(l, &line); n++) {
		if (n == INSTRS_MAX)
			return error_set(err, E2BIG,
				"'%s' has more than %d instructions", d->file,
				INSTRS_MAX);
		r = read_instr(d, l, &line, err);
		if (r < 0)
			return r;
		lexer_line_release(&line);
	}
	*ret_count = n;
	return 0;
}

/* Is it text at all? */
static int
check_bytes(const char *file, const char *text, size_t len, struct error *err)
{
	const char *nul;
	int line = 1;

	if (len > FILE_SIZE_MAX)
		return error_set(err, EFBIG, "'%s' is larger than 16 MiB",
			file);
	nul = len > 0 ? memchr(text, '\0', len) : NULL;
	if (!nul)
		return 0;
	for (const char *p = text; p < nul; p++)
		line += *p == '\n';
	return error_set(err, EINVAL, "%s:%d: a NUL byte is no text", file,
		line);
}

static int
read_all(struct dockerfile *d, struct error *err)
{
	cleanup_value(lexer_directives_release) struct lexer_directives
		directives = { 0 };
	struct lexer l;
	size_t count = 0;
	int r;

	if (d->source[0] == '\0')
		return error_set(err, EINVAL,
			"the Dockerfile cannot be empty: '%s'", d->file);
	lexer_init(&l, d->file, d->source, strlen(d->source));
	r = lexer_read_directives(&l, &directives, err);
	if (r < 0)
		return r;
	l.escape = d->escape = directives.escape;
	d->syntax = take_ptr(&directives.syntax);
	d->check = take_ptr(&directives.check);
	r = read_instrs(d, &l, &count, err);
	if (r < 0)
		return r;
	if (count == 0)
		return error_set(err, EINVAL, "file with no instructions: '%s'",
			d->file);
	if (d->stage_count == 0)
		return error_set(err, EINVAL,
			"dockerfile contains no stages to build: '%s'",
			d->file);
	return 0;
}

int
dockerfile_parse(const char *file, const char *text, size_t len,
	struct dockerfile **ret, struct error *err)
{
	cleanup(dockerfile_free) struct dockerfile *d = mem_zalloc(sizeof(*d));
	int r;

	d->file = mem_strdup(file);
	r = check_bytes(file, text, len, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	d->source = mem_strndup(len > 0 ? text : "", len);
	r = read_all(d, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	*ret = take_ptr(&d);
	return 0;
}

static bool
has_place(const struct dockerfile *d, const struct error *err)
{
	size_t n = strlen(d->file);

	return err->text && strncmp(err->text, d->file, n) == 0 &&
		err->text[n] == ':' && strchr("123456789", err->text[n + 1]);
}

int
dockerfile_error_at(const struct dockerfile *d, const struct instr *i,
	struct error *err)
{
	if (!err)
		return -EINVAL;
	if (has_place(d, err))
		return -err->code;
	return lexer_place_error(d->file, d->source, strlen(d->source), i->line,
		i->column, err);
}
