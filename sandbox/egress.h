/* SPDX-License-Identifier: Apache-2.0 */
/* egress: a network namespace of our own, and a helper that is its way out
 * without any privilege: slirp4netns(1) or pasta(1). */
#ifndef SANDBOX_EGRESS_H
#define SANDBOX_EGRESS_H

#include "sandbox/network.h"
#include "util/error.h"
#include "util/scope.h"

struct egress;

/* Is there a helper, and what it needs? It may still give up. As egress_open(),
 * which need not be possible yet. */
int egress_check(struct error *err);
/*
 * Make the namespace and start the helper for it. What runs in it reaches what
 * the host reaches, but neither the host's loopback interface nor its abstract
 * sockets. Needs userns_enter(). -ENOTSUP, ERROR_HOST, with the reason, when
 * there is no helper or /dev/net/tun is not for us. The helper dies with us.
 */
int egress_open(struct egress **ret, struct error *err);
/* The same for a network namespace that is there already, which stays yours. */
int egress_attach(int net_fd, struct egress **ret, struct error *err);
/* Wait until it works, in this process or in one forked since; at most some
 * seconds. -ENOTSUP, ERROR_HOST, when the helper gave up. */
int egress_wait(const struct egress *e, struct error *err);
/*
 * What `want` comes to: NETWORK_DEFAULT is private once that works, or the
 * host's with a warning that says why; `ret` is NULL for all that is not
 * private. One that was asked for may still be about to start.
 */
int egress_choose(enum network_mode want, enum network_mode *ret_mode,
	struct egress **ret, struct error *err);
/* The namespace, for setns(2); borrowed. */
int egress_fd(const struct egress *e);
/* The address that answers for the host's name servers; borrowed. */
const char *egress_name_server(const struct egress *e);
/* "pasta"; borrowed. */
const char *egress_helper(const struct egress *e);
/* The helper ends. NULL is fine; returns NULL. */
struct egress *egress_free(struct egress *e);

DEFINE_CLEANUP(struct egress *, egress_free);

#endif
