/* SPDX-License-Identifier: Apache-2.0 */
/* codec: what a compressor and a decompressor are to the streams around them;
 * private to compress.c, blocks.c, frames.c and the files that wrap a library
 * each. */
#ifndef OCI_CODEC_H
#define OCI_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "util/scope.h"
#include "util/stream.h"

/* Makes independent frames of blocks; each thread has its own state. */
struct block_codec {
	size_t block_size;	/* of input */
	void *(*open)(int level);
	void (*close)(void *state);
	/* The largest output of `len` bytes. */
	size_t (*bound)(size_t len);
	/* The size of the output, 0 if it failed. */
	size_t (*compress)(void *state, const void *in, size_t len, void *out,
		size_t room);
};

extern const struct block_codec deflate_codec;	/* deflate.c: gzip members */
extern const struct block_codec zstd_codec;	/* zstd.c: frames */

/* A sink that compresses blocks on all cores and writes them in order. */
struct sink *blocks_sink(const struct block_codec *codec, int level,
	struct sink *to);

/* A piece of input and what is done of it. */
struct frame_input {
	const uint8_t *data;
	size_t len, used;
};

/* Reads a frame (a gzip member, a zstd frame) in pieces. */
struct frame_codec {
	const char *name;
	void *(*open)(void);
	void (*close)(void *state);
	/* Ready for the next frame. */
	void (*reset)(void *state);
	/*
	 * Uses up input and gives up to `room` bytes of output: 1 when the
	 * frame has ended and its checksum is right, 0 to go on, -EBADMSG.
	 */
	int (*run)(void *state, struct frame_input *in, void *out, size_t room,
		size_t *ret_len);
};

/* inflate-isal.c or inflate-zlib.c, as configured. */
extern const struct frame_codec inflate_codec;
extern const struct frame_codec unzstd_codec;	/* zstd.c */

/* A source that reads frame after frame, then zeros, then the end. */
struct source *frames_source(const struct frame_codec *codec,
	struct source *from);

#endif
