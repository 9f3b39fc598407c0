/* SPDX-License-Identifier: Apache-2.0 */
/* schedule: every ready step of a task at once, in one poll loop. */
#ifndef RUNNER_SCHEDULE_H
#define RUNNER_SCHEDULE_H

#include <stdint.h>

#include "runner/mask.h"
#include "runner/order.h"
#include "runner/step.h"
#include "runner/task.h"
#include "util/progress.h"

/* What to run; everything is borrowed. */
struct schedule {
	struct task *task; /* its marks become texts */
	struct variables *variables; /* for them, and what steps have come to;
				      * may be NULL when there are none */
	const struct step_context *context;
	struct progress *progress;
	const struct mask *mask;	/* of what steps say; may be NULL */
	struct record *record; /* begun; or NULL */
	unsigned max_parallel; /* at least 1 */
	int64_t timeout_ms;    /* of the run; 0: none */
	bool keep_going;       /* after a failure, with what does not wait
				 * for it */
};

/* What became of one step. */
struct step_result {
	enum step_state state;
	int64_t duration_ms;
	uint64_t attempts; /* begun; 0 when skipped */
	int status;	   /* exit status of its last command */
	bool unwanted;	   /* skipped, its parents having ended otherwise
				 * than it wants */
	bool handled;	   /* its failure, by a step made for that */
};

/*
 * Runs until every step has ended; `ret` has one member for each. The first
 * failure that no step looks at (unless `keep_going`), the run's time-out or an
 * interrupt ends what runs and skips the rest. 0 also when steps failed: the
 * states tell. Negative when nothing was executed: -EINVAL, ERROR_REQUEST, a
 * step cannot be made a command.
 */
int schedule_run(
	const struct schedule *s, struct step_result *ret, struct error *err);

#endif
