/* SPDX-License-Identifier: Apache-2.0 */
/* cache-image: step results as an image, which any registry, archive and tool
 * can keep: its layers are those of the steps, and a member of its config says
 * which step made which. slipway-build(1), CACHES. */
#ifndef BUILDER_CACHE_IMAGE_H
#define BUILDER_CACHE_IMAGE_H

#include "builder/cache-spec.h"
#include "oci/config.h"
#include "oci/draft.h"
#include "oci/platform.h"
#include "oci/store.h"
#include "oci/transfer.h"
#include "sandbox/userns.h"
#include "util/error.h"
#include "util/strv.h"

/* The member: an array of objects with "key", "layer" (a number), "created"
 * and "created_by". */
#define CACHE_IMAGE_MEMBER "slipway.cache.v0"

/* Say in the config of `d` which of the `steps` (keys, hex) made its layers. */
int cache_image_embed(struct store *s, struct draft *d,
	const struct strv *steps, struct error *err);
/* Bring what a --cache-from names, and make its steps known here. Where there
 * is none, that is a warning. */
int cache_image_import(struct store *s, const struct cache_spec *spec,
	const struct transfer_settings *settings, struct error *err);
/* Make the steps of the image `what`, which is here, known. What makes no sense
 * is passed over. */
int cache_image_take(struct store *s, const struct digest *what,
	struct error *err);
/* Write the results of `steps` where a --cache-to says. Enters the namespace if
 * only a tree has one. */
int cache_image_export(struct store *s, const struct cache_spec *spec,
	const struct strv *steps, enum identity identity,
	const struct transfer_settings *settings, struct error *err);

#endif
