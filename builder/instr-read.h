/* SPDX-License-Identifier: Apache-2.0 */
/* instr-read: one logical line becomes an instruction. */
#ifndef BUILDER_INSTR_READ_H
#define BUILDER_INSTR_READ_H

#include <stdbool.h>

#include "builder/instr.h"
#include "builder/lexer.h"
#include "util/error.h"

/* A flag that a kind of instruction may have; a table ends with a zero row. */
enum instr_flag_kind { INSTR_FLAG_BOOL, INSTR_FLAG_TEXT, INSTR_FLAG_LIST };
struct instr_flag_spec {
	const char *name;
	enum instr_flag_kind kind;
};

/* An instruction while it is read. All borrowed. When a function fails, `rest`
 * stands where the mistake is. */
struct instr_reading {
	const struct lexer *lexer;
	const struct lexer_line *line;
	struct instr *instr;
	const char *rest;	/* what is still to be read of line->text */
	bool is_trigger;	/* it stands behind ONBUILD */
	bool ends_with_heredoc;	/* its last word is one */
	struct error *err;
};

/* How one kind is read: `read` cuts `rest` into instr->args and finds heredocs,
 * `check` (may be NULL) refuses what this kind cannot be. */
struct instr_spec {
	const char *name;
	int (*read)(struct instr_reading *r);
	int (*check)(struct instr_reading *r);
	const struct instr_flag_spec *flags;	/* NULL: none */
	int min_args, max_args;			/* max 0: any number */
};

/* The row of a kind, from the table of all. */
const struct instr_spec *instr_spec(enum instr_kind kind);

/* The instruction on `line`, which `l` has just read; bodies of its heredocs
 * are read from `l`. Comments and text move from the line to the instruction.
 * -EINVAL with the place. */
int instr_read(struct lexer *l, struct lexer_line *line, struct instr *ret,
	struct error *err);
/* Keyword, flags and arguments from r->rest on, without bodies and without the
 * place of an error. -EINVAL. */
int instr_read_parts(struct instr_reading *r);

/* Check one flag word ("--link") against `specs` (NULL: none allowed) and the
 * flags before it, and add it. -EINVAL. */
int instr_add_flag(struct instr *i, const struct instr_flag_spec *specs,
	const char *word, struct error *err);

/* The word at `text` in capitals; yours. */
char *instr_upper_word(const char *text, size_t len);

#endif
