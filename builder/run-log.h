/* SPDX-License-Identifier: Apache-2.0 */
/* run-log: what a RUN writes: shown while it runs, kept when it fails. */
#ifndef BUILDER_RUN_LOG_H
#define BUILDER_RUN_LOG_H

#include "oci/store.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/progress.h"

/* Made by run_log_init(). The file in the store's tmp/ begins with the first
 * byte; a RUN that says nothing costs nothing. */
struct run_log {
	struct store *store;
	struct progress *progress;
	progress_step step;
	char *name;		/* in tmp/, NULL before the first byte */
	int fd;
	struct buf tail;	/* the end of what was written */
};

void run_log_init(struct run_log *l, struct store *s, struct progress *p,
	progress_step step);
/* Forgets everything that was not kept. */
void run_log_release(struct run_log *l);
/* Read from `fd` until its end, show it and write it down. */
int run_log_read(struct run_log *l, int fd, struct error *err);
/*
 * The RUN failed: put the log where the user finds it, and the last 40 lines
 * and that path behind the hint of `err`. What cannot be kept is said and is
 * no further failure.
 */
void run_log_keep(struct run_log *l, struct error *err);

#endif
