/* SPDX-License-Identifier: Apache-2.0 */
/* buf: bytes that grow up to a ceiling given at birth. */
#ifndef UTIL_BUF_H
#define UTIL_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

/*
 * `data` is always followed by a NUL once anything was added (NULL before).
 * Additions past `max` bytes are dropped and remembered in `overflow`, so that
 * a writer checks once, at the end, with buf_check().
 */
struct buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max;
	bool overflow;
};

void buf_init(struct buf *b, size_t max_bytes);
void buf_release(struct buf *b);
/* Forget the contents, keep the memory and the ceiling. */
void buf_reset(struct buf *b);
void buf_add(struct buf *b, const void *data, size_t len);
void buf_adds(struct buf *b, const char *text);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Room for `len` more bytes to be written at the returned place, then
 * buf_grew(); NULL (and overflow) when it would pass the ceiling. */
char *buf_room(struct buf *b, size_t len);
void buf_grew(struct buf *b, size_t len);
/* The text, never NULL; borrowed. */
const char *buf_text(const struct buf *b);
/* The text, yours to free, never NULL; the buffer is empty afterwards. */
char *buf_steal(struct buf *b);
/* 0, or -EFBIG with "<what> is larger than <max>". */
int buf_check(const struct buf *b, const char *what, struct error *err);

#endif
