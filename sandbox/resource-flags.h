/* SPDX-License-Identifier: Apache-2.0 */
/* resource-flags: the options of docker build and run about resources. */
#ifndef SANDBOX_RESOURCE_FLAGS_H
#define SANDBOX_RESOURCE_FLAGS_H

#include "sandbox/resources.h"
#include "util/cli.h"

/* As given; all-zero is nothing given. */
struct resource_flags {
	const char *memory, *memory_swap, *cpus, *cpu_shares, *cpu_period;
	const char *cpu_quota, *cpuset, *pids;
};

/* Rows for a command's table; `f` is its struct resource_flags. */
#define RESOURCE_FLAG_ROWS(f)                                                  \
	{ 'm', "memory", "SIZE", "limit of memory, 512m", OPT_STRING,          \
		&(f).memory },                                                 \
	{ 0, "memory-swap", "SIZE",                                            \
		"of memory and swap space together, -1: any", OPT_STRING,      \
		&(f).memory_swap },                                            \
	{ 0, "cpus", "NUMBER", "processor time, 1.5 is one and a half",        \
		OPT_STRING, &(f).cpus },                                       \
	{ 0, "cpu-shares", "WEIGHT", "weight beside others, usual is 1024",    \
		OPT_STRING, &(f).cpu_shares },                                 \
	{ 0, "cpu-period", "US", "what the quota is part of, 100000",          \
		OPT_STRING, &(f).cpu_period },                                 \
	{ 0, "cpu-quota", "US", "processor time in each period",               \
		OPT_STRING, &(f).cpu_quota },                                  \
	{ 0, "cpuset-cpus", "LIST", "processors to keep to, 0-2,4",            \
		OPT_STRING, &(f).cpuset },                                     \
	{ 0, "pids-limit", "NUMBER", "processes at once, -1: any",             \
		OPT_STRING, &(f).pids }

/* Checked; `ret` borrows from `f`. -EINVAL, ERROR_REQUEST. */
int resource_flags_read(const struct resource_flags *f, struct resources *ret,
	struct error *err);

#endif
