/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/tar.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "oci/tar-block.h"
#include "util/mem.h"

struct tar_reader {
	struct source *from;
	struct tar_limits limits;
	char *buffer;
	size_t at, filled;	/* of the buffer */
	uint64_t data_left;	/* of the current file */
	size_t padding;		/* zeros behind it */
	uint64_t entries, total_bytes;
	bool ended;
	struct tar_extension extension;
};

struct tar_reader *
tar_reader_new(struct source *from, const struct tar_limits *limits)
{
	struct tar_reader *r = mem_zalloc(sizeof(*r));

	r->from = from;
	r->limits = limits ? *limits : tar_default_limits;
	r->buffer = mem_alloc(TAR_BUFFER_SIZE);
	buf_init(&r->extension.records, r->limits.header_bytes);
	buf_init(&r->extension.path, r->limits.header_bytes);
	buf_init(&r->extension.link, r->limits.header_bytes);
	return r;
}

struct tar_reader *
tar_reader_free(struct tar_reader *r)
{
	if (!r)
		return NULL;
	buf_release(&r->extension.records);
	buf_release(&r->extension.path);
	buf_release(&r->extension.link);
	free(r->buffer);
	free(r);
	return NULL;
}

/* 1 when something is in the buffer, 0 at the end of the source. */
static int
fill(struct tar_reader *r, struct error *err)
{
	ssize_t n;

	if (r->at < r->filled)
		return 1;
	r->at = r->filled = 0;
	n = source_read(r->from, r->buffer, TAR_BUFFER_SIZE, err);
	if (n < 0)
		return (int)n;
	r->filled = (size_t)n;
	return n > 0;
}

static int
cut_short(struct error *err)
{
	return error_set(err, EBADMSG, "the tar ends in the middle of a member");
}

/* Up to `max` bytes (not 0), borrowed until the next call. */
static ssize_t
view(struct tar_reader *r, uint64_t max, const void **ret, struct error *err)
{
	size_t len;
	int got;

	got = fill(r, err);
	if (got < 0)
		return got;
	if (got == 0)
		return cut_short(err);
	len = r->filled - r->at;
	if (len > max)
		len = (size_t)max;
	*ret = r->buffer + r->at;
	r->at += len;
	return (ssize_t)len;
}

/* Gathers `len` bytes; `to` may be NULL to drop them. */
static int
take(struct tar_reader *r, void *to, uint64_t len, struct error *err)
{
	const void *data = NULL;
	char *next = to;
	ssize_t n;

	for (; len > 0; len -= (uint64_t)n) {
		n = view(r, len, &data, err);
		if (n < 0)
			return (int)n;
		if (!next)
			continue;
		memcpy(next, data, (size_t)n);
		next += n;
	}
	return 0;
}

static bool
is_zero(const struct tar_block *b)
{
	static const struct tar_block zeros;

	return memcmp(b, &zeros, sizeof(zeros)) == 0;
}

/* What is behind the end is of no meaning, but belongs to the bytes. */
static int
drain(struct tar_reader *r, struct error *err)
{
	int got;

	for (;; r->at = r->filled) {
		got = fill(r, err);
		if (got <= 0)
			return got;
		r->total_bytes += r->filled - r->at;
		if (r->total_bytes > r->limits.total_bytes)
			return error_set(err, EFBIG,
				"the tar holds more than %llu bytes",
				(unsigned long long)r->limits.total_bytes);
	}
}

static int
check_sum(const struct tar_block *b, struct error *err)
{
	int64_t sum;
	int r;

	r = tar_number_parse(b->checksum, sizeof(b->checksum), &sum, err);
	if (r < 0)
		return r;
	if (sum == tar_block_sum(b) || sum == tar_block_signed_sum(b))
		return 0;
	return error_set(err, EBADMSG,
		"a tar header does not match its checksum");
}

/* The second of the two zero blocks, which some writers forget. */
static int
read_end(struct tar_reader *r, struct error *err)
{
	struct tar_block b;
	int got;

	r->ended = true;
	got = fill(r, err);
	if (got <= 0)
		return got;
	got = take(r, &b, sizeof(b), err);
	if (got < 0)
		return got;
	if (!is_zero(&b))
		return error_set(err, EBADMSG,
			"a zero block in the middle of the tar");
	return drain(r, err);
}

/* 1 and the next header, 0 at the end. */
static int
read_block(struct tar_reader *r, struct tar_block *ret, struct error *err)
{
	int got;

	got = fill(r, err);
	if (got < 0)
		return got;
	if (got == 0) {
		r->ended = true;
		return 0;
	}
	got = take(r, ret, sizeof(*ret), err);
	if (got < 0)
		return got;
	if (is_zero(ret))
		return read_end(r, err);
	if (++r->entries > r->limits.entries)
		return error_set(err, E2BIG, "more than %llu members in a tar",
			(unsigned long long)r->limits.entries);
	got = check_sum(ret, err);
	return got < 0 ? got : 1;
}

/* Where the contents of an extension go; NULL when they are dropped. Global
 * records ('g') are, as Go's archive/tar and so every container tool does. */
static struct buf *
extension_buf(struct tar_extension *x, char type)
{
	switch (type) {
	case 'x':
		return &x->records;
	case 'L':
		return &x->path;
	case 'K':
		return &x->link;
	default:
		return NULL;
	}
}

static int
read_extension(struct tar_reader *r, const struct tar_block *b,
	struct error *err)
{
	struct tar_extension *x = &r->extension;
	struct buf *to = extension_buf(x, b->type);
	uint64_t size;
	char *room = NULL;
	int e;

	e = tar_block_data_size(b, &size, err);
	if (e < 0)
		return e;
	if (size > r->limits.header_bytes ||
		x->bytes + size + sizeof(*b) > r->limits.header_bytes)
		return error_set(err, EFBIG,
			"the headers of a tar member are larger than %zu bytes",
			r->limits.header_bytes);
	x->bytes += size + sizeof(*b);
	if (to) {
		/* Of several, the last one counts. */
		buf_reset(to);
		room = buf_room(to, size);
		if (room)
			buf_grew(to, size);
	}
	e = take(r, room, size, err);
	if (e < 0)
		return e;
	return take(r, NULL, tar_padding(size), err);
}

static int
skip_data(struct tar_reader *r, struct error *err)
{
	int e;

	e = take(r, NULL, r->data_left, err);
	if (e < 0)
		return e;
	r->data_left = 0;
	e = take(r, NULL, r->padding, err);
	r->padding = 0;
	return e;
}

/* 1 and the header of a member proper, its extensions read; 0 at the end. */
static int
read_header(struct tar_reader *r, struct tar_block *ret, struct error *err)
{
	struct tar_extension *x = &r->extension;
	int got;

	buf_reset(&x->records);
	buf_reset(&x->path);
	buf_reset(&x->link);
	for (x->bytes = 0;;) {
		got = read_block(r, ret, err);
		if (got == 0 && x->bytes > 0)
			return cut_short(err);
		if (got <= 0 || !memchr("xgLK", ret->type, 4))
			return got;
		got = read_extension(r, ret, err);
		if (got < 0)
			return got;
	}
}

static int
begin_data(struct tar_reader *r, const struct tar_entry *e, struct error *err)
{
	if (e->size > r->limits.total_bytes - r->total_bytes)
		return error_set(err, EFBIG,
			"the files of the tar have more than %llu bytes",
			(unsigned long long)r->limits.total_bytes);
	r->total_bytes += e->size;
	r->data_left = e->size;
	r->padding = tar_padding(e->size);
	return 0;
}

int
tar_reader_next(struct tar_reader *r, struct tar_entry *ret, struct error *err)
{
	cleanup_value(tar_entry_release) struct tar_entry e = { 0 };
	struct tar_block b;
	int got;

	if (r->ended)
		return 0;
	got = skip_data(r, err);
	if (got < 0)
		return got;
	got = read_header(r, &b, err);
	if (got <= 0)
		return got;
	got = tar_entry_build(&b, &r->extension, &r->limits, &e, err);
	if (got < 0)
		return got;
	got = begin_data(r, &e, err);
	if (got < 0)
		return got;
	*ret = e;
	e = (struct tar_entry){ 0 };
	return 1;
}

ssize_t
tar_reader_view(struct tar_reader *r, const void **ret, struct error *err)
{
	ssize_t n;

	if (r->data_left == 0)
		return 0;
	n = view(r, r->data_left, ret, err);
	if (n > 0)
		r->data_left -= (uint64_t)n;
	return n;
}

ssize_t
tar_reader_data(struct tar_reader *r, void *data, size_t len, struct error *err)
{
	const void *piece = NULL;
	ssize_t n;

	if (r->data_left == 0 || len == 0)
		return 0;
	n = view(r, len < r->data_left ? len : r->data_left, &piece, err);
	if (n < 0)
		return n;
	memcpy(data, piece, (size_t)n);
	r->data_left -= (uint64_t)n;
	return n;
}
