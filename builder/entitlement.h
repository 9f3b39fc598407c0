/* SPDX-License-Identifier: Apache-2.0 */
/* entitlement: what a Dockerfile may ask for only when the one who builds it
 * has said so: --allow, as docker buildx has it. */
#ifndef BUILDER_ENTITLEMENT_H
#define BUILDER_ENTITLEMENT_H

#include "util/error.h"
#include "util/strv.h"

enum entitlement {
	ALLOW_NETWORK_HOST = 1 << 0,	/* always given: the network of the
					 * host is the user's anyway */
	ALLOW_INSECURE = 1 << 1,	/* RUN --security=insecure */
	ALLOW_DEVICE = 1 << 2,		/* RUN --device of any name */
};

/*
 * "network.host", "security.insecure", "device" or "device=NAME", whose names
 * are added to `devices`. Adds to `*flags`. -EINVAL, ERROR_REQUEST.
 */
int entitlement_parse(const char *text, unsigned *flags, struct strv *devices,
	struct error *err);

#endif
