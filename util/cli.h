/* SPDX-License-Identifier: Apache-2.0 */
/* cli: option tables, and everything that is made from them. */
#ifndef UTIL_CLI_H
#define UTIL_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "util/error.h"
#include "util/scope.h"
#include "util/strv.h"

enum option_kind {
	OPT_FLAG,	/* bool *value: --x, --x=true|false, --no-x */
	OPT_STRING,	/* const char **value; the last one wins */
	OPT_LIST,	/* struct strv *value; each adds */
	OPT_OPTIONAL,	/* const char **value; --x or --x=V; "" when bare */
	OPT_IGNORED,	/* accepted for compatibility, said once; takes a value
			 * when `operand` is set */
	OPT_CALL,	/* `call` gets the value, "" without an operand */
};

/* Long options are never abbreviated; `-xV`, `-x V`, `--x V`, `--x=V` all
 * work. A table ends with an all-zero row. */
struct option_spec {
	char letter;		/* 0: none */
	const char *name;
	const char *operand;	/* shown in help, NULL for flags */
	const char *help;	/* one line, lower case, no full stop */
	enum option_kind kind;
	void *value;
	int (*call)(const char *text, struct error *err);
	const char *values;	/* for completion: "a|b|c", "@file", "@dir",
				 * "@image", or NULL */
};

/* The row of a command's table that gives it --format; `variable` is a
 * file-scope const char *. main() checks it and fills command_context. */
#define CLI_FORMAT(variable)                                                   \
	{                                                                      \
		0, "format", "FORMAT", "print a table, json or ndjson",        \
			OPT_STRING, &(variable), NULL, "table|json|ndjson"     \
	}

/* What must be true before a command's function is called. */
enum command_needs {
	NEEDS_NOTHING = 0,
	NEEDS_STORE = 1 << 0,		/* open it (make it if it is missing) */
};

struct conf;
struct progress;

/* What main() hands to a command. Everything is borrowed. */
struct command_context {
	const struct conf *conf;
	struct strv operands;
	enum command_needs needs;
	const char *identity;		/* --identity or conf, may be NULL */
	const char *progress;		/* --progress, may be NULL */
	bool json;			/* --format json or ndjson was given */
	const char *format;		/* --format as given, or NULL */
	/* For commands that make or remove files with their owners: enter
	 * the user namespace as `identity` says. `ret_tree_kind` is for
	 * store_set_tree_kind(). -ENOTSUP when the host cannot. */
	int (*enter_namespace)(struct command_context *c,
		const char **ret_tree_kind, struct error *err);
};

/* One record per command, exported by its cmd-NAME.c. `run` returns the exit
 * status, or a negative errno with the story in `err`. A command without a
 * group is hidden: it works, but no list names it. */
struct command {
	const char *name;		/* may be two words: "store check" */
	const char *operands;		/* "[OPTIONS] CONTEXT" */
	const char *summary;		/* one line */
	const char *group;		/* heading in the overview */
	const struct option_spec *options;
	int min_operands, max_operands;	/* max -1: any number */
	enum command_needs needs;
	bool stop_at_operand;		/* options end at the first operand */
	const char *operand_values;	/* completion, as option_spec.values */
	int (*run)(struct command_context *c, struct error *err);
};

/* Does `row` end a table? */
static inline bool
cli_is_last(const struct option_spec *row)
{
	return !row->letter && !row->name;
}

/* Parse argv (without the program and command words) by `options` and by
 * `more` (global options, may be NULL). -EINVAL, ERROR_REQUEST, with a
 * did-you-mean and a hint to the manual page. */
int cli_parse(const struct option_spec *options, const struct option_spec *more,
	bool stop_at_operand, int argc, char *const argv[],
	struct strv *ret_operands, struct error *err);

/* Which of argv are operands, with nothing stored or called: for a command
 * line that somebody else will parse. Unknown options as cli_parse(). */
int cli_operands(const struct option_spec *options,
	const struct option_spec *more, int argc, char *const argv[],
	struct strv *ret_operands, struct error *err);
/* The last value that such a command line has for the option `name`, borrowed
 * from argv; NULL when there is none, or argv is wrong. */
const char *cli_value_of(const struct option_spec *options, const char *name,
	int argc, char *const argv[]);
/* Is the number of operands what the command wants? -EINVAL,
 * ERROR_REQUEST. */
int cli_check_operands(const struct command *c, const struct strv *operands,
	struct error *err);
/* What was stored, as words that cli_parse() would store again; without the
 * rows named in `except`, which ends with NULL, and without those of
 * OPT_CALL. */
void cli_words(const struct option_spec *options, const char *const *except,
	struct strv *ret);
/* The row called `name`, borrowed, or NULL. */
const struct option_spec *cli_find_option(const struct option_spec *options,
	const char *name);

/* -h: usage and options, made from the tables. */
void cli_print_help(FILE *to, const struct command *c,
	const struct option_spec *global);
/* The overview of all commands, by group. The table ends with NULL. */
void cli_print_commands(FILE *to, const struct command *const *commands,
	const struct option_spec *global);
/* A completion script for "bash", "zsh" or "fish", -EINVAL for others. */
int cli_print_completion(FILE *to, const char *shell,
	const struct command *const *commands,
	const struct option_spec *global, struct error *err);
/* "command<TAB>--option<TAB>operand" lines, for the test that compares the
 * manual pages with the tables. */
void cli_print_tables(FILE *to, const struct command *const *commands,
	const struct option_spec *global);

/* The candidate nearest to `word` if it is near enough to suggest, or NULL. */
const char *cli_nearest(const char *word, const char *const *candidates,
	size_t count);

/* A table on stdout: headings, then rows; columns padded to their widest cell,
 * no trailing blanks. */
struct cli_table;
struct cli_table *cli_table_new(const char *const *headings, size_t columns);
void cli_table_add(struct cli_table *t, const char *const *cells);
void cli_table_print(FILE *to, const struct cli_table *t);
struct cli_table *cli_table_free(struct cli_table *t);

DEFINE_CLEANUP(struct cli_table *, cli_table_free);

#endif
