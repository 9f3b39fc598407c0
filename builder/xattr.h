/* SPDX-License-Identifier: Apache-2.0 */
/* xattr: the extended attributes that a copy takes along. */
#ifndef BUILDER_XATTR_H
#define BUILDER_XATTR_H

#include <stdbool.h>

#include "oci/digest.h"
#include "util/error.h"

/* All but security.* (without security.capability), system.*, the overlay's and
 * slipway's own. */
bool xattr_is_copied(const char *name);

/* Digest of the names and values on `fd` that are copied, sorted by name.
 * Returns how many, 0 (and *ret untouched) when there are none or the file
 * system has none, or negative. Limits are the kernel's: 64 KiB each. */
int xattr_digest(int fd, struct digest *ret, struct error *err);

#endif
