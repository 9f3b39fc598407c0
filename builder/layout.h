/* SPDX-License-Identifier: Apache-2.0 */
/* layout: what a user names in an OCI layout of this machine. */
#ifndef BUILDER_LAYOUT_H
#define BUILDER_LAYOUT_H

#include "oci/digest.h"
#include "oci/store.h"
#include "util/error.h"

/* Read the layout of DIR[:TAG][@DIGEST] into the store; `ret` is the manifest
 * or index that is meant: by digest, by tag, else the one called "latest", else
 * the only. -ENOENT, ERROR_LOCAL, when it does not have it. */
int layout_read(struct store *s, const char *text, struct digest *ret,
	struct error *err);

#endif
