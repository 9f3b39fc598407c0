/* SPDX-License-Identifier: Apache-2.0 */
/* job-spawn: the next command of a job is started; for job.c. */
#ifndef RUNNER_JOB_SPAWN_H
#define RUNNER_JOB_SPAWN_H

#include "runner/job.h"

/* A child in a process group of its own, whose stdout and stderr are out_fd's
 * other end; for a container that stays, notify_fd and log_fd, too. */
int job_spawn(struct job *j, struct error *err);

#endif
