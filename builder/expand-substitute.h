/* SPDX-License-Identifier: Apache-2.0 */
/* expand-substitute: $name and ${name...} with every modifier; expand.c reads
 * what is around them. */
#ifndef BUILDER_EXPAND_SUBSTITUTE_H
#define BUILDER_EXPAND_SUBSTITUTE_H

#include <stdbool.h>

#include "builder/expand.h"
#include "util/buf.h"
#include "util/error.h"

/* Text being read, at `p`. All borrowed. */
struct expand_reading {
	const char *p;
	const struct expand_env *env;
	bool quotes_are_plain;	/* heredocs */
	bool keep_escapes;	/* patterns: their own parser reads them */
	int depth;
	struct error *err;
};

/* What stands at in->p, a dollar sign, becomes; adds to `ret`, in->p moves
 * behind it. -EINVAL as expand_word. */
int expand_dollar(struct expand_reading *in, struct buf *ret);

/* The words in ${}: text up to `stop`, expanded; yours, in->p moves behind
 * `stop`. -EINVAL without `stop`, -E2BIG when nested too deeply. */
int expand_operand(struct expand_reading *in, bool keep_escapes,
	char stop, char **ret);

#endif
