/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/rewrite-regs.h"

#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "util/scope.h"

#if defined(__x86_64__)

const uint32_t rewrite_arch = AUDIT_ARCH_X86_64;

int
rewrite_set_execve(pid_t pid, uint64_t path, uint64_t argv, uint64_t envp)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
		return -errno;
	regs.orig_rax = SYS_execve;
	regs.rdi = path;
	regs.rsi = argv;
	regs.rdx = envp;
	return ptrace(PTRACE_SETREGS, pid, NULL, &regs) < 0 ? -errno : 0;
}

#elif defined(__aarch64__)

const uint32_t rewrite_arch = AUDIT_ARCH_AARCH64;

int
rewrite_set_execve(pid_t pid, uint64_t path, uint64_t argv, uint64_t envp)
{
	struct user_regs_struct regs;
	struct iovec all = { &regs, sizeof(regs) };
	int number = SYS_execve;
	struct iovec one = { &number, sizeof(number) };

	if (ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &all) < 0)
		return -errno;
	regs.regs[0] = path;
	regs.regs[1] = argv;
	regs.regs[2] = envp;
	if (ptrace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &all) < 0 ||
		ptrace(PTRACE_SETREGSET, pid, (void *)NT_ARM_SYSTEM_CALL,
			&one) < 0)
		return -errno;
	return 0;
}

#else

const uint32_t rewrite_arch = 0;

int
rewrite_set_execve(pid_t pid, uint64_t path, uint64_t argv, uint64_t envp)
{
	(void)pid, (void)path, (void)argv, (void)envp;
	return -ENOTSUP;
}

#endif
