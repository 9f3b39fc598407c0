/* SPDX-License-Identifier: Apache-2.0 */
/* dev: the /dev of a sandbox. */
#ifndef SANDBOX_DEV_H
#define SANDBOX_DEV_H

#include "util/error.h"

/*
 * Mount on `target_fd`: a tmpfs with the host's null, zero, full, random,
 * urandom and tty, its own pts, shm and mqueue, and the usual links. Before the
 * host's root is left.
 */
int dev_mount(int target_fd, struct error *err);

#endif
