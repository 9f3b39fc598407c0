/* SPDX-License-Identifier: Apache-2.0 */
/* rewrite-regs: the registers of a system call, per processor; private to
 * sandbox/rewrite*.c. */
#ifndef SANDBOX_REWRITE_REGS_H
#define SANDBOX_REWRITE_REGS_H

#include <stdint.h>
#include <sys/types.h>

/* AUDIT_ARCH_* of our own programs, 0 where nothing is known. */
extern const uint32_t rewrite_arch;

/* The call it is stopped at becomes execve(path, argv, envp). */
int rewrite_set_execve(pid_t pid, uint64_t path, uint64_t argv,
	uint64_t envp);

#endif
