/* SPDX-License-Identifier: Apache-2.0 */
/* roster: a manifest list: an index that people put together by hand, under a
 * tag of the store. */
#ifndef OCI_ROSTER_H
#define OCI_ROSTER_H

#include "oci/image.h"
#include "oci/manifest.h"
#include "oci/store.h"
#include "util/strv.h"

/* An empty one. */
void roster_init(struct image_index *ret);
/* -ENOENT when there is no such tag, -EINVAL when it is of one image;
 * ERROR_REQUEST. */
int roster_load(struct store *s, const struct ref *ref,
	struct image_index *ret, struct error *err);
/* Write it and set the tag; `ret` is its digest now. */
int roster_save(struct store *s, const struct ref *ref,
	const struct image_index *i, struct digest *ret, struct error *err);

/* Append the image, or, of an index, every entry of it; the platform is from
 * its config. One that is in the list already stays where it is. -ENOENT when
 * it is not here. */
int roster_add(struct store *s, struct image_index *i,
	const struct digest *what, struct error *err);
/* -ENOENT, ERROR_REQUEST when it is not in the list. */
int roster_find(const struct image_index *i, const struct digest *what,
	size_t *ret, struct error *err);
void roster_remove(struct image_index *i, size_t at);

/* What an entry says beside its digest. NULL and empty: as it was. */
struct roster_words {
	const char *os, *architecture, *variant, *os_version;
	struct strv os_features;
	struct strv annotations;	/* NAME=VALUE */
};
/* -EINVAL, ERROR_REQUEST for an annotation without a value. */
int roster_annotate(struct image_index *i, size_t at,
	const struct roster_words *words, struct error *err);

#endif
