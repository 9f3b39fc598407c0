/* SPDX-License-Identifier: Apache-2.0 */
/* caps: capability sets, by the system calls themselves (linux/capability.h);
 * libcap would add a library to every start for two of them. */
#ifndef SANDBOX_CAPS_H
#define SANDBOX_CAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

/* Docker's default: chown dac_override fowner fsetid kill setgid setuid setpcap
 * net_bind_service net_raw sys_chroot mknod audit_write setfcap. */
#define CAPS_DEFAULT UINT64_C(0xa80425fb)

/* Is capability `cap` (a number of linux/capability.h) effective here? */
bool caps_has(unsigned cap);

/* Take everything else out of the bounding set, and all of the ambient set.
 * Needs CAP_SETPCAP. */
int caps_bound(uint64_t mask, struct error *err);

/* Permitted and effective become `mask`, inheritable empty. Bits that are not
 * permitted now are left out. */
int caps_set(uint64_t mask, struct error *err);

#endif
