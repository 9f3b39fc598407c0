/* SPDX-License-Identifier: Apache-2.0 */
/* relay: a published port: from this host into a private network. */
#ifndef RUNNER_RELAY_H
#define RUNNER_RELAY_H

#include <netinet/in.h>

#include "util/error.h"

/* "[[ADDRESS:]PORT:]CONTAINER_PORT[/tcp]" of docker run --publish. */
struct relay_port {
	struct in_addr address;	/* of this host; 127.0.0.1 by default */
	uint16_t host_port;	/* 0: any */
	uint16_t port;
};

/* -EINVAL, ERROR_REQUEST; udp and ranges are not supported. */
int relay_parse(const char *text, struct relay_port *ret, struct error *err);

/*
 * Listen here, now, and pass on from a child process that dies with us to
 * `address` in the network of `net_ns_fd`. `ret_port` is the host's. Errors of
 * bind(2), with the port.
 */
int relay_start(const struct relay_port *port, int net_ns_fd,
	const char *address, uint16_t *ret_port, struct error *err);

#endif
