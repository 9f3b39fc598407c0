/* SPDX-License-Identifier: Apache-2.0 */
/* travel: an image as it leaves the store: its layers packed, its documents in
 * the types that are wanted. */
#ifndef OCI_TRAVEL_H
#define OCI_TRAVEL_H

#include <stdbool.h>

#include "oci/manifest.h"
#include "oci/media.h"
#include "oci/packer.h"
#include "oci/store.h"
#include "util/error.h"
#include "util/progress.h"

struct travel_options {
	struct packer_options packing;
	enum media_family family;
	struct progress *progress;	/* or NULL */
};

/*
 * Make, in the store, the manifest (of an index: every manifest, and the
 * index) that travels: what it names is all here as blobs. What needs no change
 * stays as it is, byte for byte, so does what is no image. A child packs, so
 * that an interrupt ends it. -ENOENT when something is not here; -ENOTSUP for
 * what Docker's types cannot say: zstd, annotations are left out with a
 * warning.
 */
int travel_make(struct store *s, const struct digest *what,
	const struct travel_options *options, struct digest *ret,
	struct error *err);
/* 1 when the bytes of a layer are only in its tree, which only the namespace
 * may read; 0; negative. */
int travel_needs_trees(struct store *s, const struct digest *what,
	struct error *err);

/* The parts, for those who send while they pack. */
/* Must it be packed first (1), or does it travel as it is (0)? */
int travel_needs_packing(struct store *s, const struct packer_options *o,
	const struct descriptor *layer, struct error *err);
/* Put `with` in the place of layer `i`; is that a change? */
bool travel_replace_layer(struct manifest *m, size_t i,
	const struct descriptor *with);
/* A document that changed anyway is of one family throughout: not all
 * registries take a mixture, some take no Docker types at all. */
void travel_convert(struct manifest *m, enum media_family family);
void travel_convert_index(struct image_index *i, enum media_family family);

#endif
