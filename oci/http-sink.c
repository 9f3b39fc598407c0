/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/http-sink.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/num.h"

/* libcurl hands over at most CURL_MAX_WRITE_SIZE (16 KiB) at a time. */
#define PENDING_MAX MiB(1)

void
http_sink_init(struct http_sink *k, int fd, uint64_t max_bytes)
{
	*k = (struct http_sink){ .fd = fd, .max = max_bytes };
	buf_init(&k->pending, PENDING_MAX);
}

void
http_sink_release(struct http_sink *k)
{
	buf_release(&k->pending);
}

/* How many of the bytes the descriptor took; 0 when it is full. */
static ssize_t
write_some(int fd, const char *data, size_t len, struct error *err)
{
	ssize_t n;

	do
		n = write(fd, data, len);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	if (errno == EAGAIN)
		return 0;
	return error_errno(err, "cannot pass on what was received");
}

int
http_sink_flush(struct http_sink *k, struct error *err)
{
	struct buf *p = &k->pending;
	ssize_t n;

	if (p->len == 0)
		return 0;
	n = write_some(k->fd, p->data, p->len, err);
	if (n < 0)
		return (int)n;
	memmove(p->data, p->data + n, p->len - n);
	p->len -= n;
	return p->len > 0 ? -EAGAIN : 0;
}

/* Drop what came before already. */
static size_t
skip_some(struct http_sink *k, size_t len)
{
	size_t n = k->skip < len ? k->skip : len;

	k->skip -= n;
	return n;
}

int
http_sink_take(struct http_sink *k, const char *data, size_t len,
	struct error *err)
{
	size_t skipped;
	ssize_t n;
	int r;

	r = http_sink_flush(k, err);
	if (r < 0)
		return r;
	skipped = skip_some(k, len);
	data += skipped;
	len -= skipped;
	if (len > k->max - k->written)
		return error_set(err, EFBIG,
			"more than the %ju bytes that were announced",
			(uintmax_t)k->max);
	n = write_some(k->fd, data, len, err);
	if (n < 0)
		return (int)n;
	buf_add(&k->pending, data + n, len - n);
	k->written += len;
	return 0;
}

/* N of "bytes N-M/T". */
static int
parse_range_start(const char *text, uint64_t *ret)
{
	autofree char *number = NULL;
	size_t digits;

	if (!text || strncmp(text, "bytes ", 6) != 0)
		return -EINVAL;
	text += 6;
	digits = strspn(text, "0123456789");
	if (digits == 0 || text[digits] != '-')
		return -EINVAL;
	number = mem_strndup(text, digits);
	return num_parse(number, UINT64_MAX, ret, NULL);
}

int
http_sink_begin(struct http_sink *k, long status, const char *content_range,
	struct error *err)
{
	uint64_t start;

	k->skip = 0;
	if (status != 206) {
		k->skip = k->written;
		return 0;
	}
	if (parse_range_start(content_range, &start) < 0 ||
		start != k->written)
		return error_set(err, EBADMSG,
			"the rest from byte %ju was asked for, but '%s' came",
			(uintmax_t)k->written,
			content_range ? content_range : "");
	return 0;
}
