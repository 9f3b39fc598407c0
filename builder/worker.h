/* SPDX-License-Identifier: Apache-2.0 */
/* worker: a stage carried on in a child process. */
#ifndef BUILDER_WORKER_H
#define BUILDER_WORKER_H

#include "builder/site.h"
#include "builder/stage.h"
#include "builder/state.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/proc.h"

/* All-zero is none; made by worker_start(). */
struct worker {
	struct proc proc;
	int answer_fd;		/* for poll; valid while proc.pid is set */
	struct buf answer;	/* what came so far */
};

/* Fork; the child does the rest of `run` and shows what it does through
 * `progress_fd` (progress_channel). */
int worker_start(struct site *site, struct stage_run *run, int progress_fd,
	struct worker *ret, struct error *err);
/* Take what can be read. 1 while more is to come, 0 when it has answered. */
int worker_read(struct worker *w, struct error *err);
/* After its answer: wait for its end. What it has become, or its error. */
int worker_finish(struct worker *w, struct state *ret, struct error *err);
/* Kill it if it still runs. */
void worker_release(struct worker *w);

#endif
