/* SPDX-License-Identifier: Apache-2.0 */
/* explain: why a host refuses namespaces and mounts, and what to do there. */
#ifndef SANDBOX_EXPLAIN_H
#define SANDBOX_EXPLAIN_H

#include "util/error.h"

/* What was being done when the host said no. */
enum explain_act {
	EXPLAIN_UNSHARE,	/* a new user namespace */
	EXPLAIN_MAP,		/* writing its id maps */
	EXPLAIN_MAP_ROOT,	/* the same, by root for root alone */
	EXPLAIN_MOUNT,		/* mounting inside it */
};

/*
 * Fill `err` with the cause and the remedy for `code` (a positive errno
 * value), found by looking at the host. Always -ENOTSUP, ERROR_HOST.
 */
int explain_refusal(enum explain_act act, int code, struct error *err);

#endif
