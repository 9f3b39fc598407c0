/* SPDX-License-Identifier: Apache-2.0 */
/* shell: the language of sh(1) that task files use, as data; no shell. */
#ifndef RUNNER_SHELL_H
#define RUNNER_SHELL_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"
#include "util/scope.h"
#include "util/strv.h"

/* A piece of a word. Quoted ones are neither split nor matched with names of
 * files. */
struct shell_part {
	char *text;	 /* as written, or the variable's name */
	bool is_variable;
	bool quoted;
	char *otherwise; /* of ${NAME:-otherwise}, else NULL */
};

struct shell_word {
	struct shell_part *parts;
	size_t count;
};

enum shell_direction {
	SHELL_FROM,	/* < target */
	SHELL_TO,	/* > target */
	SHELL_APPEND,	/* >> target */
	SHELL_SAME,	/* >&other */
};

struct shell_redirect {
	enum shell_direction direction;
	int fd;		/* 0, 1 or 2 */
	int other;	/* of SHELL_SAME: 1 or 2 */
	struct shell_word target;
};

struct shell_command {
	struct shell_word *words;
	size_t word_count;
	struct shell_redirect *redirects;
	size_t redirect_count;
};

/* When a pipeline runs, by the status before it. */
enum shell_join {
	SHELL_ALWAYS,	  /* first, or behind ";" or a line break */
	SHELL_ON_SUCCESS, /* && */
	SHELL_ON_FAILURE, /* || */
};

/* Commands joined by "|"; usually one. */
struct shell_pipeline {
	enum shell_join join;
	struct shell_command *commands;
	size_t count;
};

struct shell_script {
	struct shell_pipeline *pipelines;
	size_t count;
	bool has_lines;	/* a line break ended a command */
};

/*
 * Parse: words with '...', "..." and \ (POSIX, XCU 2.2), $NAME, ${NAME} and
 * ${NAME:-text}, the operators && || ; | and line breaks, and the redirections
 * < > >> 2> 2>> >&2 2>&1. A line break is a blank when the next line starts
 * with "-" or the line ends with an operator, else as ";". "#" starts no
 * comment. What would need more of a shell (& ( ) ` $( << and special
 * parameters) is refused by name: -EINVAL, ERROR_REQUEST, hint to use sh -c.
 */
int shell_parse(const char *text, struct shell_script **ret,
	struct error *err);
struct shell_script *shell_free(struct shell_script *s);

/*
 * One simple command to words, nothing expanded: "$" and "*" stay. A second
 * line must start with "-"; any operator is refused as above.
 */
int shell_split(const char *text, struct strv *ret, struct error *err);

DEFINE_CLEANUP(struct shell_script *, shell_free);

#endif
