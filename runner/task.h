/* SPDX-License-Identifier: Apache-2.0 */
/* task: a validated task file; slipway-task(5). */
#ifndef RUNNER_TASK_H
#define RUNNER_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "util/scope.h"
#include "util/strv.h"

enum step_kind { STEP_BUILD, STEP_CMD, STEP_PUSH };

/* What those that a step waits for must have done. */
enum step_run_on {
	RUN_ON_SUCCESS,	  /* all of them */
	RUN_ON_FAILURE,	  /* one failed, the others ended */
	RUN_ON_COMPLETED, /* all ran to an end */
	RUN_ON_ALWAYS,	  /* all ended, even if they were skipped */
};

/* One member of `steps`; names as in the file. */
struct step {
	char *id; /* "acb_step_N" when the file has none */
	enum step_kind kind;
	char *build; /* the texts as written; NULL when not there */
	char *cmd;
	struct strv words; /* of `build` or `cmd`, split */
	struct strv push;  /* references; ":latest" added, no duplicates */
	struct strv when;  /* ids; "-" alone: at once; "*": all above;
				 * empty: the one above */
	enum step_run_on run_on;
	struct strv exited_with;    /* a parent's status is one of these */
	struct strv exited_without; /* no parent's status is */
	struct strv env;	    /* the task's below the step's own */
	int64_t timeout_ms;	    /* for all attempts together */
	int64_t start_delay_ms;
	uint64_t retries;
	int64_t retry_delay_ms;
	bool ignore_errors;
	bool disable_working_directory_override;
	char *entry_point;
	char *user;
	char *working_directory; /* the step's, else the task's */
	char *network;		 /* "host", "none" or NULL */
	char *isolation;
	char *cache;
};

struct task {
	char *version; /* "v1.0.0" or "v1.1.0" */
	struct step *steps;
	size_t step_count;
	int64_t step_timeout_ms;
	int64_t total_timeout_ms; /* 0: none */
	char *working_directory;
	struct strv env;
};

/*
 * YAML text (rendered already) to a task. `name` stands before every error, as
 * "name:line:column: ...": unknown and duplicate keys, wrong kinds, the rules
 * of the registry service, what is not supported yet. -EINVAL or -EFBIG,
 * ERROR_REQUEST.
 */
int task_parse(const char *text, size_t len, const char *name,
	struct task **ret, struct error *err);
/* A task of one cmd step, as `az acr run --cmd` makes it. */
int task_from_command(
	const char *command, struct task **ret, struct error *err);
struct task *task_free(struct task *t);

DEFINE_CLEANUP(struct task *, task_free);

#endif
