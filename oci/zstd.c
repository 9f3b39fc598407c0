/* SPDX-License-Identifier: Apache-2.0 */
/* zstd, both ways (RFC 8878). */
#include <errno.h>
#include <stdlib.h>
#include <zstd.h>

#include "oci/codec.h"
#include "util/mem.h"

/* What a frame may make us allocate: 128 MiB, the most any level up to 22
 * asks for without --long. */
#define WINDOW_LOG_MAX 27

/* Everything that the bytes depend on is set here. No worker threads of the
 * library: with them the bytes differ. */
static void *
zstd_open(int level)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();

	if (!c ||
		ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel,
			level)) ||
		ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag,
			1)) ||
		ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag,
			1)))
		abort();
	return c;
}

static void
zstd_close(void *state)
{
	ZSTD_freeCCtx(state);
}

static size_t
zstd_compress(void *state, const void *in, size_t len, void *out, size_t room)
{
	size_t size = ZSTD_compress2(state, out, room, in, len);

	return ZSTD_isError(size) ? 0 : size;
}

const struct block_codec zstd_codec = {
	.block_size = MiB(2),
	.open = zstd_open,
	.close = zstd_close,
	.bound = ZSTD_compressBound,
	.compress = zstd_compress,
};

static void *
unzstd_open(void)
{
	ZSTD_DCtx *d = ZSTD_createDCtx();

	if (!d ||
		ZSTD_isError(ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax,
			WINDOW_LOG_MAX)))
		abort();
	return d;
}

static void
unzstd_close(void *state)
{
	ZSTD_freeDCtx(state);
}

static void
unzstd_reset(void *state)
{
	(void)ZSTD_DCtx_reset(state, ZSTD_reset_session_only);
}

static int
unzstd_run(void *state, struct frame_input *in, void *out, size_t room,
	size_t *ret_len)
{
	ZSTD_inBuffer from = { in->data, in->len, in->used };
	ZSTD_outBuffer to = { out, room, 0 };
	size_t r;

	r = ZSTD_decompressStream(state, &to, &from);
	in->used = from.pos;
	*ret_len = to.pos;
	if (ZSTD_isError(r))
		return -EBADMSG;
	return r == 0;
}

const struct frame_codec unzstd_codec = {
	.name = "zstd",
	.open = unzstd_open,
	.close = unzstd_close,
	.reset = unzstd_reset,
	.run = unzstd_run,
};
