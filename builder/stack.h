/* SPDX-License-Identifier: Apache-2.0 */
/* stack: the layers of a stage or image, mounted over one another. */
#ifndef BUILDER_STACK_H
#define BUILDER_STACK_H

#include "oci/draft.h"
#include "oci/image.h"
#include "oci/store.h"
#include "sandbox/rootfs.h"
#include "sandbox/userns.h"
#include "util/error.h"

/* Warn, once, of what steps will lose on this host and in this store: overlays,
 * owners. Needs userns_enter(). */
int stack_tell_losses(struct store *s, enum identity identity,
	struct error *err);
/* Make the trees that are missing and mount them with a fresh upper directory
 * in the store's tmp/, to run something in. Errors of layer_tree() and
 * rootfs_open(). */
int stack_open_draft(struct store *s, const struct draft *d,
	struct rootfs **ret, struct error *err);
int stack_open_image(struct store *s, const struct image *i,
	struct rootfs **ret, struct error *err);
/* The files alone, without the places that a program needs: to look at them,
 * to copy from or to them. */
int stack_open_draft_bare(struct store *s, const struct draft *d,
	struct rootfs **ret, struct error *err);
int stack_open_image_bare(struct store *s, const struct image *i,
	struct rootfs **ret, struct error *err);

#endif
