/* SPDX-License-Identifier: Apache-2.0 */
/* expand: variables and quotes in the words of instructions
 * (spec: BuildKit's shell lexer; slipway-dockerfile(5), VARIABLES). */
#ifndef BUILDER_EXPAND_H
#define BUILDER_EXPAND_H

#include "util/error.h"
#include "util/strv.h"

/* Where values come from: "NAME=value" items, later ones win. */
struct expand_env {
	const struct strv *vars;
	char escape;
	struct strv *ret_unset;	/* names that have no value, and no - + or ?
				 * behind them; may be NULL */
};

/* One word: quotes removed, $VAR and ${VAR...} replaced with every modifier of
 * BuildKit. The result is yours. -EINVAL for what shells call bad
 * substitution, unbalanced quotes, unknown modifiers, ${X:?message}. */
int expand_word(const char *word, const struct expand_env *env, char **ret,
	struct error *err);
/* The same, then split at unquoted blanks (EXPOSE). Adds to `ret`. */
int expand_words(const char *word, const struct expand_env *env,
	struct strv *ret, struct error *err);
/* A heredoc body: quotes are ordinary, backslashes eaten, variables
 * replaced. */
int expand_heredoc(const char *body, const struct expand_env *env, char **ret,
	struct error *err);

#endif
