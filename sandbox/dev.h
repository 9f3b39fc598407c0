/* SPDX-License-Identifier: Apache-2.0 */
/* dev: the /dev of a sandbox. */
#ifndef SANDBOX_DEV_H
#define SANDBOX_DEV_H

#include <stdint.h>

#include "util/error.h"

/*
 * Mount on `target_fd`: a tmpfs with the host's null, zero, full, random,
 * urandom and tty, its own pts, shm (of `shm_bytes`, 0: 64 MiB) and mqueue, and
 * the usual links. Before the host's root is left.
 */
int dev_mount(int target_fd, uint64_t shm_bytes, struct error *err);

/* Show the host's program `source` at `path`, "/dev/name", below `root_fd`. */
int dev_add_program(int root_fd, const char *source, const char *path,
	struct error *err);

#endif
