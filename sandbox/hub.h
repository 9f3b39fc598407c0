/* SPDX-License-Identifier: Apache-2.0 */
/* hub: private networks whose members reach each other: a bridge for each, and
 * a network namespace with an end on it for each member. */
#ifndef SANDBOX_HUB_H
#define SANDBOX_HUB_H

#include <stdbool.h>

#include "sandbox/userns.h"
#include "util/error.h"
#include "util/scope.h"

#define HUB_NETWORKS_MAX 16
#define HUB_MEMBERS_MAX 60000

/* Kept by a child process in a user namespace of its own, which owns the
 * networks: neither privilege nor a device nor a helper is needed. */
struct hub;

/* As `identity`, as userns_enter() has it. It dies with us. -ENOTSUP,
 * ERROR_HOST, where there are no such namespaces. */
int hub_open(enum identity identity, struct hub **ret, struct error *err);
struct hub *hub_free(struct hub *h);

/*
 * A new network namespace with loopback and, on `network` (a number below
 * HUB_NETWORKS_MAX, whose bridge is made at first use), the address of
 * `member`: hub_address(). Its user namespace is what ioctl_ns(2) says.
 */
int hub_join(struct hub *h, unsigned network, unsigned member, bool ipv6,
	int *ret_ns_fd, struct error *err);
/* The namespace of the bridge itself, from which all its members are reached:
 * for a relay. */
int hub_network(struct hub *h, unsigned network, int *ret_ns_fd,
	struct error *err);

/* "10.209.0.7": the same on each network. */
void hub_address(unsigned member, char ret[16]);
/* "fdc5:...::7" */
void hub_address_6(unsigned member, char ret[46]);

DEFINE_CLEANUP(struct hub *, hub_free);

#endif
