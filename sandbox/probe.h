/* SPDX-License-Identifier: Apache-2.0 */
/* probe: what was found out about this host, and what it means for builds. */
#ifndef SANDBOX_PROBE_H
#define SANDBOX_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "sandbox/userns.h"

enum probe_status {
	PROBE_OK,
	PROBE_INFO,	/* neither good nor bad */
	PROBE_WARN,	/* builds run, something is lost */
	PROBE_FAIL,	/* builds cannot run */
};

/* One thing looked at, for people; fixed sizes, as it crosses a pipe. */
struct probe_check {
	enum probe_status status;
	char name[32];
	char detail[400];
	char remedy[400];	/* "" when there is nothing to do */
};

/* All-zero is empty. */
struct probe {
	struct probe_check *checks;
	size_t count;
	enum identity identity;	/* what would be used; AUTO: none works */
};

void probe_release(struct probe *p);
/* "ok", "info", "warn" or "fail". */
const char *probe_status_name(enum probe_status s);
/* Add what was found; `detail` as printf, `remedy` may be NULL. */
void probe_add(struct probe *p, const char *name, enum probe_status status,
	const char *remedy, const char *detail, ...)
	__attribute__((format(printf, 5, 6)));
/* Can builds run here? */
bool probe_is_good(const struct probe *p);

#endif
