/* SPDX-License-Identifier: Apache-2.0 */
/* mask: what of /proc and /sys is not shown, or not to be written. */
#ifndef SANDBOX_MASK_H
#define SANDBOX_MASK_H

#include "util/error.h"

/*
 * Cover what Docker covers. `proc_fd` and `sys_fd` are the mounts themselves,
 * so that nothing of the image is on the way, and what they are covered with
 * is the host's /dev/null and a tmpfs of ours: before the host's root is left.
 * What does not exist here needs no cover.
 */
int mask_all(int proc_fd, int sys_fd, struct error *err);

#endif
