/* SPDX-License-Identifier: Apache-2.0 */
/* The form of a layer that travels. */
#include "oci/blob.h"
#include "oci/layer-form.h"
#include "util/scope.h"

static int
compress_layer(struct store *s, const struct layer *l, enum codec codec,
	int level, struct blob *to, struct error *err)
{
	cleanup(sink_free) struct sink *sink = NULL;
	int r;

	r = compress_sink(codec, level, blob_sink(to), &sink, err);
	if (r < 0)
		return r;
	r = layer_write_tar(s, l, sink, err);
	return r < 0 ? r : sink_finish(sink, err);
}

static int
pack_now(struct store *s, const struct layer *l, enum codec codec, int level,
	struct descriptor *ret, struct error *err)
{
	cleanup(blob_free) struct blob *b = NULL;
	struct digest digest;
	uint64_t size;
	int r;

	r = blob_begin(s, &b, err);
	if (r < 0)
		return r;
	r = compress_layer(s, l, codec, level, b, err);
	if (r < 0)
		return r;
	r = blob_commit(b, codec == CODEC_NONE ? &l->diff_id : NULL, &digest,
		&size, err);
	if (r == 0 && codec != CODEC_NONE)
		r = layer_remember_packed(
			s, &l->diff_id, codec, level, &digest, err);
	if (r < 0)
		return r;
	descriptor_init(ret, codec_media_type(codec), &digest, size);
	return 0;
}

/* 1 when the blob it came as will do. */
static int
travels_already(struct store *s, const struct layer *l, enum codec codec,
	bool force, struct error *err)
{
	enum codec have;
	int r;

	r = codec_of_media_type(l->blob.media_type, &have, err);
	if (r < 0)
		return r;
	if (have != codec && (force || have == CODEC_NONE))
		return 0;
	return store_has_blob(s, &l->blob.digest, err);
}

int
layer_find_packed(struct store *s, const struct layer *l, enum codec codec,
	int level, bool force, struct descriptor *ret, struct error *err)
{
	int r;

	r = travels_already(s, l, codec, force, err);
	if (r > 0)
		descriptor_copy(&l->blob, ret);
	if (r != 0)
		return r;
	return codec != CODEC_NONE &&
		layer_packed(s, &l->diff_id, codec, level, ret, NULL) == 0;
}

int
layer_pack(struct store *s, const struct layer *l, enum codec codec, int level,
	bool force, struct descriptor *ret, struct error *err)
{
	int r = layer_find_packed(s, l, codec, level, force, ret, err);

	if (r != 0)
		return r < 0 ? r : 0;
	return pack_now(s, l, codec, level, ret, err);
}

int
layer_adopt(struct store *s, const struct layer *l, struct error *err)
{
	enum codec codec;
	int r;

	r = codec_of_media_type(l->blob.media_type, &codec, err);
	/* A plain tar has the name of its diff id. */
	if (r < 0 || codec == CODEC_NONE)
		return r;
	return layer_remember_packed(
		s, &l->diff_id, codec, 0, &l->blob.digest, err);
}
