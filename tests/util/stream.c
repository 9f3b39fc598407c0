/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "util/stream.h"

#define autosource cleanup(source_free) struct source
#define autosink cleanup(sink_free) struct sink

/* Gives `good` bytes one at a time, then fails; counts its releases. */
struct bad_source {
	struct source source;
	unsigned good;
	unsigned freed;
};

static ssize_t
bad_read(struct source *s, void *data, size_t len, struct error *err)
{
	struct bad_source *b = (struct bad_source *)s;

	assert_true(len > 0);
	if (!b->good)
		return error_set(err, EIO, "torn");
	b->good--;
	*(char *)data = 'g';
	return 1;
}

static void
bad_free(struct source *s)
{
	((struct bad_source *)s)->freed++;
}

struct bad_sink {
	struct sink sink;
	unsigned written, finished;
	int fail;
};

static int
bad_write(struct sink *s, const void *data, size_t len, struct error *err)
{
	struct bad_sink *b = (struct bad_sink *)s;

	(void)data;
	b->written += (unsigned)len;
	return b->fail ? error_set(err, ENOSPC, "full") : 0;
}

static int
bad_finish(struct sink *s, struct error *err)
{
	struct bad_sink *b = (struct bad_sink *)s;

	b->finished++;
	return b->fail ? error_set(err, ENOSPC, "full") : 0;
}

static const struct bad_source bad_source = { .source = { bad_read,
						      bad_free } };
static const struct bad_sink good_sink = { .sink = { bad_write, bad_finish,
						   NULL } };
static const struct bad_sink full_sink = {
	.sink = { bad_write, bad_finish, NULL }, .fail = 1
};

static void
memory_is_read_to_its_end(void **state)
{
	autosource *s = source_from_memory("abcdef", 6);
	autoerror err = { 0 };
	char data[10];

	(void)state;
	assert_int_equal(source_read(s, data, 4, &err), 4);
	assert_memory_equal(data, "abcd", 4);
	assert_int_equal(source_read(s, data, 4, &err), 2);
	assert_int_equal(source_read(s, data, 4, &err), 0);
	assert_fails(source_read_all(s, data, 1, &err), &err, ENODATA,
		"unexpected end");
	assert_ok(source_read_all(s, data, 0, &err), &err);
}

static void
read_all_and_skip_join_short_reads(void **state)
{
	struct bad_source bad = bad_source;
	autoerror err = { 0 };
	char data[5];

	(void)state;
	bad.good = 10;
	assert_ok(source_read_all(&bad.source, data, 5, &err), &err);
	assert_memory_equal(data, "ggggg", 5);
	assert_ok(source_skip(&bad.source, 4, &err), &err);
	assert_fails(source_skip(&bad.source, 2, &err), &err, EIO, "torn");
	assert_fails(source_read_all(&bad.source, data, 1, &err), &err, EIO,
		"torn");
	assert_null(source_free(&bad.source));
	assert_int_equal(bad.freed, 1);
	assert_null(source_free(NULL));
}

static void
skip_tells_the_end(void **state)
{
	autofree char *many = mem_zalloc(KiB(40));
	autosource *s = source_from_memory(many, KiB(40));
	autoerror err = { 0 };

	(void)state;
	assert_ok(source_skip(s, KiB(39), &err), &err);
	assert_fails(source_skip(s, KiB(2), &err), &err, ENODATA,
		"unexpected end");
}

static void
limited_stops_and_leaves_the_rest(void **state)
{
	autosource *from = source_from_memory("abcdef", 6);
	autosource *part = source_limited(from, 4);
	autosource *longer = source_limited(from, 100);
	autoerror err = { 0 };
	char data[10];

	(void)state;
	assert_int_equal(source_read(part, data, 3, &err), 3);
	assert_int_equal(source_read(part, data, 3, &err), 1);
	assert_int_equal(source_read(part, data, 3, &err), 0);
	assert_int_equal(source_read(longer, data, 10, &err), 2);
	assert_memory_equal(data, "ef", 2);
	assert_int_equal(source_read(longer, data, 10, &err), 0);
}

static void
copy_counts_and_is_limited(void **state)
{
	autofree char *many = mem_zalloc(KiB(100));
	autosource *s = source_from_memory(many, KiB(100));
	autosource *again = source_from_memory(many, KiB(100));
	autoerror err = { 0 };
	uint64_t count, copied = 0;
	autosink *to = sink_to_nowhere(&count);

	(void)state;
	assert_ok(stream_copy(s, to, KiB(100), &copied, &err), &err);
	assert_int_equal(copied, KiB(100));
	assert_int_equal(count, KiB(100));
	assert_ok(stream_copy(s, to, 0, NULL, &err), &err);
	assert_fails(stream_copy(again, to, KiB(100) - 1, &copied, &err), &err,
		EFBIG, "more than 102399 bytes");
	assert_ok(sink_finish(to, &err), &err);
}

static void
copy_hands_failures_on(void **state)
{
	struct bad_source bad = bad_source;
	struct bad_sink full = full_sink, good = good_sink;
	autosource *s = source_from_memory("abc", 3);
	autoerror err = { 0 };

	(void)state;
	assert_fails(stream_copy(&bad.source, &good.sink, 10, NULL, &err), &err,
		EIO, "torn");
	assert_fails(stream_copy(s, &full.sink, 10, NULL, &err), &err, ENOSPC,
		"full");
}

static void
tee_writes_and_finishes_both(void **state)
{
	struct bad_sink one = good_sink, other = good_sink, full = full_sink;
	autosink *both = sink_tee(&one.sink, &other.sink);
	autosink *half = sink_tee(&one.sink, &full.sink);
	autosink *none = sink_tee(&full.sink, &one.sink);
	autoerror err = { 0 };

	(void)state;
	assert_ok(sink_write(both, "abc", 3, &err), &err);
	assert_ok(sink_write(both, "", 0, &err), &err);
	assert_ok(sink_finish(both, &err), &err);
	assert_int_equal(one.written, 3);
	assert_int_equal(other.written, 3);
	assert_int_equal(one.finished, 1);
	assert_int_equal(other.finished, 1);
	assert_fails(sink_write(half, "x", 1, &err), &err, ENOSPC, "full");
	assert_fails(sink_finish(half, &err), &err, ENOSPC, "full");
	assert_fails(sink_write(none, "x", 1, &err), &err, ENOSPC, "full");
	assert_fails(sink_finish(none, &err), &err, ENOSPC, "full");
	assert_null(sink_free(NULL));
}

static void
descriptors(void **state)
{
	autoerror err = { 0 };
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	{
		autosink *to = sink_to_fd(fds[1]);
		autosource *from = source_from_fd(fds[0]);
		char data[10];

		assert_ok(sink_write(to, "hello", 5, &err), &err);
		assert_ok(sink_finish(to, &err), &err);
		assert_int_equal(source_read(from, data, 10, &err), 5);
		assert_memory_equal(data, "hello", 5);
		(void)close(fds[1]);
		assert_int_equal(source_read(from, data, 10, &err), 0);
		/* Both are borrowed: the reader still closes his own. */
		assert_int_equal(close(fds[0]), 0);
		assert_fails(sink_write(to, "x", 1, &err), &err, EBADF,
			"cannot write");
		assert_fails((int)source_read(from, data, 1, &err), &err,
			EBADF, "cannot read");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_read_to_its_end),
		cmocka_unit_test(read_all_and_skip_join_short_reads),
		cmocka_unit_test(skip_tells_the_end),
		cmocka_unit_test(limited_stops_and_leaves_the_rest),
		cmocka_unit_test(copy_counts_and_is_limited),
		cmocka_unit_test(copy_hands_failures_on),
		cmocka_unit_test(tee_writes_and_finishes_both),
		cmocka_unit_test(descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
