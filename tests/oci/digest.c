/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/digest.h"

/* FIPS 180-2, appendix B.1, and the digest of nothing. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define NOTHING                                                                \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void
assert_hex(const struct digest *d, const char *expected)
{
	char hex[DIGEST_HEX_SIZE];

	assert_string_equal(digest_format_hex(d, hex), expected);
}

static void
test_of(void **state)
{
	struct digest d;

	(void)state;
	digest_of("abc", 3, &d);
	assert_hex(&d, ABC);
	digest_of(NULL, 0, &d);
	assert_hex(&d, NOTHING);
}

static void
test_parse(void **state)
{
	struct digest d, same;
	char text[DIGEST_TEXT_SIZE];

	(void)state;
	assert_int_equal(digest_parse("sha256:" ABC, &d, NULL), 0);
	assert_string_equal(digest_format(&d, text), "sha256:" ABC);
	assert_int_equal(digest_parse_hex(ABC, &same, NULL), 0);
	assert_true(digest_equal(&d, &same));
	assert_false(digest_is_none(&d));
	same = (struct digest){ 0 };
	assert_true(digest_is_none(&same));
	assert_false(digest_equal(&d, &same));
}

static void
test_parse_refuses(void **state)
{
	static const char *const bad[] = {
		"", "sha256", "sha256:", ABC, "sha256:" ABC "0",
		"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
		"sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
		"SHA256:" ABC, "sha256: " ABC, "md5:900150983cd24fb0d6963f7d28e17f72",
		"sha256:xa7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	};
	autoerror err = { 0 };
	struct digest d = { { 7 } };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_fails(digest_parse(bad[i], &d, &err), &err, EINVAL, "");
	assert_fails(digest_parse("sha512:ab", &d, &err), &err, ENOTSUP,
		"is not of SHA-256");
	assert_fails(digest_parse("blake3:ab", &d, &err), &err, ENOTSUP, "");
	assert_fails(digest_parse_hex("sha256:" ABC, &d, &err), &err, EINVAL,
		"64 lower-case");
	assert_int_equal(d.bytes[0], 7);
}

static void
test_digester(void **state)
{
	cleanup(digester_free) struct digester *d = digester_new();
	struct digest one, other;

	(void)state;
	digester_add(d, "a", 1);
	digester_add(d, "bc", 2);
	digester_take(d, &one);
	assert_hex(&one, ABC);
	/* It starts anew. */
	digester_take(d, &one);
	assert_hex(&one, NOTHING);
	digester_add_text(d, "ab");
	digester_add_text(d, "c");
	digester_take(d, &one);
	digester_add_text(d, "a");
	digester_add_text(d, "bc");
	digester_take(d, &other);
	assert_false(digest_equal(&one, &other));
}

static void
test_sink(void **state)
{
	struct digest first = { 0 }, second = { 0 };
	uint64_t size = 0;
	cleanup(sink_free) struct sink *next = digest_sink(NULL, &second, NULL);
	cleanup(sink_free) struct sink *s = digest_sink(next, &first, &size);

	(void)state;
	assert_int_equal(sink_write(s, "ab", 2, NULL), 0);
	assert_int_equal(sink_write(s, "c", 1, NULL), 0);
	assert_true(digest_is_none(&first));
	assert_int_equal(sink_finish(s, NULL), 0);
	assert_hex(&first, ABC);
	assert_hex(&second, ABC);
	assert_int_equal(size, 3);
	/* Finishing again changes nothing. */
	assert_int_equal(sink_finish(s, NULL), 0);
	assert_hex(&first, ABC);
}

static void
test_source(void **state)
{
	cleanup(source_free) struct source *from = source_from_memory("abc", 3);
	struct digest d = { 0 };
	uint64_t size = 0;
	cleanup(source_free) struct source *s = digest_source(from, &d, &size);
	char data[8];

	(void)state;
	assert_int_equal(source_read(s, data, 2, NULL), 2);
	assert_int_equal(source_read(s, data, 2, NULL), 1);
	assert_true(digest_is_none(&d));
	assert_int_equal(source_read(s, data, 2, NULL), 0);
	assert_int_equal(source_read(s, data, 2, NULL), 0);
	assert_hex(&d, ABC);
	assert_int_equal(size, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_digester),
		cmocka_unit_test(test_sink),
		cmocka_unit_test(test_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
