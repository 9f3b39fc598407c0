/* SPDX-License-Identifier: Apache-2.0 */
/* userns: who we are inside; entering the user and mount namespace. */
#ifndef SANDBOX_USERNS_H
#define SANDBOX_USERNS_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

/* The rungs of the identity ladder (ARCHITECTURE, section 6). */
enum identity {
	IDENTITY_AUTO,
	IDENTITY_RANGE,		/* subuid ranges through newuidmap */
	IDENTITY_SINGLE,	/* only our own id, as 0; others emulated */
	IDENTITY_ROOT,		/* real root with CAP_SYS_ADMIN */
};

/* What userns_enter() found and did. */
struct userns {
	enum identity identity;
	uint32_t ids;		/* how many ids exist inside: 1 or 65536+ */
	bool entered;
};

/* "auto", "range", "single", "root"; NULL is auto. */
int identity_parse(const char *text, enum identity *ret, struct error *err);
const char *identity_name(enum identity i);

/*
 * Move this single-threaded process, for good, into a user namespace (unless
 * real root) and a private mount namespace where it has every capability.
 * AUTO tries root, range, single in turn. A second call is a no-op with the
 * same answer. Why it failed and what to do is in `err`: -ENOTSUP,
 * ERROR_HOST, with the symptom table of `slipway doctor`.
 * Files opened before stay usable; mounts must be made from paths opened
 * after (the kernel refuses mounts of another mount namespace).
 * Under IDENTITY_SINGLE other owners are only recorded, and programs believe
 * in them by sandbox/emulate.h.
 */
int userns_enter(enum identity want, struct userns *ret, struct error *err);

/*
 * Move into the user namespace that owns the network namespace `net_ns_fd`, and
 * a new mount namespace, then into that network: as if userns_enter() had made
 * it. What has to be done with the network of before comes in between: see
 * userns_join_network(). As userns_enter(), only once, and the first of both.
 */
int userns_join(int net_ns_fd, struct userns *ret, struct error *err);
int userns_join_network(int net_ns_fd, struct error *err);

#endif
