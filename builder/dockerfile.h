/* SPDX-License-Identifier: Apache-2.0 */
/* dockerfile: the text of a Dockerfile as stages and instructions with their
 * places; nothing is expanded and nothing looked up. slipway-dockerfile(5). */
#ifndef BUILDER_DOCKERFILE_H
#define BUILDER_DOCKERFILE_H

#include <stddef.h>

#include "builder/instr.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/scope.h"

struct stage {
	char *name;		/* lower case, NULL when unnamed */
	char *base;		/* FROM's image as written */
	char *platform;		/* --platform as written, or NULL */
	struct instr from;
	struct instr *instrs;
	size_t count;
};

struct dockerfile {
	struct origin **origins;	/* itself, then what it includes */
	size_t origin_count;
	char escape;
	char *syntax;		/* directive values or NULL */
	char *check;
	struct instr *global_args;
	size_t global_count;
	struct stage *stages;
	size_t stage_count;
};

/* Where the files are that INCLUDE names. */
struct include_reader {
	/* The file at `path`, into `text`, and the name to show, yours. */
	int (*read)(const void *context, const char *path, char **ret_name,
		struct buf *text, struct error *err);
	const void *context;
};

/*
 * Parse. -EINVAL, ERROR_REQUEST: "FILE:LINE:COLUMN: message" with, as hint, the
 * line itself and a caret below it. Limits, of all files together: 16 MiB,
 * 10,000 instructions, 1,000 stages, 200 files, 16 INCLUDEs deep. `file` is the
 * name shown. Without a reader (NULL) INCLUDE is a mistake; its errors come
 * with the place of the INCLUDE.
 */
int dockerfile_parse(const char *file, const char *text, size_t len,
	const struct include_reader *reader, struct dockerfile **ret,
	struct error *err);
struct dockerfile *dockerfile_free(struct dockerfile *d);

/* -ENOTSUP when `syntax` (NULL is fine) names a language other than this one:
 * docker/dockerfile and its upstream, on any registry, are this one. */
int dockerfile_check_syntax(const char *syntax, struct error *err);

/* The name of the Dockerfile itself. */
const char *dockerfile_name(const struct dockerfile *d);
/* Put "FILE:LINE:COLUMN: " before err and the excerpt into its hint, unless a
 * place is there already; returns -err->code. The place is that of what err is
 * about, where it can be found in `i`, else of `i`. */
int dockerfile_error_at(const struct dockerfile *d, const struct instr *i,
	struct error *err);

DEFINE_CLEANUP(struct dockerfile *, dockerfile_free);

#endif
