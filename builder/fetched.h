/* SPDX-License-Identifier: Apache-2.0 */
/* fetched: a file that ADD gets from a URL. */
#ifndef BUILDER_FETCHED_H
#define BUILDER_FETCHED_H

#include <stdbool.h>

#include "builder/secret.h"
#include "oci/store.h"
#include "oci/transfer.h"
#include "util/error.h"

/* fetched_init() makes one. */
struct fetched {
	char *url;		/* without user and password */
	char *authorization;	/* made of those, or NULL */
	char *name;		/* the last segment of its path, decoded */
	bool is_here;		/* the rest is known */
	int fd;			/* its bytes, or -1 */
	struct downloaded got;
};

/* Is this source such a URL, and no git repository? */
bool fetched_is_url(const char *source);
/* -EINVAL, ERROR_REQUEST, when the name is no name of a file. */
int fetched_init(const char *url, struct fetched *ret, struct error *err);
void fetched_release(struct fetched *f);
/* Fetch it unless it is here, and open it; secrets: http-auth.h. Errors of
 * transfer_download(); ERROR_POLICY when it is not `expected` (or NULL). */
int fetched_get(struct fetched *f, struct store *s,
	const struct transfer_settings *settings,
	const struct secrets *secrets, const struct digest *expected,
	struct error *err);

#endif
