/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/layer-form.h"

#include <errno.h>
#include <string.h>

#include "oci/blob.h"
#include "util/fs.h"
#include "util/mem.h"

#define LINE_MAX_BYTES 256

int
layer_check_diff_id(const struct digest *want, const struct digest *got,
	struct error *err)
{
	char w[DIGEST_TEXT_SIZE], g[DIGEST_TEXT_SIZE];

	if (digest_equal(want, got))
		return 0;
	(void)error_set(err, EBADMSG,
		"the layer does not match: expected '%s' but got '%s'",
		digest_format(want, w), digest_format(got, g));
	return error_kind(err, ERROR_STORE);
}

int
layer_has_tree(struct store *s, const struct layer *l, struct error *err)
{
	char name[128];
	int fd;

	fd = store_dir_fd(s, STORE_TREES, err);
	if (fd < 0)
		return fd;
	store_tree_name(s, &l->diff_id, name);
	return fs_has(fd, name, err);
}

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

int
layer_remember_packed(struct store *s, const struct digest *diff_id,
	enum codec codec, int level, const struct digest *blob,
	struct error *err)
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

/* 1 when it was packed before, at the usual level. */
static int
find_packed_blob(struct store *s, const struct layer *l, struct digest *ret,
	enum codec *ret_codec)
{
	static const enum codec codecs[] = { CODEC_GZIP, CODEC_ZSTD };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(codecs); i++) {
		cleanup_value(descriptor_release) struct descriptor d = { 0 };

		if (layer_packed(s, &l->diff_id, codecs[i], 0, &d, NULL) < 0)
			continue;
		*ret = d.digest;
		*ret_codec = codecs[i];
		return 1;
	}
	return 0;
}

int
layer_find_blob(struct store *s, const struct layer *l, bool packed,
	struct digest *ret, enum codec *ret_codec, struct error *err)
{
	char text[DIGEST_TEXT_SIZE];
	struct digest found = l->blob.digest;
	enum codec codec;
	int r;

	r = codec_of_media_type(l->blob.media_type, &codec, err);
	if (r == 0)
		r = store_has_blob(s, &found, err);
	if (r == 0) {
		found = l->diff_id;
		codec = CODEC_NONE;
		r = store_has_blob(s, &found, err);
	}
	if (r == 0 && packed)
		r = find_packed_blob(s, l, &found, &codec);
	if (r < 0)
		return r;
	if (r == 0)
		return error_set(err, ENOENT, "layer '%s' is not here",
			digest_format(&l->diff_id, text));
	*ret = found;
	*ret_codec = codec;
	return 0;
}
