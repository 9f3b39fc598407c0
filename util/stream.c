/* SPDX-License-Identifier: Apache-2.0 */
#include "util/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"

#define COPY_SIZE KiB(64)

ssize_t
source_read(struct source *s, void *data, size_t len, struct error *err)
{
	return s->read(s, data, len, err);
}

int
source_read_all(struct source *s, void *data, size_t len, struct error *err)
{
	char *to = data;

	while (len) {
		ssize_t n = source_read(s, to, len, err);

		if (n < 0)
			return (int)n;
		if (n == 0)
			return error_set(err, ENODATA, "unexpected end");
		to += n;
		len -= (size_t)n;
	}
	return 0;
}

int
source_skip(struct source *s, uint64_t len, struct error *err)
{
	char dropped[KiB(16)];

	while (len) {
		size_t part = len < sizeof(dropped) ? len : sizeof(dropped);
		ssize_t n = source_read(s, dropped, part, err);

		if (n < 0)
			return (int)n;
		if (n == 0)
			return error_set(err, ENODATA, "unexpected end");
		len -= (uint64_t)n;
	}
	return 0;
}

struct source *
source_free(struct source *s)
{
	if (s)
		s->free(s);
	return NULL;
}

int
sink_write(struct sink *s, const void *data, size_t len, struct error *err)
{
	return len ? s->write(s, data, len, err) : 0;
}

int
sink_finish(struct sink *s, struct error *err)
{
	return s->finish(s, err);
}

struct sink *
sink_free(struct sink *s)
{
	if (s)
		s->free(s);
	return NULL;
}

int
stream_copy(struct source *from, struct sink *to, uint64_t max_bytes,
	uint64_t *ret_copied, struct error *err)
{
	autofree char *data = mem_alloc(COPY_SIZE);
	uint64_t copied = 0;
	ssize_t n;
	int r;

	while ((n = source_read(from, data, COPY_SIZE, err)) > 0) {
		if ((uint64_t)n > max_bytes - copied)
			return error_set(err, EFBIG, "more than %llu bytes",
				(unsigned long long)max_bytes);
		r = sink_write(to, data, (size_t)n, err);
		if (r < 0)
			return r;
		copied += (uint64_t)n;
	}
	if (n < 0)
		return (int)n;
	if (ret_copied)
		*ret_copied = copied;
	return 0;
}

struct fd_source {
	struct source source;
	int fd;
};

static ssize_t
fd_source_read(struct source *s, void *data, size_t len, struct error *err)
{
	struct fd_source *f = (struct fd_source *)s;
	ssize_t n = TEMP_FAILURE_RETRY(read(f->fd, data, len));

	return n < 0 ? error_errno(err, "cannot read") : n;
}

static void
plain_source_free(struct source *s)
{
	free(s);
}

struct source *
source_from_fd(int fd)
{
	struct fd_source *f = mem_zalloc(sizeof(*f));

	f->source = (struct source){ fd_source_read, plain_source_free };
	f->fd = fd;
	return &f->source;
}

struct memory_source {
	struct source source;
	const char *data;
	size_t len;
};

static ssize_t
memory_source_read(struct source *s, void *data, size_t len,
	struct error *err)
{
	struct memory_source *m = (struct memory_source *)s;

	(void)err;
	if (len > m->len)
		len = m->len;
	if (len)
		memcpy(data, m->data, len);
	m->data += len;
	m->len -= len;
	return (ssize_t)len;
}

struct source *
source_from_memory(const void *data, size_t len)
{
	struct memory_source *m = mem_zalloc(sizeof(*m));

	m->source = (struct source){ memory_source_read, plain_source_free };
	m->data = data;
	m->len = len;
	return &m->source;
}

struct limited_source {
	struct source source;
	struct source *from;
	uint64_t left;
};

static ssize_t
limited_source_read(struct source *s, void *data, size_t len,
	struct error *err)
{
	struct limited_source *l = (struct limited_source *)s;
	ssize_t n;

	if (len > l->left)
		len = l->left;
	if (!len)
		return 0;
	n = source_read(l->from, data, len, err);
	if (n > 0)
		l->left -= (uint64_t)n;
	return n;
}

struct source *
source_limited(struct source *from, uint64_t len)
{
	struct limited_source *l = mem_zalloc(sizeof(*l));

	l->source = (struct source){ limited_source_read, plain_source_free };
	l->from = from;
	l->left = len;
	return &l->source;
}

static int
nothing_to_finish(struct sink *s, struct error *err)
{
	(void)s;
	(void)err;
	return 0;
}

static void
plain_sink_free(struct sink *s)
{
	free(s);
}

struct fd_sink {
	struct sink sink;
	int fd;
};

static int
fd_sink_write(struct sink *s, const void *data, size_t len, struct error *err)
{
	return fs_write(((struct fd_sink *)s)->fd, data, len, err);
}

struct sink *
sink_to_fd(int fd)
{
	struct fd_sink *f = mem_zalloc(sizeof(*f));

	f->sink = (struct sink){ fd_sink_write, nothing_to_finish,
		plain_sink_free };
	f->fd = fd;
	return &f->sink;
}

struct nowhere_sink {
	struct sink sink;
	uint64_t *count;
};

static int
nowhere_sink_write(struct sink *s, const void *data, size_t len,
	struct error *err)
{
	(void)data;
	(void)err;
	*((struct nowhere_sink *)s)->count += len;
	return 0;
}

struct sink *
sink_to_nowhere(uint64_t *count)
{
	struct nowhere_sink *n = mem_zalloc(sizeof(*n));

	n->sink = (struct sink){ nowhere_sink_write, nothing_to_finish,
		plain_sink_free };
	n->count = count;
	*count = 0;
	return &n->sink;
}

struct tee_sink {
	struct sink sink;
	struct sink *one, *other;
};

static int
tee_sink_write(struct sink *s, const void *data, size_t len,
	struct error *err)
{
	struct tee_sink *t = (struct tee_sink *)s;
	int r;

	r = sink_write(t->one, data, len, err);
	return r < 0 ? r : sink_write(t->other, data, len, err);
}

static int
tee_sink_finish(struct sink *s, struct error *err)
{
	struct tee_sink *t = (struct tee_sink *)s;
	int r;

	r = sink_finish(t->one, err);
	return r < 0 ? r : sink_finish(t->other, err);
}

struct sink *
sink_tee(struct sink *one, struct sink *other)
{
	struct tee_sink *t = mem_zalloc(sizeof(*t));

	t->sink = (struct sink){ tee_sink_write, tee_sink_finish,
		plain_sink_free };
	t->one = one;
	t->other = other;
	return &t->sink;
}
