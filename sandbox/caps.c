/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/caps.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Both 32-bit halves, as capget(2) has them. */
struct sets {
	struct __user_cap_header_struct head;
	struct __user_cap_data_struct half[2];
};

static int
read_sets(struct sets *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->head.version = _LINUX_CAPABILITY_VERSION_3;
	return (int)syscall(SYS_capget, &ret->head, ret->half);
}

bool
caps_has(unsigned cap)
{
	struct sets s;

	if (read_sets(&s) < 0)
		return false;
	return s.half[cap / 32].effective & UINT32_C(1) << cap % 32;
}

int
caps_bound(uint64_t mask, struct error *err)
{
	unsigned long cap;

	/* Old kernels have no ambient set: then it is empty. */
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	for (cap = 0; cap < 64; cap++) {
		if (mask & UINT64_C(1) << cap)
			continue;
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
			continue;
		if (errno == EINVAL)
			return 0;	/* past the last one there is */
		return error_errno(err, "cannot drop capability %lu", cap);
	}
	return 0;
}

int
caps_set(uint64_t mask, struct error *err)
{
	struct sets s;
	unsigned i;

	if (read_sets(&s) < 0)
		return error_errno(err, "cannot read capabilities");
	for (i = 0; i < 2; i++) {
		s.half[i].permitted &= (uint32_t)(mask >> 32 * i);
		s.half[i].effective = s.half[i].permitted;
		s.half[i].inheritable = 0;
	}
	if (syscall(SYS_capset, &s.head, s.half) < 0)
		return error_errno(err, "cannot set capabilities");
	return 0;
}
