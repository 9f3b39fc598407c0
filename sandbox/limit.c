/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/limit.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "util/mem.h"
#include "util/num.h"
#include "util/scope.h"

static const struct {
	const char *name;
	int resource;
} names[] = {
	{ "core", RLIMIT_CORE }, { "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA }, { "fsize", RLIMIT_FSIZE },
	{ "locks", RLIMIT_LOCKS }, { "memlock", RLIMIT_MEMLOCK },
	{ "msgqueue", RLIMIT_MSGQUEUE }, { "nice", RLIMIT_NICE },
	{ "nofile", RLIMIT_NOFILE }, { "nproc", RLIMIT_NPROC },
	{ "rss", RLIMIT_RSS }, { "rtprio", RLIMIT_RTPRIO },
	{ "rttime", RLIMIT_RTTIME }, { "sigpending", RLIMIT_SIGPENDING },
	{ "stack", RLIMIT_STACK },
};

static int
refuse(const char *text, const char *why, struct error *err)
{
	(void)error_set(err, EINVAL, "limit '%s': %s", text, why);
	return error_kind(err, ERROR_REQUEST);
}

static int
read_number(const char *text, uint64_t *ret)
{
	if (strcmp(text, "-1") == 0 || strcmp(text, "unlimited") == 0) {
		*ret = UINT64_MAX;
		return 0;
	}
	return num_parse(text, UINT64_MAX - 1, ret, NULL);
}

static int
find_name(const char *name)
{
	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		if (strcmp(names[n].name, name) == 0)
			return names[n].resource;
	}
	return -1;
}

int
limit_parse(const char *text, struct sandbox_limit *ret, struct error *err)
{
	size_t len = strcspn(text, "=");
	autofree char *name = mem_strndup(text, len);
	const char *value = text[len] ? text + len + 1 : "";
	autofree char *soft = mem_strndup(value, strcspn(value, ":"));
	const char *hard = strchr(value, ':') ? strchr(value, ':') + 1 : soft;
	struct sandbox_limit limit = { .resource = find_name(name) };

	if (limit.resource < 0)
		return refuse(text, "there is no limit of that name", err);
	if (read_number(soft, &limit.soft) < 0 ||
		read_number(hard, &limit.hard) < 0)
		return refuse(text, "it is not NAME=SOFT[:HARD]", err);
	if (limit.soft > limit.hard)
		return refuse(text, "the soft one is over the hard one", err);
	*ret = limit;
	return 0;
}

int
limit_parse_all(const struct strv *texts, struct sandbox_limit **ret,
	struct error *err)
{
	autofree struct sandbox_limit *limits = mem_array(texts->count + 1,
		sizeof(*limits));
	int r = 0;

	for (size_t n = 0; r == 0 && n < texts->count; n++)
		r = limit_parse(texts->items[n], &limits[n], err);
	if (r == 0)
		*ret = take_ptr(&limits);
	return r;
}
