/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sched.h>

#include "oci/compress.h"
#include "oci/descriptor.h"
#include "oci/digest.h"
#include "tests/lib/bytes.h"

/* The same on every machine: half noise, half text. */
static void
fill(char *data, size_t len)
{
	uint32_t x = 12345;
	size_t i;

	for (i = 0; i < len; i++) {
		x = x * 1664525 + 1013904223;
		data[i] = (char)((i >> 12) & 1 ? x >> 24 : 'a' + (x >> 30));
	}
}

static void
compress_in_pieces(enum codec c, int level, const char *data, size_t len,
	size_t piece, struct buf *ret)
{
	struct bytes_sink to = bytes_into(ret);
	cleanup(sink_free) struct sink *sink = NULL;
	autoerror err = { 0 };
	size_t at;

	assert_ok(compress_sink(c, level, &to.sink, &sink, &err), &err);
	for (at = 0; at < len; at += piece)
		assert_ok(sink_write(sink, data + at,
			piece < len - at ? piece : len - at, &err), &err);
	assert_ok(sink_finish(sink, &err), &err);
}

/* Gives at most `piece` bytes at a time. */
struct slow {
	struct source source;
	struct source *from;
	size_t piece;
};

static ssize_t
slow_read(struct source *s, void *data, size_t len, struct error *err)
{
	struct slow *slow = (struct slow *)s;

	return source_read(slow->from, data,
		len < slow->piece ? len : slow->piece, err);
}

static int
decompress(enum codec c, const void *data, size_t len, size_t piece,
	struct buf *ret, struct error *err)
{
	cleanup(source_free) struct source *memory =
		source_from_memory(data, len);
	struct slow slow = { { .read = slow_read }, memory, piece };
	cleanup(source_free) struct source *plain = NULL;
	struct bytes_sink to = bytes_into(ret);

	assert_int_equal(decompress_source(c, &slow.source, &plain, err), 0);
	return stream_copy(plain, &to.sink, MiB(200), NULL, err);
}

static void
test_words(void **state)
{
	autoerror err = { 0 };
	enum codec c;

	(void)state;
	assert_ok(codec_parse("gzip", &c, &err), &err);
	assert_int_equal(c, CODEC_GZIP);
	assert_ok(codec_parse("uncompressed", &c, &err), &err);
	assert_int_equal(c, CODEC_NONE);
	assert_string_equal(codec_name(CODEC_ZSTD), "zstd");
	assert_fails(codec_parse("bzip2", &c, &err), &err, EINVAL, "'bzip2'");
	assert_ok(codec_of_media_type(MEDIA_DOCKER_LAYER_GZIP, &c, &err), &err);
	assert_int_equal(c, CODEC_GZIP);
	assert_ok(codec_of_media_type(MEDIA_OCI_LAYER_ZSTD, &c, &err), &err);
	assert_int_equal(c, CODEC_ZSTD);
	assert_string_equal(codec_media_type(CODEC_NONE), MEDIA_OCI_LAYER);
	assert_fails(codec_of_media_type("text/plain", &c, &err), &err, ENOTSUP,
		"text/plain");
	assert_int_equal(codec_detect("\x1f\x8b", 2), CODEC_GZIP);
	assert_int_equal(codec_detect("\x28\xb5\x2f\xfd", 4), CODEC_ZSTD);
	assert_int_equal(codec_detect("\x28\xb5\x2f", 3), CODEC_NONE);
	assert_int_equal(codec_detect("tar", 3), CODEC_NONE);
	assert_int_equal(codec_detect("", 0), CODEC_NONE);
}

static void
test_levels(void **state)
{
	struct sink *sink = NULL, nowhere = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_fails(compress_sink(CODEC_GZIP, 13, &nowhere, &sink, &err), &err,
		EINVAL, "1 to 12");
	assert_fails(compress_sink(CODEC_ZSTD, -1, &nowhere, &sink, &err), &err,
		EINVAL, "1 to 19");
	assert_null(sink);
}

static const size_t sizes[] = {
	0, 1, 511, MiB(1) - 1, MiB(1), MiB(1) + 1, MiB(2), MiB(2) + 1,
	MiB(9) + 7,
};

static void
test_round_trips(void **state)
{
	autofree char *data = mem_alloc(MiB(10));
	autoerror err = { 0 };
	enum codec c;
	size_t i;

	(void)state;
	fill(data, MiB(10));
	for (c = CODEC_NONE; c <= CODEC_ZSTD; c++) {
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			cleanup_value(buf_release) struct buf small = { 0 };
			cleanup_value(buf_release) struct buf back = { 0 };

			compress_in_pieces(c, 1, data, sizes[i], 65536,
				&small);
			assert_ok(decompress(c, small.data, small.len,
				MiB(1), &back, &err), &err);
			assert_int_equal(back.len, sizes[i]);
			if (back.len > 0)
				assert_memory_equal(back.data, data, back.len);
		}
	}
}

static void
digest_in_pieces(enum codec c, const char *data, size_t len, size_t piece,
	char ret[DIGEST_HEX_SIZE])
{
	cleanup_value(buf_release) struct buf small = { 0 };
	struct digest d;

	compress_in_pieces(c, 0, data, len, piece, &small);
	digest_of(small.data, small.len, &d);
	(void)digest_format_hex(&d, ret);
}

/* However it is cut, on however many cores. */
static void
test_same_bytes(void **state)
{
	static const size_t pieces[] = { 7, 4096, MiB(1) + 3, MiB(10) };
	autofree char *data = mem_alloc(MiB(5));
	char one[DIGEST_HEX_SIZE], other[DIGEST_HEX_SIZE];
	cpu_set_t before, single;
	enum codec c;
	size_t i;

	(void)state;
	fill(data, MiB(5));
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&single);
	for (i = 0; !CPU_ISSET(i, &before); i++)
		;
	CPU_SET(i, &single);
	for (c = CODEC_GZIP; c <= CODEC_ZSTD; c++) {
		digest_in_pieces(c, data, MiB(5), 65536, one);
		for (i = 0; i < ARRAY_SIZE(pieces); i++) {
			digest_in_pieces(c, data, MiB(5), pieces[i], other);
			assert_string_equal(one, other);
		}
		assert_int_equal(sched_setaffinity(0, sizeof(single), &single),
			0);
		digest_in_pieces(c, data, MiB(5), 65536, other);
		assert_string_equal(one, other);
		assert_int_equal(sched_setaffinity(0, sizeof(before), &before),
			0);
	}
}

static void
test_members(void **state)
{
	static const unsigned char header[10] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0,
		0, 255 };
	cleanup_value(buf_release) struct buf small = { 0 };
	autofree char *data = mem_zalloc(MiB(2));
	size_t i, members = 0;

	(void)state;
	compress_in_pieces(CODEC_GZIP, 0, data, MiB(2), MiB(1), &small);
	for (i = 0; i + 10 <= small.len; i++)
		members += memcmp(small.data + i, header, 10) == 0;
	assert_int_equal(members, 2);
	compress_in_pieces(CODEC_GZIP, 0, data, 0, 1, &small);
	assert_memory_equal(small.data, header, 10);
}

/* Input that comes byte by byte, across the ends of members. */
static void
test_slow_input(void **state)
{
	autofree char *data = mem_alloc(MiB(3));
	autoerror err = { 0 };
	enum codec c;

	(void)state;
	fill(data, MiB(3));
	for (c = CODEC_GZIP; c <= CODEC_ZSTD; c++) {
		cleanup_value(buf_release) struct buf small = { 0 };
		cleanup_value(buf_release) struct buf back = { 0 };

		compress_in_pieces(c, 1, data, MiB(3), MiB(3), &small);
		assert_ok(decompress(c, small.data, small.len, 1, &back, &err),
			&err);
		assert_int_equal(back.len, MiB(3));
		assert_memory_equal(back.data, data, back.len);
	}
}

/* Many small members with all a header may have, and zeros behind. */
static void
test_foreign_gzip(void **state)
{
	static const unsigned char named[] = {
		0x1f, 0x8b, 8, 0x1e, 1, 2, 3, 4, 0, 3, 3, 0, 'E', 'X', 0,
		'n', 'a', 'm', 'e', 0, 'n', 'o', 't', 'e', 0, 0x82, 0x21,
		0x4b, 0xcb, 0xcf, 0x4f, 0x4a, 0x2c, 2, 0, 0x95, 0x1f, 0xf6,
		0x9e, 6, 0, 0, 0,
	};
	cleanup_value(buf_release) struct buf all = { 0 };
	cleanup_value(buf_release) struct buf back = { 0 };
	autoerror err = { 0 };
	size_t i;

	(void)state;
	buf_init(&all, MiB(1));
	for (i = 0; i < 1000; i++)
		buf_add(&all, named, sizeof(named));
	for (i = 1; i < 40; i++) {
		assert_ok(decompress(CODEC_GZIP, all.data, all.len, i, &back,
			&err), &err);
		assert_int_equal(back.len, 6000);
	}
	assert_memory_equal(back.data, "foobarfoobar", 12);
	for (i = 0; i < 700; i++)
		buf_addc(&all, '\0');
	assert_ok(decompress(CODEC_GZIP, all.data, all.len, 600, &back, &err),
		&err);
	assert_int_equal(back.len, 6000);
	buf_addc(&all, 'x');
	assert_fails(decompress(CODEC_GZIP, all.data, all.len, 600, &back,
		&err), &err, EBADMSG, "rubbish");
}

static void
test_damage(void **state)
{
	autofree char *data = mem_alloc(100000);
	autoerror err = { 0 };
	enum codec c;
	size_t len;

	(void)state;
	fill(data, 100000);
	for (c = CODEC_GZIP; c <= CODEC_ZSTD; c++) {
		cleanup_value(buf_release) struct buf small = { 0 };
		cleanup_value(buf_release) struct buf back = { 0 };

		compress_in_pieces(c, 0, data, 100000, 100000, &small);
		/* Cut anywhere. */
		for (len = 0; len < small.len; len += 1 + len / 50)
			assert_fails(decompress(c, small.data, len, 4096, &back,
				&err), &err, EBADMSG, codec_name(c));
		assert_fails(decompress(c, small.data, small.len - 1, 4096,
			&back, &err), &err, EBADMSG, "too early");
		/* The checksum of the data, and then what is behind. */
		small.data[small.len - (c == CODEC_GZIP ? 8 : 1)] ^= 1;
		assert_fails(decompress(c, small.data, small.len, 4096, &back,
			&err), &err, EBADMSG, "damaged");
		assert_fails(decompress(c, "rubbish rubbish", 15, 4096, &back,
			&err), &err, EBADMSG, "damaged");
	}
}

struct full {
	struct sink sink;
	size_t room;
};

static int
full_write(struct sink *s, const void *data, size_t len, struct error *err)
{
	struct full *f = (struct full *)s;

	(void)data;
	if (len > f->room)
		return error_set(err, ENOSPC, "full");
	f->room -= len;
	return 0;
}

/* A write that fails while threads are at work, and one given up. */
static void
test_failing_sink(void **state)
{
	autofree char *data = mem_alloc(MiB(1));
	autoerror err = { 0 };
	size_t room;
	int i, r;

	(void)state;
	fill(data, MiB(1));
	for (room = 0; room < MiB(8); room += MiB(1)) {
		struct full full = {
			{ .write = full_write, .finish = bytes_finish }, room,
		};
		cleanup(sink_free) struct sink *sink = NULL;

		assert_ok(compress_sink(CODEC_GZIP, 1, &full.sink, &sink, &err),
			&err);
		for (i = 0, r = 0; r == 0 && i < 20; i++)
			r = sink_write(sink, data, MiB(1), &err);
		if (r == 0)
			r = sink_finish(sink, &err);
		assert_fails(r, &err, ENOSPC, "full");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_slow_input),
		cmocka_unit_test(test_foreign_gzip),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_failing_sink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
