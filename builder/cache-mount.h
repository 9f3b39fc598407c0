/* SPDX-License-Identifier: Apache-2.0 */
/* cache-mount: the directory in the store behind a RUN --mount=type=cache. */
#ifndef BUILDER_CACHE_MOUNT_H
#define BUILDER_CACHE_MOUNT_H

#include "builder/run-mount.h"
#include "oci/digest.h"
#include "oci/store.h"
#include "util/error.h"

/* Held as long as `fd` is open. */
struct cache_mount {
	int fd;			/* the directory, and the lock on it */
	char *path;		/* absolute */
};

void cache_mount_release(struct cache_mount *c);
/*
 * The directory of cache `id`; made when it is new, with the owner and mode of
 * `m`, or as a copy of directory `seed_fd` if that is not -1. Waits until it
 * is free, or takes a further one, as m->sharing says.
 */
int cache_mount_open(struct store *s, const struct digest *id,
	const struct run_mount *m, int seed_fd, struct cache_mount *ret,
	struct error *err);

#endif
