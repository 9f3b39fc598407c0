/* SPDX-License-Identifier: Apache-2.0 */
/* sighting: in which repositories a blob has been seen, so that a push can
 * have it mounted from there instead of sending it. A hint, never a promise. */
#ifndef OCI_SIGHTING_H
#define OCI_SIGHTING_H

#include "oci/digest.h"
#include "oci/store.h"
#include "util/strv.h"

/* Remember that `repository` ("host/path") holds the blob; the latest 8 are
 * kept, in packed/<hex>.seen. Failing to remember is no failure. */
void sighting_add(struct store *s, const struct digest *blob,
	const char *repository);

/* Paths of the repositories of `host` that held the blob, except `not_path`,
 * latest first. */
void sighting_list(struct store *s, const struct digest *blob,
	const char *host, const char *not_path, struct strv *ret);

#endif
