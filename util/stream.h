/* SPDX-License-Identifier: Apache-2.0 */
/* stream: bytes that pass by, read from sources, written to sinks. */
#ifndef UTIL_STREAM_H
#define UTIL_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/error.h"
#include "util/scope.h"

/*
 * A source gives 1..len bytes, 0 at its end, or a negative errno value.
 * Implementations embed this struct first and set the two functions.
 */
struct source {
	ssize_t (*read)(struct source *s, void *data, size_t len,
		struct error *err);
	void (*free)(struct source *s);
};

/*
 * A sink takes all bytes or fails. `finish` flushes and says that no more
 * comes; it must have been called with success before the result counts.
 * A sink never closes or frees the sink it writes into.
 */
struct sink {
	int (*write)(struct sink *s, const void *data, size_t len,
		struct error *err);
	int (*finish)(struct sink *s, struct error *err);
	void (*free)(struct sink *s);
};

ssize_t source_read(struct source *s, void *data, size_t len,
	struct error *err);
/* Exactly `len` bytes; -ENODATA with "unexpected end" when there are fewer. */
int source_read_all(struct source *s, void *data, size_t len,
	struct error *err);
/* Read and drop; -ENODATA as above. */
int source_skip(struct source *s, uint64_t len, struct error *err);
struct source *source_free(struct source *s);
int sink_write(struct sink *s, const void *data, size_t len,
	struct error *err);
int sink_finish(struct sink *s, struct error *err);
struct sink *sink_free(struct sink *s);
/* Everything that is left, at most `max_bytes` (-EFBIG); tells how much. */
int stream_copy(struct source *from, struct sink *to, uint64_t max_bytes,
	uint64_t *ret_copied, struct error *err);

/* Over a descriptor, borrowed; reads and writes go on after EINTR. */
struct source *source_from_fd(int fd);
struct sink *sink_to_fd(int fd);
/* Over memory, borrowed. */
struct source *source_from_memory(const void *data, size_t len);
/* At most `len` bytes of another source, borrowed. */
struct source *source_limited(struct source *from, uint64_t len);
/* Drops everything; counts. */
struct sink *sink_to_nowhere(uint64_t *count);
/* Writes everything into both, borrowed. finish() finishes both. */
struct sink *sink_tee(struct sink *one, struct sink *other);

DEFINE_CLEANUP(struct source *, source_free);
DEFINE_CLEANUP(struct sink *, sink_free);

#endif
