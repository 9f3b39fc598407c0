/* SPDX-License-Identifier: Apache-2.0 */
/* layer: one diff id, as a tree and as a tar; the cheaper form is made first,
 * the other on demand, each verified against the diff id when it is made. */
#ifndef OCI_LAYER_H
#define OCI_LAYER_H

#include "oci/compress.h"
#include "oci/descriptor.h"
#include "oci/digest.h"
#include "oci/store.h"
#include "util/progress.h"

/* A value; `blob` says how its bytes travel. A layer made here travels
 * uncompressed (MEDIA_OCI_LAYER, digest == diff id) until it is packed. */
struct layer {
	struct digest diff_id;
	struct descriptor blob;
};

void layer_init(struct layer *l, const struct digest *diff_id,
	uint64_t tar_size);
void layer_release(struct layer *l);
void layer_copy(const struct layer *from, struct layer *to);

/* ChainID(n) of image-spec config.md: of `below` (NULL or none: the first) and
 * this diff id. */
void layer_chain_id(const struct digest *below, const struct digest *diff_id,
	struct digest *ret);

/*
 * A finished upper directory, tmp/<tmp_name> (which may have a slash), becomes
 * a layer: it is hashed by pack_tree and renamed to trees/. The name in tmp/ is
 * gone afterwards, also when the same layer was there already. Times after
 * `clamp_mtime` (INT64_MAX: none) are set to it, in the tree as well. Its root
 * keeps the mode and owner it has.
 */
int layer_from_tree(struct store *s, const char *tmp_name,
	int64_t clamp_mtime, struct layer *ret, struct error *err);
/* A tar that was written as a blob becomes a layer; no tree is made. -ENOENT
 * when the blob is not here. */
int layer_from_blob(struct store *s, const struct digest *diff_id,
	uint64_t size, struct layer *ret, struct error *err);

/* 1 when the layer can be had from this store in any form, 0, negative. */
int layer_is_here(struct store *s, const struct layer *l, struct error *err);

/* Find the layer, from now on, in the blob that it travels as, by its diff id
 * alone: some step made it elsewhere. -ENOTSUP for media types we cannot
 * read. */
int layer_adopt(struct store *s, const struct layer *l, struct error *err);

/*
 * Its tree: made from the blob when it is not there (decompressed, hashed,
 * unpacked, and only then renamed to its name). `ret_name` is relative to
 * trees/. Several processes may ask at once. -ENOENT when no form is here.
 */
int layer_tree(struct store *s, const struct layer *l, char ret_name[128],
	struct error *err);
/* Unpack from a stream of blob bytes instead (a pull that unpacks as it
 * comes), compressed as l->blob says; reads it to its end. -EBADMSG for damage
 * and when the diff id is another; then nothing stays behind. */
int layer_tree_from_stream(struct store *s, const struct layer *l,
	struct source *blob_bytes, struct error *err);

/* The uncompressed tar as a stream, wherever it comes from. Its end is -EBADMSG
 * when the diff id is another: what was read before then was wrong. */
int layer_open_tar(struct store *s, const struct layer *l, struct source **ret,
	struct error *err);
/* Write the uncompressed tar into a sink, which is not finished. -EBADMSG, at
 * the end, as above. */
int layer_write_tar(struct store *s, const struct layer *l, struct sink *to,
	struct error *err);

/*
 * The form that travels: if the layer has a compressed blob here (pulled, or
 * packed before with this codec) that one, else it is compressed now, stored
 * and remembered in packed/. `force` compresses anew when the codec differs.
 * `level` 0 is the default. A pulled layer keeps the media type it came with;
 * codec_of_media_type() and codec_media_type() give OCI's word for it.
 */
int layer_pack(struct store *s, const struct layer *l, enum codec codec,
	int level, bool force, struct descriptor *ret, struct error *err);
/* 1 and that form when it is here already, 0 when it is to be made. */
int layer_find_packed(struct store *s, const struct layer *l, enum codec codec,
	int level, bool force, struct descriptor *ret, struct error *err);

#endif
