/* SPDX-License-Identifier: Apache-2.0 */
/* frames: a compressed stream is frames, one after the other. */
#include "oci/codec.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "util/mem.h"

#define INPUT_SIZE KiB(128)

struct frames {
	struct source source;
	const struct frame_codec *codec;
	struct source *from;
	void *state;
	uint8_t *buffer;
	struct frame_input in;	/* what of the buffer is left */
	bool inside;		/* a frame has begun and not ended */
	bool any;		/* there was one */
	bool from_ended;
};

/* 1 when there is input, 0 at its end. */
static int
fill(struct frames *f, struct error *err)
{
	ssize_t n;

	if (f->in.used < f->in.len)
		return 1;
	if (f->from_ended)
		return 0;
	n = source_read(f->from, f->buffer, INPUT_SIZE, err);
	if (n < 0)
		return (int)n;
	f->from_ended = n == 0;
	f->in = (struct frame_input){ f->buffer, (size_t)n, 0 };
	return n > 0;
}

static int
damaged(const struct frames *f, const char *how, struct error *err)
{
	return error_set(err, EBADMSG, "damaged %s data: %s", f->codec->name,
		how);
}

/* Tapes and block devices left zeros behind a stream; nothing else may be. */
static int
read_padding(struct frames *f, struct error *err)
{
	int got;

	while ((got = fill(f, err)) > 0)
		for (; f->in.used < f->in.len; f->in.used++)
			if (f->in.data[f->in.used] != 0)
				return damaged(f, "rubbish behind its end",
					err);
	return got;
}

/* 1 when a frame begins, 0 at the end of all. */
static int
begin_frame(struct frames *f, struct error *err)
{
	int got;

	got = fill(f, err);
	if (got < 0)
		return got;
	if (got == 0 && !f->any)
		return damaged(f, "there is none", err);
	if (got == 0)
		return 0;
	if (f->any && f->in.data[f->in.used] == 0)
		return read_padding(f, err);
	if (f->any)
		f->codec->reset(f->state);
	f->any = f->inside = true;
	return 1;
}

/* Bytes of output, 0 when there are none yet. */
static ssize_t
run(struct frames *f, void *data, size_t len, struct error *err)
{
	size_t done = 0;
	int got, r;

	got = fill(f, err);
	if (got < 0)
		return got;
	r = f->codec->run(f->state, &f->in, data, len, &done);
	if (r < 0)
		return damaged(f, "it does not decompress", err);
	if (r > 0)
		f->inside = false;
	/* Output may be pending in the library when the input is used up. */
	else if (got == 0 && done == 0)
		return damaged(f, "it ends too early", err);
	return (ssize_t)done;
}

static ssize_t
frames_read(struct source *s, void *data, size_t len, struct error *err)
{
	struct frames *f = (struct frames *)s;
	ssize_t n = 0;
	int r;

	while (n == 0) {
		if (!f->inside) {
			r = begin_frame(f, err);
			if (r <= 0)
				return r;
		}
		n = run(f, data, len, err);
	}
	return n;
}

static void
frames_free(struct source *s)
{
	struct frames *f = (struct frames *)s;

	f->codec->close(f->state);
	free(f->buffer);
	free(f);
}

struct source *
frames_source(const struct frame_codec *codec, struct source *from)
{
	struct frames *f = mem_zalloc(sizeof(*f));

	f->source = (struct source){ frames_read, frames_free };
	f->codec = codec;
	f->from = from;
	f->state = codec->open();
	f->buffer = mem_alloc(INPUT_SIZE);
	return &f->source;
}
