/* SPDX-License-Identifier: Apache-2.0 */
/* lint-rule: what a rule is made of; for lint*.c only. */
#ifndef BUILDER_LINT_RULE_H
#define BUILDER_LINT_RULE_H

#include <stdbool.h>

#include "builder/lint-settings.h"
#include "builder/lint.h"
#include "util/strv.h"

struct lint;

/* Where a rule looks. `stage` is NULL for an ARG before the first FROM. */
struct lint_at {
	const struct stage *stage;
	size_t number;		/* of the stage */
	const struct instr *instr;
	size_t index;		/* of the instruction, of FROM it is 0, too */
};

/* A row: it looks at the file as a whole, at each stage, at each instruction
 * (FROM and ARGs before it included), or at several of these. */
struct lint_rule {
	struct lint_title title;
	bool is_experimental;
	void (*file)(struct lint *l);
	void (*stage)(struct lint *l, size_t number);
	void (*instr)(struct lint *l, const struct lint_at *at);
};

/* What a stage knows at its end. */
struct lint_scope {
	struct strv vars;	/* "NAME=value" */
	struct strv declared;	/* ARGs, with a value or without */
	bool is_complete;	/* what it stands on is known */
};

/* A look at one file. */
struct lint {
	const struct lint_input *in;
	const struct dockerfile *file;
	const struct lint_rule *rule;	/* the one that looks now */
	struct lint_settings settings;
	struct lint_report *report;
	int *base_stages;	/* what each stage stands on, or -1 */
	struct lint_scope *scopes;	/* by stage, for lint-variable.c */
};

/* The tables; each ends with an all-zero row. */
extern const struct lint_rule lint_form_rules[];
extern const struct lint_rule lint_stage_rules[];
extern const struct lint_rule lint_variable_rules[];
extern const struct lint_rule lint_command_rules[];
extern const struct lint_rule lint_copy_rules[];

/* A finding about `i`, at `what` in it when that is there (NULL: at `i`). */
void lint_find(struct lint *l, const struct instr *i, const char *what,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A word with the ARGs from before the first FROM; yours, never NULL. Names
 * without a value are added to `ret_unset` (may be NULL). */
char *lint_expand_global(const struct lint *l, const char *word,
	struct strv *ret_unset);
/* A word with what a stage knows at its end; yours, never NULL. */
char *lint_expand(const struct lint *l, size_t number, const char *word);

void lint_scope_release(struct lint_scope *s);

#endif
