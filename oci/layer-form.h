/* SPDX-License-Identifier: Apache-2.0 */
/* layer-form: which forms of a layer are here; private to oci/layer*.c. Calls
 * go one way: layer, layer-pack and layer-tree to layer-tar, all to
 * layer-form. */
#ifndef OCI_LAYER_FORM_H
#define OCI_LAYER_FORM_H

#include "oci/layer.h"

/* 1 when its tree is here, 0, negative. */
int layer_has_tree(struct store *s, const struct layer *l, struct error *err);
/* The blob it became under `codec` and `level` before; -ENOENT when it did
 * not, or the blob has gone. */
int layer_packed(struct store *s, const struct digest *diff_id,
	enum codec codec, int level, struct descriptor *ret,
	struct error *err);
/* For layer_packed(), from now on. */
int layer_remember_packed(struct store *s, const struct digest *diff_id,
	enum codec codec, int level, const struct digest *blob,
	struct error *err);

/* A blob that holds the layer, and its codec: as it travels, as a plain tar, or
 * (`packed`) as it was packed before. -ENOENT when there is none. */
int layer_find_blob(struct store *s, const struct layer *l, bool packed,
	struct digest *ret, enum codec *ret_codec, struct error *err);
/* -EBADMSG, ERROR_STORE when the bytes of a layer were others. */
int layer_check_diff_id(const struct digest *want, const struct digest *got,
	struct error *err);

/* layer-tar: the tar in `blob_bytes` (borrowed); its end is -EBADMSG unless the
 * diff id is right. */
int layer_open_stream(struct source *blob_bytes, enum codec codec,
	const struct digest *diff_id, struct source **ret, struct error *err);

/* layer-tree: tmp/<tmp_name> becomes its tree, or goes away when one is
 * there. */
int layer_publish_tree(struct store *s, const char *tmp_name,
	const struct digest *diff_id, struct error *err);

#endif
