/* SPDX-License-Identifier: Apache-2.0 */
/* networks: the networks of a run, and how a container gets on one. */
#ifndef RUNNER_NETWORKS_H
#define RUNNER_NETWORKS_H

#include "runner/crew.h"
#include "runner/task.h"
#include "sandbox/userns.h"
#include "util/error.h"
#include "util/scope.h"

/*
 * A private network for each of the task's `networks`, or one for all steps
 * when a step is there for others: it is detached, has ports, or starts
 * containers itself. Without either, a container gets what `slipway run` gives
 * it.
 */
struct networks;

/* `task` is borrowed; `identity` is who the steps are. */
int networks_open(const struct task *task, enum identity identity,
	struct networks **ret, struct error *err);
struct networks *networks_free(struct networks *n);

/* A container that wants to be on a network; borrowed. */
struct networks_wish {
	const char *network;	/* NULL: the default */
	const char *name;	/* of the container, its host name */
	unsigned member;	/* its number in the run; steps come first */
	const struct strv *ports;	/* to publish */
	const struct strv *more_ports;
	const char *record;	/* its directory in the crew, or NULL */
};

/*
 * Adds the options for `slipway run` to `ret`. On a private network that is a
 * descriptor left open for it, the addresses of all that may be there, by id
 * and with "-" for "_", and a relay for each port, which ends with us. -EINVAL,
 * ERROR_REQUEST, for a network or a port that is not; errors of bind(2).
 */
int networks_connect(struct networks *n, struct crew *crew,
	const struct networks_wish *wish, struct strv *ret, struct error *err);

DEFINE_CLEANUP(struct networks *, networks_free);

#endif
