/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/resources.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "util/mem.h"
#include "util/num.h"
#include "util/scope.h"
#include "util/strv.h"

/* A step of niceness is worth a quarter, sched(7). */
#define NICE_MAX 19

bool
resources_is_empty(const struct resources *r)
{
	return !r || (!r->memory_bytes && !r->cpu_quota_us && !r->cpu_shares &&
		!r->pids && !r->cpus);
}

static int
parse_range(const char *text, cpu_set_t *set)
{
	size_t len = strcspn(text, "-");
	autofree char *first = mem_strndup(text, len);
	uint64_t from, to;

	if (num_parse(first, CPU_SETSIZE - 1, &from, NULL) < 0)
		return -EINVAL;
	to = from;
	if (text[len] && num_parse(text + len + 1, CPU_SETSIZE - 1, &to,
				 NULL) < 0)
		return -EINVAL;
	if (to < from)
		return -EINVAL;
	for (; from <= to; from++)
		CPU_SET((int)from, set);
	return 0;
}

int
resources_parse_cpus(const char *text, cpu_set_t *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv ranges = { 0 };
	cpu_set_t set;
	size_t i;

	CPU_ZERO(&set);
	strv_split(&ranges, text, ',');
	for (i = 0; i < ranges.count; i++) {
		if (parse_range(ranges.items[i], &set) == 0)
			continue;
		(void)error_set(err, EINVAL,
			"'%s' is not a list of processors like 0-2,4", text);
		return error_kind(err, ERROR_REQUEST);
	}
	*ret = set;
	return 0;
}

/* The first `count` of those we may use now. */
static void
take_first(cpu_set_t *set, uint64_t count)
{
	int i;

	for (i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, set))
			continue;
		if (count)
			count--;
		else
			CPU_CLR(i, set);
	}
}

static int
apply_processors(const struct resources *r, struct error *err)
{
	cpu_set_t set;

	if (!r->cpus && !r->cpu_quota_us)
		return 0;
	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return error_errno(err, "cannot tell our processors");
	if (r->cpus)
		CPU_AND(&set, &set, &r->cpu_set);
	if (r->cpu_quota_us)
		take_first(&set, (r->cpu_quota_us + r->cpu_period_us - 1) /
			r->cpu_period_us);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		return error_errno(err, "cannot keep to processors '%s'",
			r->cpus ? r->cpus : "");
	return 0;
}

/* Only ever nicer than we are. */
static void
apply_shares(uint64_t shares)
{
	uint64_t weight = 1024;
	int nice = 0;

	while (shares && weight > shares && nice < NICE_MAX) {
		weight = weight * 4 / 5;
		nice++;
	}
	if (nice)
		(void)setpriority(PRIO_PROCESS, 0, nice);
}

static int
apply_limit(__rlimit_resource_t which, uint64_t value, struct error *err)
{
	struct rlimit limit;

	if (!value)
		return 0;
	if (getrlimit(which, &limit) == 0 && limit.rlim_max < value)
		value = limit.rlim_max;
	limit = (struct rlimit){ value, value };
	if (setrlimit(which, &limit) < 0)
		return error_errno(err, "cannot set a limit of %llu",
			(unsigned long long)value);
	return 0;
}

int
resources_apply(const struct resources *r, struct error *err)
{
	int ret;

	ret = apply_processors(r, err);
	if (ret == 0)
		ret = apply_limit(RLIMIT_DATA, r->memory_bytes, err);
	if (ret == 0)
		ret = apply_limit(RLIMIT_NPROC, r->pids, err);
	if (ret == 0)
		apply_shares(r->cpu_shares);
	return ret;
}
