/* SPDX-License-Identifier: Apache-2.0 */
/* volume-task: the `volumes` of a task, as options of `slipway run`. */
#ifndef RUNNER_VOLUME_TASK_H
#define RUNNER_VOLUME_TASK_H

#include "runner/secret.h"
#include "runner/task.h"
#include "util/error.h"
#include "util/strv.h"

/* What they are made of; everything is borrowed. */
struct volume_places {
	const struct task *task;
	const struct secret_set *secrets;
	const char *run_path;	/* for those that end with the run */
	const char *cache_path;	/* for those that do not */
	const struct strv *host;	/* directories that may be shown */
};

/* Are all of them possible? Before anything runs: a host directory that was
 * not allowed is -EPERM, ERROR_REQUEST. */
int volume_check(const struct volume_places *p, struct error *err);

/*
 * Adds the --mount options of a step's `volumeMounts` to `ret`. In the process
 * that becomes `slipway run`: descriptors are left open for it, secrets in
 * memory and locks of caches, which end with it.
 */
int volume_options(const struct volume_places *p, const struct step *s,
	struct strv *ret, struct error *err);

#endif
