/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/dockerfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "builder/dockerfile-read.h"
#include "builder/lexer.h"
#include "util/mem.h"
#include "util/scope.h"

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
	for (size_t n = 0; n < d->origin_count; n++)
		origin_free(d->origins[n]);
	free(d->origins);
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

int
dockerfile_add(struct dockerfile *d, struct instr *i, struct error *err)
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

int
dockerfile_parse(const char *file, const char *text, size_t len,
	const struct include_reader *reader, struct dockerfile **ret,
	struct error *err)
{
	cleanup(dockerfile_free) struct dockerfile *d = mem_zalloc(sizeof(*d));
	int r;

	r = dockerfile_read(d, file, text, len, reader, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	*ret = take_ptr(&d);
	return 0;
}

const char *
dockerfile_name(const struct dockerfile *d)
{
	return d->origins[0]->file;
}

static bool
has_place(const struct origin *o, const struct error *err)
{
	size_t n = strlen(o->file);

	return err->text && strncmp(err->text, o->file, n) == 0 &&
		err->text[n] == ':' && strchr("123456789", err->text[n + 1]);
}

/* Has some file of it a place in err already? */
static bool
is_placed(const struct dockerfile *d, const struct error *err)
{
	for (size_t n = 0; n < d->origin_count; n++) {
		if (has_place(d->origins[n], err))
			return true;
	}
	return false;
}

int
dockerfile_error_at(const struct dockerfile *d, const struct instr *i,
	struct error *err)
{
	const struct origin *o = i->origin ? i->origin : d->origins[0];
	int line = i->line, column = i->column;

	if (!err)
		return -EINVAL;
	if (is_placed(d, err))
		return -err->code;
	if (err->subject)
		(void)origin_find(
			o, err->subject, i->last_line, &line, &column);
	(void)lexer_place_error(o->file, o->text, o->len, line, column, err);
	origin_explain(o, err);
	return -err->code;
}
