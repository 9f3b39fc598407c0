/* SPDX-License-Identifier: Apache-2.0 */
/* stages: the stages of a build, as many at once as are ready and allowed. */
#ifndef BUILDER_STAGES_H
#define BUILDER_STAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "builder/site.h"
#include "sandbox/userns.h"
#include "util/error.h"

struct stages_options {
	unsigned jobs;		/* stages at once, at least 1 */
	enum identity identity;
	int64_t deadline_ms;	/* clock_deadline_ms(); negative: none */
};

/*
 * Of which kind are the trees we can use, for store_set_tree_kind()? For sure
 * it is known only inside the namespace, where a build with nothing to do never
 * goes: until then, like the first tree in the store. Static.
 */
const char *stages_assume_kind(struct store *s, enum identity identity);

/*
 * Build every needed stage into site->results. What was done before is found
 * in this process; only when something is to be done is the namespace entered,
 * and children do it. The first failure ends all others. *ret_worked tells
 * whether anything was. -ECANCELED after an interrupt, -ETIMEDOUT.
 */
int stages_build(struct site *site, const struct stages_options *options,
	bool *ret_worked, struct error *err);

#endif
