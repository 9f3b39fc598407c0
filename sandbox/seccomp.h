/* SPDX-License-Identifier: Apache-2.0 */
/* seccomp: the system calls a sandboxed program may make. */
#ifndef SANDBOX_SECCOMP_H
#define SANDBOX_SECCOMP_H

#include "util/error.h"

/*
 * Install the filter that sandbox/mkfilter.c wrote at build time, for this
 * thread and what it starts, for ever. Needs CAP_SYS_ADMIN in our namespace or
 * no_new_privs. -ENOTSUP when the kernel has no filters.
 */
int seccomp_install(struct error *err);

/* 1 when the kernel knows filters, 0 when not; nothing is installed. */
int seccomp_is_supported(void);

#endif
