/* SPDX-License-Identifier: Apache-2.0 */
/* probe-outside: what can be seen of the host without entering anything. */
#ifndef SANDBOX_PROBE_OUTSIDE_H
#define SANDBOX_PROBE_OUTSIDE_H

#include "sandbox/probe.h"

/* Kernel, ids, newuidmap, no_new_privs, filters, cgroups. */
void probe_outside(struct probe *p);

#endif
