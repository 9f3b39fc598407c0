/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/dockerfile-read.h"

#include <errno.h>
#include <string.h>

#include "builder/instr-read.h"
#include "builder/lexer.h"
#include "util/mem.h"
#include "util/scope.h"

#define SIZE_LIMIT MiB(16)
#define INSTRS_MAX 10000
#define FILES_MAX 200
#define DEPTH_MAX 16

#define BLANKS " \t\v\f\r"

/* What has been read so far, of all files. */
struct reading {
	struct dockerfile *d;
	const struct include_reader *reader;
	size_t count; /* of instructions */
	size_t bytes;
	unsigned depth;
	struct error *err;
};

/* One file of them. */
struct part {
	const struct origin *origin;
	struct lexer lexer;
};

static int read_part(struct reading *r, struct origin *o);

/* Is it text at all? */
static int
check_bytes(struct reading *r, const struct origin *o)
{
	const char *nul;
	int line = 1;

	r->bytes += o->len;
	if (r->bytes > SIZE_LIMIT)
		return error_set(r->err, EFBIG, "'%s' is larger than 16 MiB",
			r->d->origins[0]->file);
	nul = o->len > 0 ? memchr(o->text, '\0', o->len) : NULL;
	if (!nul)
		return 0;
	for (const char *p = o->text; p < nul; p++)
		line += *p == '\n';
	return error_set(
		r->err, EINVAL, "%s:%d: a NUL byte is no text", o->file, line);
}

/* The list owns it from here on. */
static struct origin *
add_origin(struct dockerfile *d, struct origin *o)
{
	d->origins = mem_resize(
		d->origins, d->origin_count + 1, sizeof(struct origin *));
	d->origins[d->origin_count++] = o;
	return o;
}

static int
check_include(const struct reading *r, const char *path)
{
	if (!r->reader)
		return error_set(r->err, EINVAL,
			"INCLUDE '%s': there is no context to read it from",
			path);
	if (r->depth == DEPTH_MAX)
		return error_set(r->err, ELOOP,
			"INCLUDE '%s': more than %d INCLUDEs deep", path,
			DEPTH_MAX);
	if (r->d->origin_count == FILES_MAX)
		return error_set(r->err, E2BIG,
			"INCLUDE '%s': more than %d files", path, FILES_MAX);
	return 0;
}

/* The file that `i` names, as a part of its own. */
static int
open_include(struct reading *r, const struct part *part, const struct instr *i,
	struct origin **ret)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *name = NULL;
	struct origin *o;
	int done;

	done = check_include(r, i->args.items[0]);
	if (done < 0)
		return done;
	buf_init(&text, SIZE_LIMIT);
	done = r->reader->read(
		r->reader->context, i->args.items[0], &name, &text, r->err);
	if (done < 0)
		return error_wrap(r->err, "INCLUDE '%s'", i->args.items[0]);
	if (origin_is_within(part->origin, name))
		return error_set(r->err, ELOOP, "'%s' includes itself", name);
	o = origin_new(name, buf_text(&text), text.len);
	o->from = part->origin;
	o->line = i->line;
	o->column = i->column;
	*ret = add_origin(r->d, o);
	return 0;
}

/* An error with its place, and how the place was come to. */
static int
fail(const struct reading *r, const struct part *part,
	const struct lexer_line *line, size_t offset)
{
	(void)lexer_fail(&part->lexer, line, offset, r->err);
	origin_explain(part->origin, r->err);
	return r->err ? -r->err->code : -EINVAL;
}

static int
include(struct reading *r, const struct part *part,
	const struct lexer_line *line, const struct instr *i)
{
	size_t indent = strspn(line->text, BLANKS);
	struct origin *o = NULL;
	int done;

	done = open_include(r, part, i, &o);
	if (done < 0)
		return fail(r, part, line, indent);
	r->depth++;
	done = read_part(r, o);
	r->depth--;
	return done;
}

/* Read one instruction and put it where it belongs. */
static int
read_instr(struct reading *r, struct part *part, struct lexer_line *line)
{
	cleanup_value(instr_release) struct instr i = { 0 };
	int done;

	done = instr_read(&part->lexer, line, &i, r->err);
	if (done < 0) {
		origin_explain(part->origin, r->err);
		return done;
	}
	i.origin = part->origin;
	if (i.kind == INSTR_INCLUDE)
		return include(r, part, line, &i);
	done = dockerfile_add(r->d, &i, r->err);
	return done < 0 ? fail(r, part, line, strspn(line->text, BLANKS)) : 0;
}

static int
read_instrs(struct reading *r, struct part *part)
{
	cleanup_value(lexer_line_release) struct lexer_line line = { 0 };
	int done;

	while (lexer_next(&part->lexer, &line)) {
		if (r->count++ == INSTRS_MAX)
			return error_set(r->err, E2BIG,
				"'%s' has more than %d instructions",
				r->d->origins[0]->file, INSTRS_MAX);
		done = read_instr(r, part, &line);
		if (done < 0)
			return done;
		lexer_line_release(&line);
	}
	return 0;
}

/* The directives of the Dockerfile hold for all; a part of it may only say the
 * same again, and of `escape` nothing else. */
static int
read_directives(struct reading *r, struct part *part)
{
	struct lexer_directives top = { 0 };
	struct dockerfile *d = r->d;
	char escape;
	int done;

	done = lexer_read_directives(&part->lexer, &top, r->err);
	if (done < 0)
		return done;
	escape = top.escape;
	if (!part->origin->from) {
		d->escape = escape;
		d->syntax = take_ptr(&top.syntax);
		d->check = take_ptr(&top.check);
	}
	lexer_directives_release(&top);
	if (escape != '\\' && escape != d->escape) {
		(void)error_set(r->err, EINVAL,
			"%s:1:1: its escape is another than that of '%s'",
			part->origin->file, d->origins[0]->file);
		origin_explain(part->origin, r->err);
		return -EINVAL;
	}
	part->lexer.escape = d->escape;
	return 0;
}

static int
read_part(struct reading *r, struct origin *o)
{
	struct part part = { .origin = o };
	int done;

	done = check_bytes(r, o);
	if (done < 0)
		return done;
	lexer_init(&part.lexer, o->file, o->text, o->len);
	done = read_directives(r, &part);
	return done < 0 ? done : read_instrs(r, &part);
}

int
dockerfile_read(struct dockerfile *d, const char *file, const char *text,
	size_t len, const struct include_reader *reader, struct error *err)
{
	struct reading r = { .d = d, .reader = reader, .err = err };
	struct origin *o = add_origin(d, origin_new(file, text, len));
	int done;

	if (len == 0)
		return error_set(err, EINVAL,
			"the Dockerfile cannot be empty: '%s'", file);
	done = read_part(&r, o);
	if (done < 0)
		return done;
	if (r.count == 0)
		return error_set(
			err, EINVAL, "file with no instructions: '%s'", file);
	if (d->stage_count == 0)
		return error_set(err, EINVAL,
			"dockerfile contains no stages to build: '%s'", file);
	return 0;
}
