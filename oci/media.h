/* SPDX-License-Identifier: Apache-2.0 */
/* media: Docker's media types and the OCI's for the same bytes. */
#ifndef OCI_MEDIA_H
#define OCI_MEDIA_H

#include "oci/descriptor.h"

/* The family of types an image is written in. */
enum media_family { MEDIA_OCI, MEDIA_DOCKER };

/* The name of `media_type` in that family; a type of neither, or one that is
 * only known to the other, stays. Borrowed: a constant, or `media_type`. */
const char *media_in(enum media_family family, const char *media_type);
/* The same for a descriptor. */
void media_convert(struct descriptor *d, enum media_family family);

#endif
