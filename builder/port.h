/* SPDX-License-Identifier: Apache-2.0 */
/* port: what EXPOSE accepts (docker/go-connections nat.ParsePortSpec). */
#ifndef BUILDER_PORT_H
#define BUILDER_PORT_H

#include "util/error.h"
#include "util/strv.h"

/* "[[ip:]host:]port[-port][/tcp|udp|sctp]" as one "port/protocol" for each
 * port, added to `ret` if not in it yet. -EINVAL, ERROR_REQUEST. */
int port_parse(const char *text, struct strv *ret, struct error *err);

#endif
