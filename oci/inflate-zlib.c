/* SPDX-License-Identifier: Apache-2.0 */
/* gzip read by zlib, where ISA-L is not. */
#include "oci/codec.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "util/mem.h"

static void *
inflate_open(void)
{
	z_stream *z = mem_zalloc(sizeof(*z));

	/* 16: a gzip header and trailer, nothing else. */
	if (inflateInit2(z, MAX_WBITS + 16) != Z_OK)
		abort();
	return z;
}

static void
inflate_close(void *state)
{
	(void)inflateEnd(state);
	free(state);
}

static void
inflate_next(void *state)
{
	(void)inflateReset(state);
}

static int
inflate_run(void *state, struct frame_input *in, void *out, size_t room,
	size_t *ret_len)
{
	z_stream *z = state;
	size_t len = in->len - in->used;
	int r;

	if (room > UINT_MAX)
		room = UINT_MAX;
	/* zlib's type has no const; it does not write there. */
	z->next_in = (Bytef *)(uintptr_t)(in->data + in->used);
	z->avail_in = (uInt)len;
	z->next_out = out;
	z->avail_out = (uInt)room;
	r = inflate(z, Z_NO_FLUSH);
	in->used += len - z->avail_in;
	*ret_len = room - z->avail_out;
	if (r == Z_STREAM_END)
		return 1;
	return r == Z_OK || r == Z_BUF_ERROR ? 0 : -EBADMSG;
}

const struct frame_codec inflate_codec = {
	.name = "gzip",
	.open = inflate_open,
	.close = inflate_close,
	.reset = inflate_next,
	.run = inflate_run,
};
