/* SPDX-License-Identifier: Apache-2.0 */
/* bytes: a sink into memory, for tests of what is written. */
#ifndef TESTS_LIB_BYTES_H
#define TESTS_LIB_BYTES_H

#include "util/buf.h"
#include "util/mem.h"
#include "util/stream.h"

struct bytes_sink {
	struct sink sink;
	struct buf *to;
};

static inline int
bytes_keep(struct sink *s, const void *data, size_t len, struct error *err)
{
	(void)err;
	buf_add(((struct bytes_sink *)s)->to, data, len);
	return 0;
}

static inline int
bytes_finish(struct sink *s, struct error *err)
{
	(void)s;
	(void)err;
	return 0;
}

/* Needs no release; `to` is made empty and stays the caller's. */
static inline struct bytes_sink
bytes_into(struct buf *to)
{
	buf_release(to);
	buf_init(to, MiB(256));
	return (struct bytes_sink){
		.sink = { .write = bytes_keep, .finish = bytes_finish },
		.to = to,
	};
}

#endif
