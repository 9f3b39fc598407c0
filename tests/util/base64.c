/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "util/base64.h"

/* RFC 4648, section 10. */
static const struct {
	const char *text, *coded;
} vectors[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
};

static void
both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		cleanup_value(buf_release) struct buf coded = { 0 };
		cleanup_value(buf_release) struct buf text = { 0 };

		buf_init(&coded, 64);
		buf_init(&text, 64);
		base64_format(vectors[i].text, strlen(vectors[i].text), &coded);
		assert_string_equal(buf_text(&coded), vectors[i].coded);
		assert_int_equal(base64_parse(vectors[i].coded, &text), 0);
		assert_string_equal(buf_text(&text), vectors[i].text);
	}
}

static void
every_byte(void **state)
{
	cleanup_value(buf_release) struct buf coded = { 0 };
	cleanup_value(buf_release) struct buf back = { 0 };
	unsigned char bytes[256];

	(void)state;
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	buf_init(&coded, 1024);
	buf_init(&back, 1024);
	base64_format(bytes, sizeof(bytes), &coded);
	assert_int_equal(base64_parse(buf_text(&coded), &back), 0);
	assert_int_equal(back.len, sizeof(bytes));
	assert_memory_equal(back.data, bytes, sizeof(bytes));
}

static void
lenient_and_strict(void **state)
{
	static const char *const bad[] = { "Z", "Zg=x", "Z*==", "Zm9v!", "-_" };
	cleanup_value(buf_release) struct buf b = { 0 };

	(void)state;
	buf_init(&b, 64);
	assert_int_equal(base64_parse("Zm\n9v\r\nYg", &b), 0);
	assert_string_equal(buf_text(&b), "foob");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(base64_parse(bad[i], &b), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(every_byte),
		cmocka_unit_test(lenient_and_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
