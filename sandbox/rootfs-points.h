/* SPDX-License-Identifier: Apache-2.0 */
/* rootfs-points: the lowest layer, empty places to mount things on. */
#ifndef SANDBOX_ROOTFS_POINTS_H
#define SANDBOX_ROOTFS_POINTS_H

#include "util/error.h"

#define ROOTFS_POINTS ".mountpoints"

/* Make sure that base_fd/.mountpoints is there, whole: made in `scratch_fd`
 * (same file system) and renamed, so that a kill leaves rubbish only there. */
int rootfs_make_points(int base_fd, int scratch_fd, struct error *err);

#endif
