/* SPDX-License-Identifier: Apache-2.0 */
#include "util/buf.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

void
buf_init(struct buf *b, size_t max_bytes)
{
	*b = (struct buf){ .max = max_bytes };
}

void
buf_release(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ .max = b->max };
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->overflow = false;
	if (b->data)
		b->data[0] = '\0';
}

/* A place for `len` more bytes and the NUL behind them. */
char *
buf_room(struct buf *b, size_t len)
{
	size_t need, cap;

	if (len > b->max - b->len) {
		b->overflow = true;
		return NULL;
	}
	if (__builtin_add_overflow(b->len, len, &need) ||
		__builtin_add_overflow(need, 1, &need))
		need = SIZE_MAX;
	if (need > b->cap) {
		cap = b->cap < SIZE_MAX / 2 ? b->cap * 2 : SIZE_MAX;
		b->cap = need > cap ? need : cap;
		if (b->cap < 64)
			b->cap = 64;
		b->data = mem_resize(b->data, b->cap, 1);
		b->data[b->len] = '\0';
	}
	return b->data + b->len;
}

void
buf_grew(struct buf *b, size_t len)
{
	b->len += len;
	b->data[b->len] = '\0';
}

void
buf_add(struct buf *b, const void *data, size_t len)
{
	size_t left = b->max - b->len;
	size_t fits = len < left ? len : left;
	char *room;

	if (fits < len)
		b->overflow = true;
	room = buf_room(b, fits);
	if (fits)
		memcpy(room, data, fits);
	buf_grew(b, fits);
}

void
buf_adds(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void
buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_addf(struct buf *b, const char *format, ...)
{
	char few[256], *many;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(few, sizeof(few), format, args);
	va_end(args);
	if (len >= 0 && (size_t)len < sizeof(few)) {
		buf_add(b, few, (size_t)len);
		return;
	}

	va_start(args, format);
	many = mem_vprintf(format, args);
	va_end(args);
	buf_adds(b, many);
	free(many);
}

const char *
buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}

char *
buf_steal(struct buf *b)
{
	char *text = b->data ? b->data : mem_strdup("");

	*b = (struct buf){ .max = b->max };
	return text;
}

int
buf_check(const struct buf *b, const char *what, struct error *err)
{
	if (!b->overflow)
		return 0;
	return error_set(err, EFBIG, "%s is larger than %zu bytes", what,
		b->max);
}
