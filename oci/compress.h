/* SPDX-License-Identifier: Apache-2.0 */
/* compress: gzip and zstd, both ways. The libraries are each known to one file
 * behind oci/codec.h: deflate.c, inflate-isal.c or inflate-zlib.c, zstd.c. */
#ifndef OCI_COMPRESS_H
#define OCI_COMPRESS_H

#include "util/error.h"
#include "util/stream.h"

enum codec { CODEC_NONE, CODEC_GZIP, CODEC_ZSTD };

/* "none" or "uncompressed", "gzip", "zstd"; else -EINVAL. */
int codec_parse(const char *text, enum codec *ret, struct error *err);
const char *codec_name(enum codec c);
/* Of a layer's media type; -ENOTSUP for others. */
int codec_of_media_type(const char *media_type, enum codec *ret,
	struct error *err);
const char *codec_media_type(enum codec c);
/* By the first bytes of a stream. */
enum codec codec_detect(const void *data, size_t len);

/*
 * Compresses into `to` (borrowed); its finish() finishes `to` as well. gzip:
 * independent members of 1 MiB of input by libdeflate, zstd: independent frames
 * of 2 MiB, on as many threads as the machine has cores (at most 16), written
 * in order; the bytes depend on the input, `level` and the library's version
 * only, never on the machine, the number of cores or how the input was cut into
 * writes. An empty input gives one empty member. `level` 0 means the default
 * (gzip 6, zstd 3); -EINVAL when it is over 12 or 19. CODEC_NONE passes on.
 * Threads exist between the first write and finish; do not fork then.
 */
int compress_sink(enum codec c, int level, struct sink *to, struct sink **ret,
	struct error *err);

/* Decompresses what it reads from `from` (borrowed), to its end; multi-member
 * gzip and multi-frame zstd; trailing zero padding accepted, other rubbish,
 * wrong checksums and a stream that is cut short or empty -EBADMSG. How much
 * may come out is for the reader to limit. CODEC_NONE passes on. */
int decompress_source(enum codec c, struct source *from, struct source **ret,
	struct error *err);

#endif
