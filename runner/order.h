/* SPDX-License-Identifier: Apache-2.0 */
/* order: which step may run when, and what has become of each. */
#ifndef RUNNER_ORDER_H
#define RUNNER_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/task.h"

enum step_state {
	STATE_PENDING, /* waits for others */
	STATE_QUEUED,  /* waits for its delay, or for a place */
	STATE_RUNNING,
	STATE_SUCCEEDED,
	STATE_FAILED,
	STATE_IGNORED_FAILURE, /* failed, with ignoreErrors */
	STATE_TIMED_OUT,
	STATE_CANCELED, /* was running when the run ended */
	STATE_SKIPPED,	/* never began */
};

/* The steps of a task as a graph, by their index. */
struct order;

/* The task is borrowed; its graph has no cycle (task_parse). */
struct order *order_new(const struct task *t);
struct order *order_free(struct order *o);

enum step_state order_state(const struct order *o, size_t step);
/* "Pending", "Queued", ... */
const char *order_state_name(enum step_state state);
/* Move a step. A step that has ended (order_has_ended) stays as it is. */
void order_set(struct order *o, size_t step, enum step_state state);
bool order_has_ended(enum step_state state);
/* The exit status of a step, before it is set to have ended. */
void order_set_status(struct order *o, size_t step, int status);
/* The first pending step all of whose parents have ended as it wants;
 * `step_count` when there is none. Those whose parents ended otherwise become
 * STATE_SKIPPED on the way. */
size_t order_next(struct order *o);
/* Was it skipped by order_next(), its parents having ended otherwise? */
bool order_is_unwanted(const struct order *o, size_t step);
/* Will some step look at this one's failure? Then it does not end the run. */
bool order_is_watched(const struct order *o, size_t step);
/* Did a step that is there for this one's failure succeed? */
bool order_is_handled(const struct order *o, size_t step);
/* Every step that has not begun becomes STATE_SKIPPED; those of `cleanup` only
 * if that is said. */
void order_skip_rest(struct order *o, bool cleanup_too);
/* Have all steps ended? */
bool order_is_done(const struct order *o);

DEFINE_CLEANUP(struct order *, order_free);

#endif
