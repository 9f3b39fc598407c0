/* SPDX-License-Identifier: Apache-2.0 */
/* image: config + layers + platform, read from the store; never changed. */
#ifndef OCI_IMAGE_H
#define OCI_IMAGE_H

#include "oci/config.h"
#include "oci/layer.h"
#include "oci/manifest.h"
#include "oci/store.h"

struct image;

/* Load the image whose manifest (or index, then `want` chooses; NULL is the
 * host's platform) has this digest. Checks that layers, diff ids and config
 * agree (-EBADMSG). Layers need not be here. */
int image_load(struct store *s, const struct digest *d,
	const struct platform *want, struct image **ret, struct error *err);
struct image *image_free(struct image *i);

const struct digest *image_digest(const struct image *i);	/* manifest */
const struct digest *image_config_digest(const struct image *i);
const struct config *image_config(const struct image *i);
const struct manifest *image_manifest(const struct image *i);
size_t image_layer_count(const struct image *i);
const struct layer *image_layer(const struct image *i, size_t n);
/* Its platform as the entry of an index has it. Yours. */
struct json *image_platform(const struct image *i);
/* Sum of the layers' sizes as they travel. */
uint64_t image_size(const struct image *i);

DEFINE_CLEANUP(struct image *, image_free);

#endif
