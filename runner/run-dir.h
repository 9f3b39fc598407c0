/* SPDX-License-Identifier: Apache-2.0 */
/* run-dir: the directory of one run, there as long as the run goes on. */
#ifndef RUNNER_RUN_DIR_H
#define RUNNER_RUN_DIR_H

#include "sandbox/userns.h"
#include "util/error.h"
#include "util/scope.h"

/* STATE/runs/ID, locked. */
struct run_dir;

/*
 * Make it below `state_path`, after those of runs that were killed have been
 * removed: theirs is the lock that nobody holds. An `id` that goes on is
 * -EEXIST, one that is not of lower-case letters and digits -EINVAL,
 * ERROR_REQUEST. `identity` is who the steps are: some of their files may be
 * removed only as them.
 */
int run_dir_open(const char *state_path, const char *id,
	enum identity identity, struct run_dir **ret, struct error *err);
/* Removes it all; what cannot be removed is told as a warning. */
struct run_dir *run_dir_free(struct run_dir *d);

/* Its absolute path, and itself; borrowed. */
const char *run_dir_path(const struct run_dir *d);
int run_dir_fd(const struct run_dir *d);

DEFINE_CLEANUP(struct run_dir *, run_dir_free);

#endif
