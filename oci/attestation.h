/* SPDX-License-Identifier: Apache-2.0 */
/* attestation: what is said of an image, beside it in its index, as BuildKit
 * stores it (attestation-storage.md) and in-toto writes it. */
#ifndef OCI_ATTESTATION_H
#define OCI_ATTESTATION_H

#include "oci/descriptor.h"
#include "oci/store.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/json.h"
#include "util/strv.h"

#define MEDIA_ATTESTATION "application/vnd.docker.attestation.manifest.v1+json"
#define MEDIA_OCI_EMPTY "application/vnd.oci.empty.v1+json"
#define MEDIA_IN_TOTO "application/vnd.in-toto+json"

/* One thing that is said. All borrowed. */
struct attestation {
	const struct descriptor *image;	/* the manifest it is said of */
	const struct strv *names;	/* of the image, purl.h; may be none */
	const char *predicate_type;
	const struct json *predicate;
};

/* The statement, which is an in-toto Statement of version 1. -EFBIG over
 * 4 MiB. `ret` is an empty buffer. */
int attestation_format(const struct attestation *a, struct buf *ret,
	struct error *err);
/* Into the store: the statement and a manifest that holds it. `*ret` is the
 * manifest's entry in the index of the image, behind all images. */
int attestation_write(struct store *s, const struct attestation *a,
	struct descriptor *ret, struct error *err);

#endif
