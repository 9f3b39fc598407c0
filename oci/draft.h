/* SPDX-License-Identifier: Apache-2.0 */
/* draft: an image growing, one stage's. */
#ifndef OCI_DRAFT_H
#define OCI_DRAFT_H

#include "oci/image.h"

struct draft;

struct draft *draft_from_image(const struct image *i);
struct draft *draft_from_nothing(const struct platform *p);
struct draft *draft_copy(const struct draft *d);
struct draft *draft_free(struct draft *d);

/* To be changed freely until commit. Borrowed. */
struct config *draft_config(struct draft *d);
size_t draft_layer_count(const struct draft *d);
const struct layer *draft_layer(const struct draft *d, size_t n);
/* ChainID of all layers; none when there are none. */
const struct digest *draft_chain_id(const struct draft *d);
/* Adds the layer and its diff id; the caller adds the history entry. */
void draft_add_layer(struct draft *d, const struct layer *l);

/* Write config and manifest (OCI types) to the store. Layers made here are
 * listed uncompressed. `annotations` object or NULL, borrowed. */
int draft_commit(struct draft *d, struct store *s,
	const struct json *annotations, struct digest *ret_manifest,
	struct error *err);

/* The draft as text for a pipe or a cache entry, and back (config, layers). */
struct json *draft_format(const struct draft *d);
int draft_parse(const struct json *j, struct draft **ret, struct error *err);

DEFINE_CLEANUP(struct draft *, draft_free);

#endif
