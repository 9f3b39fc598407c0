/* SPDX-License-Identifier: Apache-2.0 */
/* job: one step on its way: its delay, its commands, its attempts, its end. */
#ifndef RUNNER_JOB_H
#define RUNNER_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/mask.h"
#include "runner/order.h"
#include "runner/record.h"
#include "runner/step.h"
#include "runner/task.h"
#include "util/buf.h"
#include "util/proc.h"
#include "util/progress.h"

/* What a caller may look at; job_*() write it. */
struct job {
	const struct step *step;	/* borrowed */
	struct progress *progress;	/* borrowed, may be NULL */
	const struct mask *mask;	/* the same */
	struct mask_stream masked;
	struct record *record;	/* the same; set by the caller */
	size_t number;		/* of the step in it */
	progress_step shown;
	struct step_commands commands;
	size_t command;		/* which of them runs */
	uint64_t attempt;	/* from 0, of this round */
	uint64_t begun_attempts;	/* in all rounds */
	uint64_t round;		/* of `repeat`, from 0 */
	bool round_failed;	/* one before */
	bool may_retry;		/* one of retryOnErrors was seen */
	struct buf tail;	/* of the output, for those */
	int notify_fd;		/* of a detached one: readable when its
				 * container runs; else -1 */
	int log_fd;		/* what its container says, kept; or -1 */
	bool detached;		/* it has "succeeded" and runs on */
	bool failed_later;	/* and ended badly before it was stopped */
	struct proc child;
	int out_fd;		/* its stdout and stderr; -1 when at its end */
	bool begun;		/* its budget of time runs */
	int64_t begin_ms;
	int64_t due_ms;		/* not running: when to start the next */
	int64_t deadline_ms;	/* once begun */
	enum step_state stop_as;	/* being ended, to become this; or
					 * STATE_PENDING */
	int64_t kill_ms;	/* being ended: when patience ends */
	/* Results */
	enum step_state state;
	int64_t duration_ms;
	int status;		/* of the last command */
};

/* Queue `step`; it is due after its delay. Takes `commands`. */
void job_init(struct job *j, const struct step *step,
	struct step_commands *commands, struct progress *progress);
/* A detached step that has ended for the others but still runs: stop it so
 * that job_advance() gets to its end. */
void job_dismiss(struct job *j);
/* Kills what still runs. */
void job_release(struct job *j);

bool job_is_running(const struct job *j);
/* When it wants to be looked at next, for poll; -1 for never. */
int64_t job_next_ms(const struct job *j);
/* Read output, start what is due, notice ends and deadlines; without waiting.
 * True when the step has ended: `state` tells how. A detached one has as soon
 * as its container runs; it goes on being looked at while job_is_running(). */
bool job_advance(struct job *j);
/* It cannot be started: it has failed, and the display says why. */
void job_refuse(struct job *j, const struct error *err);
/* End it as `state`: at once when nothing runs, else SIGTERM and, after ten
 * seconds, SIGKILL; go on calling job_advance(). */
void job_stop(struct job *j, enum step_state state);

#endif
