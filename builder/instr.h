/* SPDX-License-Identifier: Apache-2.0 */
/* instr: one instruction of a Dockerfile, cut into flags and arguments that are
 * not expanded yet. */
#ifndef BUILDER_INSTR_H
#define BUILDER_INSTR_H

#include <stdbool.h>
#include <stddef.h>

#include "builder/heredoc.h"
#include "builder/origin.h"
#include "util/error.h"
#include "util/strv.h"

enum instr_kind {
	INSTR_ADD, INSTR_ARG, INSTR_CMD, INSTR_COPY, INSTR_ENTRYPOINT,
	INSTR_ENV, INSTR_EXPOSE, INSTR_FROM, INSTR_HEALTHCHECK, INSTR_INCLUDE,
	INSTR_LABEL, INSTR_MAINTAINER, INSTR_ONBUILD, INSTR_RUN, INSTR_SHELL,
	INSTR_STOPSIGNAL, INSTR_USER, INSTR_VOLUME, INSTR_WORKDIR,
	INSTR_KINDS
};

/* "--name=value"; a bool's value is "true" or "false". */
struct instr_flag {
	char *name;
	char *value;
};

/*
 * One instruction. `args` by kind: RUN CMD ENTRYPOINT in shell form and USER
 * WORKDIR STOPSIGNAL MAINTAINER: one text (CMD and ENTRYPOINT alone: none).
 * JSON form: its items. ADD COPY: words, without those that are heredocs (their
 * files come after the other sources); the last is the destination. VOLUME
 * EXPOSE: words. ENV LABEL: name, value, name, value ... unexpanded. ARG: "name"
 * or "name=value" words. ONBUILD: one text, the rest, with the bodies of its
 * heredocs. HEALTHCHECK: "NONE", or "CMD" and what follows (one text, or the
 * items of the JSON form). INCLUDE: one path; in what dockerfile_parse() gives
 * the instructions of that file stand in its place.
 */
struct instr {
	enum instr_kind kind;
	char *text;		/* as in the file, lines joined: "RUN make" */
	const struct origin *origin;	/* whose lines; borrowed */
	int line, column;	/* 1-based place of its first word */
	int last_line;
	struct instr_flag *flags;
	size_t flag_count;
	struct strv args;
	bool is_json;
	struct heredoc *heredocs;
	size_t heredoc_count;
	struct strv comments;	/* of the lines just above, without '#' */
	bool has_blank_line;	/* one stands within a continuation */
	bool is_legacy;		/* ENV and LABEL as "NAME text" */
};

/* ONBUILD's text as an instruction; its place, and that of every error, is
 * `from`'s. -EINVAL, ERROR_REQUEST. */
int instr_parse(const char *file, const char *text, char escape,
	const struct instr *from, struct instr *ret, struct error *err);
void instr_release(struct instr *i);
/* The flag's value, or NULL when it is not there; of a list the first. A bool
 * is "true" or "false", a bare one "true". */
const char *instr_flag(const struct instr *i, const char *name);
/* Is this bool there and true? */
bool instr_flag_is_true(const struct instr *i, const char *name);
/* Every value of a list ("mount", "exclude"); adds to `ret`. */
void instr_flag_list(const struct instr *i, const char *name,
	struct strv *ret);
/* "RUN". */
const char *instr_name(enum instr_kind kind);
/* Is a RUN's whole command one heredoc, whose body is then the script? */
bool instr_is_script(const struct instr *i);
/* What a RUN in shell form gives to the shell: the script (tabs stripped for
 * `<<-`), or the command with its heredocs behind it. Yours. */
char *instr_shell_text(const struct instr *i);

#endif
