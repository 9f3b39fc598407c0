/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/compress.h"

#include <errno.h>
#include <string.h>

#include "oci/codec.h"
#include "oci/descriptor.h"
#include "util/mem.h"

static const struct {
	const char *name;
	const char *media_type;
	const struct block_codec *blocks;
	const struct frame_codec *frames;
	int level, max_level;
	unsigned char magic[4];
	size_t magic_len;
} codecs[] = {
	[CODEC_NONE] = { .name = "none", .media_type = MEDIA_OCI_LAYER },
	[CODEC_GZIP] = {
		.name = "gzip",
		.media_type = MEDIA_OCI_LAYER_GZIP,
		.blocks = &deflate_codec,
		.frames = &inflate_codec,
		/* Within 3 % of what 6 makes of it, in 3/4 of the time. */
		.level = 4,
		.max_level = 12,
		.magic = { 0x1f, 0x8b },
		.magic_len = 2,
	},
	[CODEC_ZSTD] = {
		.name = "zstd",
		.media_type = MEDIA_OCI_LAYER_ZSTD,
		.blocks = &zstd_codec,
		.frames = &unzstd_codec,
		.level = 3,
		.max_level = 19,
		.magic = { 0x28, 0xb5, 0x2f, 0xfd },
		.magic_len = 4,
	},
};

/* Other words for the same. */
static const struct {
	const char *word;
	enum codec codec;
} words[] = {
	{ "none", CODEC_NONE },
	{ "uncompressed", CODEC_NONE },
	{ "gzip", CODEC_GZIP },
	{ "zstd", CODEC_ZSTD },
}, media_types[] = {
	{ MEDIA_OCI_LAYER, CODEC_NONE },
	{ MEDIA_DOCKER_LAYER, CODEC_NONE },
	{ MEDIA_OCI_LAYER_GZIP, CODEC_GZIP },
	{ MEDIA_DOCKER_LAYER_GZIP, CODEC_GZIP },
	{ MEDIA_OCI_LAYER_ZSTD, CODEC_ZSTD },
	{ MEDIA_DOCKER_LAYER_ZSTD, CODEC_ZSTD },
};

int
codec_parse(const char *text, enum codec *ret, struct error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i].word, text) == 0) {
			*ret = words[i].codec;
			return 0;
		}
	return error_set(err, EINVAL,
		"unknown compression '%s': it is gzip, zstd or none", text);
}

const char *
codec_name(enum codec c)
{
	return codecs[c].name;
}

int
codec_of_media_type(const char *media_type, enum codec *ret, struct error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(media_types); i++)
		if (strcmp(media_types[i].word, media_type) == 0) {
			*ret = media_types[i].codec;
			return 0;
		}
	return error_set(err, ENOTSUP, "'%s' is not a layer we can read",
		media_type);
}

const char *
codec_media_type(enum codec c)
{
	return codecs[c].media_type;
}

enum codec
codec_detect(const void *data, size_t len)
{
	enum codec c;

	for (c = CODEC_GZIP; c <= CODEC_ZSTD; c++)
		if (len >= codecs[c].magic_len &&
			memcmp(data, codecs[c].magic, codecs[c].magic_len) == 0)
			return c;
	return CODEC_NONE;
}

struct plain_sink {
	struct sink sink;
	struct sink *to;
};

static int
plain_write(struct sink *s, const void *data, size_t len, struct error *err)
{
	return sink_write(((struct plain_sink *)s)->to, data, len, err);
}

static int
plain_finish(struct sink *s, struct error *err)
{
	return sink_finish(((struct plain_sink *)s)->to, err);
}

static void
plain_free(struct sink *s)
{
	free(s);
}

static struct sink *
plain_sink(struct sink *to)
{
	struct plain_sink *p = mem_zalloc(sizeof(*p));

	p->sink = (struct sink){ plain_write, plain_finish, plain_free };
	p->to = to;
	return &p->sink;
}

int
compress_sink(enum codec c, int level, struct sink *to, struct sink **ret,
	struct error *err)
{
	if (!codecs[c].blocks) {
		*ret = plain_sink(to);
		return 0;
	}
	if (level < 0 || level > codecs[c].max_level)
		return error_set(err, EINVAL,
			"%s has the levels 1 to %d, not %d", codecs[c].name,
			codecs[c].max_level, level);
	*ret = blocks_sink(codecs[c].blocks, level ? level : codecs[c].level,
		to);
	return 0;
}

struct plain_source {
	struct source source;
	struct source *from;
};

static ssize_t
plain_read(struct source *s, void *data, size_t len, struct error *err)
{
	return source_read(((struct plain_source *)s)->from, data, len, err);
}

static void
plain_source_free(struct source *s)
{
	free(s);
}

int
decompress_source(enum codec c, struct source *from, struct source **ret,
	struct error *err)
{
	struct plain_source *p;

	(void)err;
	if (codecs[c].frames) {
		*ret = frames_source(codecs[c].frames, from);
		return 0;
	}
	p = mem_zalloc(sizeof(*p));
	p->source = (struct source){ plain_read, plain_source_free };
	p->from = from;
	*ret = &p->source;
	return 0;
}
