/* SPDX-License-Identifier: Apache-2.0 */
/* netlink: network interfaces of the network namespace a socket is of. */
#ifndef SANDBOX_NETLINK_H
#define SANDBOX_NETLINK_H

#include <netinet/in.h>
#include <stdint.h>

#include "util/error.h"

/* A socket (rtnetlink(7)) of the network namespace we are in now. All below
 * need CAP_NET_ADMIN there; names are of at most 15 bytes. */
int netlink_open(int *ret_fd, struct error *err);
int netlink_add_bridge(int fd, const char *name, struct error *err);
/* A pair of ends: `name` here, `peer` in the namespace of `peer_ns_fd`. */
int netlink_add_veth(int fd, const char *name, const char *peer,
	int peer_ns_fd, struct error *err);
/* Switch `name` on, as a port of `bridge` unless that is NULL. */
int netlink_raise(int fd, const char *name, const char *bridge,
	struct error *err);
int netlink_add_address(int fd, const char *name, const struct in_addr *address,
	unsigned prefix, struct error *err);
int netlink_add_address_6(int fd, const char *name,
	const struct in6_addr *address, unsigned prefix, struct error *err);
/* The route for everything that has no other. */
int netlink_add_default_route(int fd, const struct in_addr *gateway,
	struct error *err);

#endif
