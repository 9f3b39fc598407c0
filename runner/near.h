/* SPDX-License-Identifier: Apache-2.0 */
/* near: a file that the user names, and the context of a task may have. */
#ifndef RUNNER_NEAR_H
#define RUNNER_NEAR_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/error.h"

/* Where to look; borrowed. */
struct near {
	const char *context;
	bool is_foreign; /* strangers made its files, and links among them */
};

/*
 * The whole file `name` into `ret`: of the context if it is there, else from
 * here. Nothing of a foreign context leads out of it: -EXDEV, also for what it
 * includes later. `ret_dir_fd` is the directory that holds it, or the one that
 * we are in for nothing at all; NULL when nobody asks. -ENOENT, -EFBIG; -EINVAL
 * when it is something else than a file.
 */
int near_read(const struct near *n, const char *name, struct buf *ret,
	int *ret_dir_fd, struct error *err);
/* A file below the directory `dir_fd`, and by no link elsewhere: -EXDEV. */
int near_read_below(int dir_fd, const char *path, struct buf *ret,
	struct error *err);

#endif
