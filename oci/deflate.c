/* SPDX-License-Identifier: Apache-2.0 */
/* gzip written by libdeflate, which gives the same bytes on every machine. */
#include "oci/codec.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

/* RFC 1952: deflate, no name, no time, no word of the level, unknown system.
 * Behind the data: CRC-32 and length, little-endian. */
static const uint8_t header[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255 };
#define TRAILER_SIZE 8

static void *
deflate_open(int level)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(level);

	if (!c)
		abort();
	return c;
}

static void
deflate_close(void *state)
{
	libdeflate_free_compressor(state);
}

static size_t
deflate_bound(size_t len)
{
	return sizeof(header) + libdeflate_deflate_compress_bound(NULL, len) +
		TRAILER_SIZE;
}

static uint8_t *
put_number(uint8_t *to, uint32_t n)
{
	*to++ = (uint8_t)n;
	*to++ = (uint8_t)(n >> 8);
	*to++ = (uint8_t)(n >> 16);
	*to++ = (uint8_t)(n >> 24);
	return to;
}

static size_t
deflate_compress(void *state, const void *in, size_t len, void *out,
	size_t room)
{
	uint8_t *to = out;
	size_t size;

	memcpy(to, header, sizeof(header));
	to += sizeof(header);
	size = libdeflate_deflate_compress(state, in, len, to,
		room - sizeof(header) - TRAILER_SIZE);
	if (size == 0)
		return 0;
	to = put_number(to + size, libdeflate_crc32(0, in, len));
	to = put_number(to, (uint32_t)len);
	return (size_t)(to - (uint8_t *)out);
}

const struct block_codec deflate_codec = {
	.block_size = MiB(1),
	.open = deflate_open,
	.close = deflate_close,
	.bound = deflate_bound,
	.compress = deflate_compress,
};
