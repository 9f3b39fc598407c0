/* SPDX-License-Identifier: Apache-2.0 */
/* stage: one stage from its FROM to its end, one instruction after another. */
#ifndef BUILDER_STAGE_H
#define BUILDER_STAGE_H

#include <stdbool.h>

#include "builder/site.h"
#include "builder/state.h"
#include "util/error.h"
#include "util/scope.h"

struct stage_run;

/* FROM: `number` is a needed stage whose sources are done. `site` is
 * borrowed. */
int stage_begin(const struct site *site, size_t number,
	struct stage_run **ret, struct error *err);
struct stage_run *stage_free(struct stage_run *run);

/*
 * Go on as far as nothing has to be done: configuration, and steps that were
 * done before. Needs no namespace and starts nothing. 1 at the end of the
 * stage, 0 before the first instruction that must be carried out. Errors have
 * their place in the Dockerfile.
 */
int stage_replay(struct stage_run *run, struct error *err);
/* Go on to the end, doing what must be done. Needs userns_enter(). */
int stage_work(struct stage_run *run, struct error *err);
/* What it has become; borrowed. */
const struct state *stage_state(const struct stage_run *run);
/* The same, taken over; `run` is only good for stage_free() afterwards. */
void stage_take_state(struct stage_run *run, struct state *ret);

DEFINE_CLEANUP(struct stage_run *, stage_free);

#endif
