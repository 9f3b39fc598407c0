/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/seccomp.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/filter-data.h"
#include "util/mem.h"

/* The kernel only reads them. */
#define PROGRAM(filter_) { \
	.len = ARRAY_SIZE(filter_), \
	.filter = (struct sock_filter *)(uintptr_t)(filter_), \
}

int
seccomp_install(enum seccomp_exec exec, struct error *err)
{
	static const struct sock_fprog programs[] = {
		[SECCOMP_EXEC_FREE] = PROGRAM(default_filter),
		[SECCOMP_EXEC_TRACED] = PROGRAM(default_traced_filter),
	};

	/* SPEC_ALLOW: no slow-down against Spectre 4, as other runtimes decided
	 * too; kernels from 5.16 on do so by themselves. */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		    SECCOMP_FILTER_FLAG_SPEC_ALLOW, &programs[exec]) == 0)
		return 0;
	if (errno == ENOSYS || errno == EINVAL)
		return error_set(err, ENOTSUP,
			"this kernel has no seccomp filters");
	return error_errno(err, "cannot install the seccomp filter");
}

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

int
seccomp_install_listener(enum seccomp_exec exec, int *ret_fd,
	struct error *err)
{
	static const struct sock_fprog programs[] = {
		[SECCOMP_EXEC_FREE] = PROGRAM(emulation_filter),
		[SECCOMP_EXEC_TRACED] = PROGRAM(emulation_traced_filter),
	};
	const struct sock_fprog *program = &programs[exec];
	unsigned long flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW |
		SECCOMP_FILTER_FLAG_NEW_LISTENER;
	long fd;

	/* A signal must not have a call made again that was half done; kernels
	 * before 5.19 cannot promise that. */
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, program);
	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags,
			program);
	if (fd < 0)
		return error_errno(err, "cannot install the seccomp filter");
	*ret_fd = (int)fd;
	return 0;
}

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif

void
seccomp_prefer_waking(int listener_fd)
{
	/* SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP; kernels before 6.6 have none. */
	(void)ioctl(listener_fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, 1UL);
}

int
seccomp_is_supported(void)
{
	uint32_t action = SECCOMP_RET_ERRNO;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}
