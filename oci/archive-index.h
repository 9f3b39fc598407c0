/* SPDX-License-Identifier: Apache-2.0 */
/* archive-index: the documents of an archive of images, and all that they
 * name. */
#ifndef OCI_ARCHIVE_INDEX_H
#define OCI_ARCHIVE_INDEX_H

#include "oci/archive.h"
#include "util/buf.h"

#define ARCHIVE_LAYOUT "{\"imageLayoutVersion\":\"1.0.0\"}"
#define ARCHIVE_NAME "io.containerd.image.name"
#define ARCHIVE_REF_NAME "org.opencontainers.image.ref.name"

/* Every blob that the images consist of: hex digits, sorted, each once. */
int archive_list_blobs(struct store *s, const struct archive_image *images,
	size_t count, struct strv *ret, struct error *err);
/* The index.json: `there` is the one that is added to, or NULL. */
int archive_format_index(struct store *s, const struct archive_image *images,
	size_t count, const struct json *there, struct buf *ret,
	struct error *err);
/* Docker's manifest.json. */
int archive_format_manifests(struct store *s,
	const struct archive_image *images, size_t count, struct buf *ret,
	struct error *err);

#endif
