/* SPDX-License-Identifier: Apache-2.0 */
/* network: loopback, and the two files that name hosts. */
#ifndef SANDBOX_NETWORK_H
#define SANDBOX_NETWORK_H

#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

/* Switch on "lo" in this network namespace. */
int network_raise_loopback(struct error *err);

/*
 * The text of /etc/hosts: localhost, our `hostname`, then `extra`: items
 * "name:address" or "name=address", address 1.2.3.4, ::1 or [::1] (may be
 * NULL). -EINVAL, ERROR_REQUEST, for an item that is not.
 */
int network_format_hosts(const char *hostname, const struct strv *extra,
	struct buf *ret, struct error *err);

/* The host's file that serves as /etc/resolv.conf inside. Where systemd's stub
 * is all there is, the servers behind it: the stub may be out of reach. */
const char *network_resolv_conf(void);

#endif
