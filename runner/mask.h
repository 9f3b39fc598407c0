/* SPDX-License-Identifier: Apache-2.0 */
/* mask: what is secret is not shown, whatever form it has. */
#ifndef RUNNER_MASK_H
#define RUNNER_MASK_H

#include "util/buf.h"
#include "util/scope.h"

/* The texts to hide: secrets, each line of one that has several, and these in
 * base64 and as in a URL. */
struct mask;

struct mask *mask_new(void);
struct mask *mask_free(struct mask *m);
/* What is shorter than three bytes is not hidden: it is everywhere. */
void mask_add(struct mask *m, const void *secret, size_t len);

/* A stream of output, from its beginning; all-zero is a new one. */
struct mask_stream {
	struct buf held;	/* may be the beginning of a secret */
};

void mask_stream_release(struct mask_stream *s);
/* Adds `data` to `ret`, "***" in place of each secret, as far as it is known
 * what it is: the rest comes with what follows, or with mask_flush(). A NULL
 * mask hides nothing. */
void mask_feed(const struct mask *m, struct mask_stream *s, const char *data,
	size_t len, struct buf *ret);
void mask_flush(const struct mask *m, struct mask_stream *s, struct buf *ret);

/* A text as a whole; yours. */
char *mask_text(const struct mask *m, const char *text);

DEFINE_CLEANUP(struct mask *, mask_free);

#endif
