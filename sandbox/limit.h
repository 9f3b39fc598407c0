/* SPDX-License-Identifier: Apache-2.0 */
/* limit: "nofile=1024:4096", a resource limit as Docker writes it. */
#ifndef SANDBOX_LIMIT_H
#define SANDBOX_LIMIT_H

#include "sandbox/spec.h"
#include "util/error.h"

/* "NAME=SOFT[:HARD]", numbers or -1 or "unlimited" for none. -EINVAL,
 * ERROR_REQUEST, for another name, or a soft limit over the hard one. */
int limit_parse(const char *text, struct sandbox_limit *ret,
	struct error *err);
/* One for each text; the array is yours. */
int limit_parse_all(const struct strv *texts, struct sandbox_limit **ret,
	struct error *err);

#endif
