/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/resource-flags.h"

#include <errno.h>
#include <string.h>

#include "util/mem.h"
#include "util/num.h"
#include "util/scope.h"

#define PERIOD_US 100000
#define MEMORY_LEAST MiB(6)

static int
refuse(const char *option, const char *text, const char *what,
	struct error *err)
{
	(void)error_set(err, EINVAL, "--%s: '%s' is not %s", option, text,
		what);
	return error_kind(err, ERROR_REQUEST);
}

/* Docker's least, below which nothing starts. */
static int
read_memory(const struct resource_flags *f, struct resources *ret,
	struct error *err)
{
	uint64_t both;

	if (!f->memory && f->memory_swap)
		return refuse("memory-swap", f->memory_swap,
			"of use without --memory", err);
	if (!f->memory)
		return 0;
	if (num_parse_size(f->memory, &ret->memory_bytes, NULL) < 0 ||
		ret->memory_bytes < MEMORY_LEAST)
		return refuse("memory", f->memory,
			"a size like 512m, of at least 6m", err);
	ret->swap_bytes = ret->memory_bytes;
	if (!f->memory_swap)
		return 0;
	if (strcmp(f->memory_swap, "-1") == 0) {
		ret->swap_bytes = UINT64_MAX;
		return 0;
	}
	if (num_parse_size(f->memory_swap, &both, NULL) < 0 ||
		both < ret->memory_bytes)
		return refuse("memory-swap", f->memory_swap,
			"a size of at least that of --memory", err);
	ret->swap_bytes = both - ret->memory_bytes;
	return 0;
}

/* "1.5" in thousandths, by way of nothing that rounds. */
static int
parse_thousandths(const char *text, uint64_t *ret)
{
	size_t len = strcspn(text, ".");
	autofree char *whole = mem_strndup(text, len);
	char part[4] = "000";
	uint64_t units = 0, rest;
	size_t digits = text[len] ? strlen(text + len + 1) : 0;

	if (digits > 3 || (!len && !digits))
		return -EINVAL;
	if (digits)
		memcpy(part, text + len + 1, digits);
	if ((len && num_parse(whole, 1024, &units, NULL) < 0) ||
		num_parse(part, 999, &rest, NULL) < 0)
		return -EINVAL;
	*ret = units * 1000 + rest;
	return *ret ? 0 : -EINVAL;
}

static int
read_quota(const struct resource_flags *f, struct resources *ret,
	struct error *err)
{
	uint64_t thousandths;

	ret->cpu_period_us = PERIOD_US;
	if (f->cpus && (f->cpu_quota || f->cpu_period))
		return refuse("cpus", f->cpus,
			"possible beside --cpu-quota and --cpu-period", err);
	if (f->cpus && parse_thousandths(f->cpus, &thousandths) < 0)
		return refuse("cpus", f->cpus, "a number like 1.5", err);
	if (f->cpus)
		ret->cpu_quota_us = thousandths * (PERIOD_US / 1000);
	if (f->cpu_period && (num_parse(f->cpu_period, 1000000,
		    &ret->cpu_period_us, NULL) < 0 ||
		    ret->cpu_period_us < 1000))
		return refuse("cpu-period", f->cpu_period,
			"a time of 1000 to 1000000 microseconds", err);
	if (f->cpu_quota && (num_parse(f->cpu_quota, 1000000000,
		    &ret->cpu_quota_us, NULL) < 0 ||
		    ret->cpu_quota_us < 1000))
		return refuse("cpu-quota", f->cpu_quota,
			"a time of at least 1000 microseconds", err);
	return 0;
}

int
resource_flags_read(const struct resource_flags *f, struct resources *ret,
	struct error *err)
{
	struct resources r = { 0 };

	if (read_memory(f, &r, err) < 0 || read_quota(f, &r, err) < 0)
		return -EINVAL;
	if (f->cpu_shares && (num_parse(f->cpu_shares, 262144, &r.cpu_shares,
		    NULL) < 0 || r.cpu_shares < 2))
		return refuse("cpu-shares", f->cpu_shares,
			"a weight of 2 to 262144", err);
	if (f->pids && strcmp(f->pids, "-1") != 0 &&
		(num_parse(f->pids, 4194304, &r.pids, NULL) < 0 || !r.pids))
		return refuse("pids-limit", f->pids,
			"a number of processes, or -1", err);
	if (f->cpuset && resources_parse_cpus(f->cpuset, &r.cpu_set, err) < 0)
		return error_wrap(err, "--cpuset-cpus");
	r.cpus = f->cpuset;
	*ret = r;
	return 0;
}
