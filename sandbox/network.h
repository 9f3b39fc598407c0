/* SPDX-License-Identifier: Apache-2.0 */
/* network: kinds of it, loopback, and the two files that name hosts. */
#ifndef SANDBOX_NETWORK_H
#define SANDBOX_NETWORK_H

#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

enum network_mode {
	NETWORK_HOST,		/* the network of whoever runs slipway */
	NETWORK_NONE,		/* a loopback interface of its own */
	NETWORK_PRIVATE,	/* one of its own with a way out */
	NETWORK_DEFAULT,	/* private where that works, else the host's */
};
/* "host", "none", "private" or "default"; NULL is default. -EINVAL,
 * ERROR_REQUEST. */
int network_parse(const char *text, enum network_mode *ret,
	struct error *err);

/* Switch on "lo" in this network namespace. */
int network_raise_loopback(struct error *err);

/*
 * The text of /etc/hosts: localhost, our `hostname`, then `extra`: items
 * "name:address" or "name=address", address 1.2.3.4, ::1 or [::1] (may be
 * NULL). -EINVAL, ERROR_REQUEST, for an item that is not.
 */
int network_format_hosts(const char *hostname, const struct strv *extra,
	struct buf *ret, struct error *err);

/* The text of /etc/resolv.conf where `server` answers for the host's: the rest
 * is what the host's file says. */
int network_format_resolv(const char *server, struct buf *ret,
	struct error *err);

/* The host's file that serves as /etc/resolv.conf inside. Where systemd's stub
 * is all there is, the servers behind it: the stub may be out of reach. */
const char *network_resolv_conf(void);

#endif
