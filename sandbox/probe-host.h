/* SPDX-License-Identifier: Apache-2.0 */
/* probe-host: what this host permits, found out by trying it. */
#ifndef SANDBOX_PROBE_HOST_H
#define SANDBOX_PROBE_HOST_H

#include "sandbox/probe.h"

/*
 * Look at everything. Namespaces, mounts and filters are really made, in
 * children; `scratch` is an existing directory on the store's file system. This
 * process stays as it is.
 */
int probe_host(enum identity want, const char *scratch, struct probe *ret,
	struct error *err);

#endif
