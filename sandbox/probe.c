/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/mem.h"

static const char *const status_names[] = {
	[PROBE_OK] = "ok", [PROBE_INFO] = "info", [PROBE_WARN] = "warn",
	[PROBE_FAIL] = "fail",
};

void
probe_release(struct probe *p)
{
	free(p->checks);
	*p = (struct probe){ 0 };
}

const char *
probe_status_name(enum probe_status s)
{
	return status_names[s];
}

static struct probe_check *
next_check(struct probe *p)
{
	p->checks = mem_resize(p->checks, p->count + 1, sizeof(*p->checks));
	return &p->checks[p->count++];
}

void
probe_add(struct probe *p, const char *name, enum probe_status status,
	const char *remedy, const char *detail, ...)
{
	struct probe_check *c = next_check(p);
	va_list args;

	*c = (struct probe_check){ .status = status };
	(void)snprintf(c->name, sizeof(c->name), "%s", name);
	(void)snprintf(c->remedy, sizeof(c->remedy), "%s",
		remedy ? remedy : "");
	va_start(args, detail);
	(void)vsnprintf(c->detail, sizeof(c->detail), detail, args);
	va_end(args);
}

bool
probe_is_good(const struct probe *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (p->checks[i].status == PROBE_FAIL)
			return false;
	return p->identity != IDENTITY_AUTO;
}
