/* SPDX-License-Identifier: Apache-2.0 */
/* blocks: a ring of blocks, filled by the writer, compressed by threads that do
 * nothing but compute on buffers, written in the order they were filled. */
#include "oci/codec.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

/* More would cost memory (2 MiB each) and gain little: reading and hashing,
 * on the other side of the ring, are no faster than a dozen compressors. */
#define WORKERS_MAX 16

enum block_state { BLOCK_FREE, BLOCK_FULL, BLOCK_TAKEN, BLOCK_DONE };

struct block {
	enum block_state state;
	char *in, *out;
	size_t in_len, out_len;
};

struct blocks {
	struct sink sink;
	const struct block_codec *codec;
	int level;
	struct sink *to;

	struct block *ring;
	size_t count;		/* of the ring */
	size_t filling;		/* index of the block being filled */
	size_t writing;		/* of the oldest that is not written */
	bool any;		/* something was compressed */
	void *own;		/* state for compressing without threads */

	/* Below: shared with the threads, under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	size_t taking;		/* index of the next block to compress */
	bool stop;
	pthread_t workers[WORKERS_MAX];
	size_t worker_count;
};

static size_t
core_count(void)
{
	cpu_set_t set;
	int n = 1;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = CPU_COUNT(&set);
	return n > WORKERS_MAX ? WORKERS_MAX : (size_t)n;
}

static void
compress(const struct blocks *b, void *state, struct block *block)
{
	block->out_len = b->codec->compress(state, block->in, block->in_len,
		block->out, b->codec->bound(b->codec->block_size));
}

/* The next full block, marked as taken; NULL when it is time to stop. */
static struct block *
take_block(struct blocks *b)
{
	struct block *block = &b->ring[b->taking];

	while (block->state != BLOCK_FULL && !b->stop) {
		(void)pthread_cond_wait(&b->work, &b->lock);
		block = &b->ring[b->taking];
	}
	if (b->stop)
		return NULL;
	block->state = BLOCK_TAKEN;
	b->taking = (b->taking + 1) % b->count;
	return block;
}

static void *
work(void *arg)
{
	struct blocks *b = arg;
	void *state = b->codec->open(b->level);
	struct block *block;

	(void)pthread_mutex_lock(&b->lock);
	while ((block = take_block(b))) {
		(void)pthread_mutex_unlock(&b->lock);
		compress(b, state, block);
		(void)pthread_mutex_lock(&b->lock);
		block->state = BLOCK_DONE;
		(void)pthread_cond_signal(&b->done);
	}
	(void)pthread_mutex_unlock(&b->lock);
	b->codec->close(state);
	return NULL;
}

/* As many as the cores, with all signals blocked: those are for the process.
 * Fewer, or none, is slower and nothing else. */
static void
start_workers(struct blocks *b)
{
	size_t wanted = core_count();
	sigset_t all, before;

	if (b->worker_count > 0 || wanted < 2)
		return;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	while (b->worker_count < wanted &&
		pthread_create(&b->workers[b->worker_count], NULL, work, b) ==
			0)
		b->worker_count++;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void
stop_workers(struct blocks *b)
{
	(void)pthread_mutex_lock(&b->lock);
	b->stop = true;
	(void)pthread_cond_broadcast(&b->work);
	(void)pthread_mutex_unlock(&b->lock);
	while (b->worker_count > 0)
		(void)pthread_join(b->workers[--b->worker_count], NULL);
}

static int
write_block(struct blocks *b, struct block *block, struct error *err)
{
	int r;

	if (block->out_len == 0)
		return error_set(err, EIO, "the compressor failed");
	r = sink_write(b->to, block->out, block->out_len, err);
	(void)pthread_mutex_lock(&b->lock);
	block->in_len = 0;
	block->state = BLOCK_FREE;
	(void)pthread_mutex_unlock(&b->lock);
	return r;
}

/* Is the oldest block compressed? With `wait` it will be. */
static bool
oldest_is_done(struct blocks *b, bool wait)
{
	struct block *block = &b->ring[b->writing];
	bool done;

	(void)pthread_mutex_lock(&b->lock);
	while (wait && block->state != BLOCK_DONE)
		(void)pthread_cond_wait(&b->done, &b->lock);
	done = block->state == BLOCK_DONE;
	(void)pthread_mutex_unlock(&b->lock);
	return done;
}

/* Write what is done; wait while `keep` or more blocks are on their way. */
static int
write_done(struct blocks *b, size_t keep, struct error *err)
{
	size_t under_way;
	int r;

	for (;;) {
		under_way = (b->filling + b->count - b->writing) % b->count;
		if (under_way == 0 || !oldest_is_done(b, under_way >= keep))
			return 0;
		r = write_block(b, &b->ring[b->writing], err);
		if (r < 0)
			return r;
		b->writing = (b->writing + 1) % b->count;
	}
}

static int
compress_here(struct blocks *b, struct block *block, struct error *err)
{
	if (!b->own)
		b->own = b->codec->open(b->level);
	compress(b, b->own, block);
	return write_block(b, block, err);
}

/* The block being filled is full, or the last. */
static int
pass_on(struct blocks *b, struct error *err)
{
	struct block *block = &b->ring[b->filling];

	b->any = true;
	if (b->worker_count == 0)
		return compress_here(b, block, err);
	(void)pthread_mutex_lock(&b->lock);
	block->state = BLOCK_FULL;
	(void)pthread_cond_signal(&b->work);
	(void)pthread_mutex_unlock(&b->lock);
	b->filling = (b->filling + 1) % b->count;
	/* One of the ring must be free to be filled. */
	return write_done(b, b->count - 1, err);
}

static struct block *
block_to_fill(struct blocks *b)
{
	struct block *block = &b->ring[b->filling];

	if (!block->in) {
		block->in = mem_alloc(b->codec->block_size);
		block->out = mem_alloc(b->codec->bound(b->codec->block_size));
	}
	return block;
}

static int
blocks_write(struct sink *s, const void *data, size_t len, struct error *err)
{
	struct blocks *b = (struct blocks *)s;
	const char *from = data;
	int r;

	while (len > 0) {
		struct block *block = block_to_fill(b);
		size_t part = b->codec->block_size - block->in_len;

		/* The cut is at the block size and nowhere else. A stream of
		 * one block is not worth a thread. */
		if (part == 0) {
			start_workers(b);
			r = pass_on(b, err);
			if (r < 0)
				return r;
			continue;
		}
		part = part < len ? part : len;
		memcpy(block->in + block->in_len, from, part);
		block->in_len += part;
		from += part;
		len -= part;
	}
	return 0;
}

static int
blocks_finish(struct sink *s, struct error *err)
{
	struct blocks *b = (struct blocks *)s;
	struct block *block = block_to_fill(b);
	int r = 0;

	/* Nothing at all is one empty frame. */
	if (block->in_len > 0 || !b->any)
		r = pass_on(b, err);
	if (r == 0)
		r = write_done(b, 0, err);
	stop_workers(b);
	return r < 0 ? r : sink_finish(b->to, err);
}

static void
blocks_free(struct sink *s)
{
	struct blocks *b = (struct blocks *)s;
	size_t i;

	stop_workers(b);
	for (i = 0; i < b->count; i++) {
		free(b->ring[i].in);
		free(b->ring[i].out);
	}
	if (b->own)
		b->codec->close(b->own);
	(void)pthread_cond_destroy(&b->done);
	(void)pthread_cond_destroy(&b->work);
	(void)pthread_mutex_destroy(&b->lock);
	free(b->ring);
	free(b);
}

struct sink *
blocks_sink(const struct block_codec *codec, int level, struct sink *to)
{
	struct blocks *b = mem_zalloc(sizeof(*b));

	b->sink = (struct sink){ blocks_write, blocks_finish, blocks_free };
	b->codec = codec;
	b->level = level;
	b->to = to;
	b->count = core_count() + 2;
	b->ring = mem_array(b->count, sizeof(*b->ring));
	(void)pthread_mutex_init(&b->lock, NULL);
	(void)pthread_cond_init(&b->work, NULL);
	(void)pthread_cond_init(&b->done, NULL);
	return &b->sink;
}
