/* SPDX-License-Identifier: Apache-2.0 */
/* resources: how much of the host a sandbox may use. */
#ifndef SANDBOX_RESOURCES_H
#define SANDBOX_RESOURCES_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

/* All-zero is no limit at all. */
struct resources {
	uint64_t memory_bytes;
	uint64_t swap_bytes;	/* besides; UINT64_MAX: any; only with memory */
	uint64_t cpu_quota_us;	/* in each period, of all processors together */
	uint64_t cpu_period_us;
	uint64_t cpu_shares;	/* 1024 is the usual weight */
	uint64_t pids;
	const char *cpus;	/* "0-2,4"; borrowed */
	cpu_set_t cpu_set;	/* the same */
};

bool resources_is_empty(const struct resources *r);
/* "0-2,4": processors below 1024. -EINVAL, ERROR_REQUEST. */
int resources_parse_cpus(const char *text, cpu_set_t *ret, struct error *err);
/*
 * Without a cgroup: for this process and what it starts, as near as the kernel
 * lets everybody come. Memory is data of each process alone, a quota becomes
 * that many processors, shares become niceness, processes are all those of our
 * user namespace. Programs may spread over more processors again.
 */
int resources_apply(const struct resources *r, struct error *err);

#endif
