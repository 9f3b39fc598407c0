/* SPDX-License-Identifier: Apache-2.0 */
/* manifest: image manifests and indexes, OCI's and Docker's. */
#ifndef OCI_MANIFEST_H
#define OCI_MANIFEST_H

#include "oci/descriptor.h"
#include "oci/platform.h"
#include "util/buf.h"
#include "util/json.h"

struct manifest {
	char *media_type;
	struct descriptor config;
	struct descriptor *layers;
	size_t layer_count;
	struct json *annotations;	/* or NULL */
};

struct image_index {
	char *media_type;
	struct descriptor *manifests;
	size_t count;
	struct json *annotations;
};

enum manifest_kind { MANIFEST_IMAGE, MANIFEST_INDEX };

/* What the document is, by mediaType and members; a document that could be
 * both is refused (CVE-2021-41190), so are schema 1 and others. -EBADMSG. */
int manifest_detect(const char *text, size_t len, const char *content_type,
	enum manifest_kind *ret, struct error *err);
int manifest_parse(const char *text, size_t len, struct manifest *ret,
	struct error *err);
void manifest_release(struct manifest *m);
/* Not an artifact, whose config and layers may be anything. */
bool manifest_is_image(const struct manifest *m);
/* Compact canonical bytes. */
void manifest_format(const struct manifest *m, struct buf *ret);

int image_index_parse(const char *text, size_t len, struct image_index *ret,
	struct error *err);
void image_index_release(struct image_index *i);
void image_index_format(const struct image_index *i, struct buf *ret);
/* Position of the best entry for `want`; attestations are passed over.
 * -ENOENT lists the platforms there are. */
int image_index_choose(const struct image_index *i,
	const struct platform *want, size_t *ret, struct error *err);

#endif
