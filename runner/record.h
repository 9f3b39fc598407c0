/* SPDX-License-Identifier: Apache-2.0 */
/* record: the runs of a user, what became of their steps, what they printed.
 *
 * STATE/runs.db has the facts, STATE/logs/ID.log what was printed. */
#ifndef RUNNER_RECORD_H
#define RUNNER_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "runner/task.h"
#include "util/error.h"
#include "util/json.h"
#include "util/scope.h"
#include "util/strv.h"

struct record;

/* Open or make what is below `state_path`. Runs whose runner was killed become
 * "Error" here. */
int record_open(const char *state_path, struct record **ret, struct error *err);
/* A run that was begun and not ended is left to be found as killed. */
struct record *record_free(struct record *r);

/* How a run stands, as the registry service names it. */
enum run_status {
	RUN_RUNNING, RUN_SUCCEEDED, RUN_FAILED, RUN_CANCELED, RUN_TIMED_OUT,
	RUN_ERROR, /* not the steps' fault */
};
const char *record_status_name(enum run_status status);

/* What a run is. Everything is borrowed; NULL is unknown. */
struct record_run {
	const char *id;
	const char *task;	 /* name or file */
	const char *context;
	const char *trigger;	 /* "Manual" */
	const struct strv *words; /* of the command line, to do it again */
	const char *cwd;	 /* where that was given */
};

/* From here on it is "Running", its steps "Pending". One run for each open
 * record. -EEXIST, ERROR_REQUEST, when a run of this id goes on; an ended one
 * gives way. */
int record_begin(struct record *r, const struct record_run *run,
	const struct task *t, struct error *err);
/* Step `step` moved. Like what it prints, this is kept as far as the disk
 * allows; a failure is told once, as a warning. A NULL record keeps nothing. */
void record_step(struct record *r, size_t step, const char *state,
	uint64_t attempts, int status);
void record_output(
	struct record *r, size_t step, const char *data, size_t len);
/* It ended; `why` is the message of a failure, or NULL. */
int record_end(struct record *r, enum run_status status, const char *why,
	struct error *err);

/* Which runs are meant; NULL and 0: no condition. Borrowed. */
struct record_filter {
	const char *status; /* any case */
	const char *task;
	int64_t most;
};

/*
 * An array of objects, the newest first: id, task, context, trigger, status,
 * why, created, finished (RFC 3339 in UTC or null), seconds (null while it
 * runs), pid.
 */
int record_list(struct record *r, const struct record_filter *f,
	struct json **ret, struct error *err);
/* One of them, with `words`, `cwd` and `steps`, an array of id, type, state,
 * attempts, status. `id` NULL is the newest. -ENOENT, ERROR_REQUEST. */
int record_get(struct record *r, const char *id, struct json **ret,
	struct error *err);
/* The log of a run, for reading. -ENOENT. */
int record_open_log(struct record *r, const char *id, int *ret_fd,
	struct error *err);
/* 1 while its runner lives, 0 after. */
int record_is_live(struct record *r, const char *id, struct error *err);
/* Forget an ended run and its log. */
int record_remove(struct record *r, const char *id, struct error *err);

DEFINE_CLEANUP(struct record *, record_free);

#endif
