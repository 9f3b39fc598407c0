/* SPDX-License-Identifier: Apache-2.0 */
/* packer: a child that packs layers one after the other and tells of each, so
 * that who started it can serve the network meanwhile. */
#ifndef OCI_PACKER_H
#define OCI_PACKER_H

#include "oci/layer.h"

/* As layer_pack() takes them. */
struct packer_options {
	enum codec codec;
	int level;
	bool force;
};

/* Layer `index` of those given to packer_start() is `blob` now (borrowed). A
 * negative result ends packer_read(). */
typedef int (*packer_done)(void *context, size_t index,
	const struct descriptor *blob, struct error *err);

struct packer;
/* Layers that are NULL are passed over. The child has a copy of everything; it
 * never forks: compression has threads. */
int packer_start(struct store *s, const struct packer_options *options,
	const struct layer *const *layers, size_t count, struct packer **ret,
	struct error *err);
/* Ends the child if it still runs. */
struct packer *packer_free(struct packer *p);
/* Readable when there is something for packer_read(). */
int packer_fd(const struct packer *p);
/* Tell `done` of what was packed since: 1, or 0 when that was all. What
 * layer_pack() said in the child; -EIO when it died; -EBADMSG when it says what
 * cannot be. */
int packer_read(struct packer *p, packer_done done, void *context,
	struct error *err);

DEFINE_CLEANUP(struct packer *, packer_free);

#endif
