/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/digest.h"

#include "util/mem.h"

/* What a sink and a source share: count, hash, tell at the end. */
struct tally {
	struct digester *digester;
	uint64_t size;
	struct digest *ret;
	uint64_t *ret_size;
	bool told;
};

struct hashing_sink {
	struct sink sink;
	struct sink *next;
	struct tally tally;
};

struct hashing_source {
	struct source source;
	struct source *from;
	struct tally tally;
};

static void
tally_init(struct tally *t, struct digest *ret, uint64_t *ret_size)
{
	t->digester = digester_new();
	t->ret = ret;
	t->ret_size = ret_size;
}

static void
tally_add(struct tally *t, const void *data, size_t len)
{
	digester_add(t->digester, data, len);
	t->size += len;
}

/* Once: a sink may be finished, and a source read at its end, again. */
static void
tally_tell(struct tally *t)
{
	if (t->told)
		return;
	t->told = true;
	if (t->ret)
		digester_take(t->digester, t->ret);
	if (t->ret_size)
		*t->ret_size = t->size;
}

static int
sink_hash(struct sink *s, const void *data, size_t len, struct error *err)
{
	struct hashing_sink *h = (struct hashing_sink *)s;

	tally_add(&h->tally, data, len);
	return h->next ? sink_write(h->next, data, len, err) : 0;
}

static int
sink_tell(struct sink *s, struct error *err)
{
	struct hashing_sink *h = (struct hashing_sink *)s;
	int r;

	r = h->next ? sink_finish(h->next, err) : 0;
	if (r < 0)
		return r;
	tally_tell(&h->tally);
	return 0;
}

static void
sink_drop(struct sink *s)
{
	struct hashing_sink *h = (struct hashing_sink *)s;

	digester_free(h->tally.digester);
	free(h);
}

struct sink *
digest_sink(struct sink *next, struct digest *ret, uint64_t *ret_size)
{
	struct hashing_sink *h = mem_zalloc(sizeof(*h));

	h->sink.write = sink_hash;
	h->sink.finish = sink_tell;
	h->sink.free = sink_drop;
	h->next = next;
	tally_init(&h->tally, ret, ret_size);
	return &h->sink;
}

static ssize_t
source_hash(struct source *s, void *data, size_t len, struct error *err)
{
	struct hashing_source *h = (struct hashing_source *)s;
	ssize_t n;

	n = source_read(h->from, data, len, err);
	if (n > 0)
		tally_add(&h->tally, data, (size_t)n);
	if (n == 0)
		tally_tell(&h->tally);
	return n;
}

static void
source_drop(struct source *s)
{
	struct hashing_source *h = (struct hashing_source *)s;

	digester_free(h->tally.digester);
	free(h);
}

struct source *
digest_source(struct source *from, struct digest *ret, uint64_t *ret_size)
{
	struct hashing_source *h = mem_zalloc(sizeof(*h));

	h->source.read = source_hash;
	h->source.free = source_drop;
	h->from = from;
	tally_init(&h->tally, ret, ret_size);
	return &h->source;
}
