/* SPDX-License-Identifier: Apache-2.0 */
/* The form of a layer that travels. */
#include <errno.h>
#include <string.h>

#include "oci/blob.h"
#include "oci/layer-form.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

#define LINE_MAX_BYTES 256

/* "<hex>.gzip", or "<hex>.gzip-9" when the level was asked for. */
static char *
packed_name(const struct digest *diff_id, enum codec codec, int level)
{
	char hex[DIGEST_HEX_SIZE];

	(void)digest_format_hex(diff_id, hex);
	if (level == 0)
		return mem_printf("%s.%s", hex, codec_name(codec));
	return mem_printf("%s.%s-%d", hex, codec_name(codec), level);
}

int
layer_packed(struct store *s, const struct digest *diff_id, enum codec codec,
	int level, struct descriptor *ret, struct error *err)
{
	autofree char *name = packed_name(diff_id, codec, level);
	cleanup_value(buf_release) struct buf line = { 0 };
	autoclose int blob_fd = -1;
	struct digest blob;
	uint64_t size;
	int fd, r;

	fd = store_dir_fd(s, STORE_PACKED, err);
	if (fd < 0)
		return fd;
	r = fs_read_file(fd, name, LINE_MAX_BYTES, &line, err);
	if (r < 0)
		return r;
	if (line.data)
		line.data[strcspn(line.data, " \n")] = '\0';
	r = digest_parse(buf_text(&line), &blob, err);
	if (r == 0)
		r = blob_open(s, &blob, &blob_fd, &size, err);
	if (r < 0)
		return error_wrap(err, "packed '%s'", name);
	descriptor_init(ret, codec_media_type(codec), &blob, size);
	return 0;
}

static int
remember(struct store *s, const struct digest *diff_id, enum codec codec,
	int level, const struct digest *blob, struct error *err)
{
	autofree char *name = packed_name(diff_id, codec, level);
	char line[DIGEST_TEXT_SIZE + 1];
	int tmp_fd, fd;

	tmp_fd = store_dir_fd(s, STORE_TMP, err);
	if (tmp_fd < 0)
		return tmp_fd;
	fd = store_dir_fd(s, STORE_PACKED, err);
	if (fd < 0)
		return fd;
	(void)digest_format(blob, line);
	line[DIGEST_TEXT_SIZE - 1] = '\n';
	return fs_publish(tmp_fd, fd, name, line, DIGEST_TEXT_SIZE, 0644, err);
}

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
		r = remember(s, &l->diff_id, codec, level, &digest, err);
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
