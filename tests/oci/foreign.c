/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/foreign.h"

/* printf 'hello\n' | bzip2 and xz, made by those. */
static const unsigned char bzip2_text[] = { 0x42, 0x5a, 0x68, 0x39, 0x31, 0x41,
	0x59, 0x26, 0x53, 0x59, 0xc1, 0xc0, 0x80, 0xe2, 0x00, 0x00, 0x01, 0x41,
	0x00, 0x00, 0x10, 0x02, 0x44, 0xa0, 0x00, 0x30, 0xcd, 0x00, 0xc3, 0x46,
	0x29, 0x97, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, 0xc1, 0xc0, 0x80,
	0xe2 };
static const unsigned char xz_text[] = { 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00,
	0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46, 0x02, 0x00, 0x21, 0x01, 0x16, 0x00,
	0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0x01, 0x00, 0x05, 0x68, 0x65, 0x6c,
	0x6c, 0x6f, 0x0a, 0x00, 0x00, 0x00, 0xa5, 0x60, 0x97, 0xf1, 0x94, 0xf6,
	0xfd, 0xe0, 0x00, 0x01, 0x1e, 0x06, 0xc1, 0x2f, 0xa4, 0x1d, 0x1f, 0xb6,
	0xf3, 0x7d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a };
static const struct {
	const unsigned char *data;
	size_t len;
} texts[] = {
	{ bzip2_text, sizeof(bzip2_text) },
	{ xz_text, sizeof(xz_text) },
};

static int
read_all(const void *data, size_t len, char *ret, size_t room,
	struct error *err)
{
	cleanup(source_free) struct source *from =
		source_from_memory(data, len);
	cleanup(source_free) struct source *plain = NULL;
	size_t have = 0;
	ssize_t n;

	assert_ok(foreign_source(from, &plain, err), err);
	while ((n = source_read(plain, ret + have, room - have, err)) > 0)
		have += (size_t)n;
	return n < 0 ? (int)n : (int)have;
}

static void
what_was_compressed_comes_out(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(texts); n++) {
		char out[100];
		autoerror err = { 0 };

		assert_true(foreign_detect(texts[n].data, texts[n].len));
		assert_false(foreign_detect(texts[n].data, 2));
		assert_int_equal(read_all(texts[n].data, texts[n].len, out,
			sizeof(out), &err), 6);
		assert_memory_equal(out, "hello\n", 6);
	}
	assert_false(foreign_detect("BZhash", 6));
	assert_false(foreign_detect("\x1f\x8b\x08\0\0\0", 6));
}

static void
what_is_damaged_is_said(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(texts); n++) {
		unsigned char copy[200];
		char out[100];
		autoerror cut = { 0 }, wrong = { 0 };

		assert_int_equal(read_all(texts[n].data, texts[n].len - 9, out,
			sizeof(out), &cut), -EBADMSG);
		memcpy(copy, texts[n].data, texts[n].len);
		copy[texts[n].len / 2] ^= 0x40;
		assert_int_equal(read_all(copy, texts[n].len, out, sizeof(out),
			&wrong), -EBADMSG);
	}
}

static ssize_t
failing(struct source *s, void *data, size_t len, struct error *err)
{
	(void)s;
	(void)data;
	(void)len;
	return error_set(err, EIO, "the disk is gone");
}

static void
what_the_source_says_is_handed_on(void **state)
{
	struct source from = { failing, NULL };
	cleanup(source_free) struct source *plain = NULL;
	autoerror err = { 0 };
	char byte;

	(void)state;
	assert_ok(foreign_source(&from, &plain, &err), &err);
	assert_fails((int)source_read(plain, &byte, 1, &err), &err, EIO,
		"the disk is gone");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_compressed_comes_out),
		cmocka_unit_test(what_is_damaged_is_said),
		cmocka_unit_test(what_the_source_says_is_handed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
