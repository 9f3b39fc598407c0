/* SPDX-License-Identifier: Apache-2.0 */
/* validator: what a server said about a file that was fetched, to be asked next
 * time whether it is still so (RFC 9110, section 8.8). */
#ifndef OCI_VALIDATOR_H
#define OCI_VALIDATOR_H

#include <stdint.h>

#include "oci/digest.h"
#include "oci/store.h"

/* All-zero is empty. */
struct validator {
	char *etag;		/* or NULL */
	char *last_modified;	/* the header, or NULL */
	struct digest digest;	/* of the blob in the store */
	uint64_t size;
};

void validator_release(struct validator *v);
/* What is known of `url`, whose blob is here: 1, else 0. A record that cannot
 * be read is none. */
int validator_load(struct store *s, const char *url, struct validator *ret);
/* Remember it for next time, in fetched/; failing is no failure. Nothing is
 * remembered without an etag or a time. */
void validator_save(struct store *s, const char *url,
	const struct validator *v);
/* What was known is no longer true. */
void validator_forget(struct store *s, const char *url);

#endif
