/* SPDX-License-Identifier: Apache-2.0 */
/* idmap: give ids to a user namespace this process has just made. */
#ifndef SANDBOX_IDMAP_H
#define SANDBOX_IDMAP_H

#include <stdint.h>
#include <sys/types.h>

#include "sandbox/subid.h"
#include "util/error.h"
#include "util/scope.h"

/* The maps, and a child that stays outside to write them. */
struct idmap;

/*
 * Before unshare(CLONE_NEWUSER): find out which ids we may have (all there are
 * for root with CAP_SETUID, else what /etc/subuid and /etc/subgid say) and
 * start the child. -ENOENT when there are none, -ENOTSUP when newuidmap(1)
 * cannot work here; both ERROR_HOST with a remedy.
 */
int idmap_prepare(struct idmap **ret, struct error *err);
/* After it: have the maps written, by newuidmap(1) and newgidmap(1) or
 * directly. */
int idmap_write(struct idmap *m, struct error *err);
/* How many ids it holds. */
uint32_t idmap_size(const struct idmap *m);
/* The child ends. NULL is fine; returns NULL. */
struct idmap *idmap_free(struct idmap *m);

/* After unshare(CLONE_NEWUSER), without any help: 0:0 is uid:gid, what this
 * process was outside. -ENOTSUP when the host refuses. */
int idmap_write_single(uid_t uid, gid_t gid, struct error *err);

DEFINE_CLEANUP(struct idmap *, idmap_free);

#endif
