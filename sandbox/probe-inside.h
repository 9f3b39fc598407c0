/* SPDX-License-Identifier: Apache-2.0 */
/* probe-inside: what works after the user namespace was entered. */
#ifndef SANDBOX_PROBE_INSIDE_H
#define SANDBOX_PROBE_INSIDE_H

#include "sandbox/probe.h"

/* Enters it, for good: in a child. Identity, overlay on `scratch`, a fresh
 * /proc, the seccomp filter, a network namespace. */
void probe_inside(enum identity want, const char *scratch, struct probe *p);

#endif
