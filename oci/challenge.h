/* SPDX-License-Identifier: Apache-2.0 */
/* challenge: what a WWW-Authenticate header asks for (RFC 9110, 11.6.1). */
#ifndef OCI_CHALLENGE_H
#define OCI_CHALLENGE_H

#include <stddef.h>

#include "util/error.h"
#include "util/scope.h"
#include "util/strv.h"

struct challenge {
	char *scheme;			/* lower case: "basic", "bearer" */
	struct strv parameters;		/* "name=value", lower-case names */
};

/* All challenges of all WWW-Authenticate headers of a host. */
struct challenges {
	struct challenge *items;
	size_t count;
};

/* Add those of one header value: several, separated by commas, with quoted
 * strings. -EINVAL for what does not follow the grammar, -E2BIG for more than
 * 16; those read until then are kept. */
int challenge_list_parse(struct challenges *c, const char *value,
	struct error *err);
/* The first with this scheme (lower case), or NULL. */
const struct challenge *challenge_list_find(const struct challenges *c,
	const char *scheme);
/* Borrowed, or NULL. */
const char *challenge_get(const struct challenge *c, const char *name);
void challenge_list_release(struct challenges *c);

#endif
