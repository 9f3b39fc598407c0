/* SPDX-License-Identifier: Apache-2.0 */
/* host-mount: what every RUN sees of the host: --volume and --device. */
#ifndef BUILDER_HOST_MOUNT_H
#define BUILDER_HOST_MOUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

struct host_mount {
	char *source, *target;	/* absolute */
	bool is_file;		/* no directory */
	bool writable;
	bool is_device;
};

/* All-zero is none. */
struct host_mounts {
	struct host_mount *items;
	size_t count;
};
void host_mounts_release(struct host_mounts *m);

/* "SOURCE:TARGET[:OPTION,...]"; SOURCE is there, TARGET absolute, OPTION ro or
 * rw; what only matters to other builders (z, Z, U, O, rshared ...) is passed
 * over. -EINVAL, -ENOENT, ERROR_REQUEST. */
int host_mounts_add_volume(struct host_mounts *m, const char *text,
	struct error *err);
/* "/dev/NAME[:TARGET[:rwm]]". The same. */
int host_mounts_add_device(struct host_mounts *m, const char *text,
	struct error *err);

#endif
