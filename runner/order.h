/* SPDX-License-Identifier: Apache-2.0 */
/* order: which step may run when, and what has become of each. */
#ifndef RUNNER_ORDER_H
#define RUNNER_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/task.h"

enum step_state {
	STATE_PENDING,		/* waits for others */
	STATE_QUEUED,		/* waits for its delay, or for a place */
	STATE_RUNNING,
	STATE_SUCCEEDED,
	STATE_FAILED,
	STATE_IGNORED_FAILURE,	/* failed, with ignoreErrors */
	STATE_TIMED_OUT,
	STATE_CANCELED,		/* was running when the run ended */
	STATE_SKIPPED,		/* never began */
};

/* The steps of a task as a graph, by their index. */
struct order;

/* Steps without `when` wait for the one above. The task is borrowed; its
 * `when` names only steps above (task_parse). */
struct order *order_new(const struct task *t);
struct order *order_free(struct order *o);

enum step_state order_state(const struct order *o, size_t step);
/* "Pending", "Queued", ... */
const char *order_state_name(enum step_state state);
/* Move a step. A step that has ended (order_has_ended) stays as it is. */
void order_set(struct order *o, size_t step, enum step_state state);
bool order_has_ended(enum step_state state);
/* The first pending step all of whose parents succeeded (or failed with
 * ignoreErrors); `step_count` when there is none. */
size_t order_next(const struct order *o);
/* Every step that has not begun becomes STATE_SKIPPED. */
void order_skip_rest(struct order *o);
/* Have all steps ended? */
bool order_is_done(const struct order *o);

DEFINE_CLEANUP(struct order *, order_free);

#endif
