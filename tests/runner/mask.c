/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/mask.h"
#include "util/mem.h"

/* In chunks of `step` bytes. */
static void
assert_step(const struct mask *m, const char *text, const char *wanted,
	size_t step)
{
	cleanup_value(mask_stream_release) struct mask_stream s = { 0 };
	cleanup_value(buf_release) struct buf out = { 0 };
	size_t at, len = strlen(text);

	buf_init(&out, KiB(64));
	for (at = 0; at < len; at += step)
		mask_feed(m, &s, text + at, len - at < step ? len - at : step,
			&out);
	mask_flush(m, &s, &out);
	assert_string_equal(buf_text(&out), wanted);
}

static void
assert_masked(const struct mask *m, const char *text, const char *wanted)
{
	size_t step;

	for (step = 1; step <= strlen(text); step++)
		assert_step(m, text, wanted, step);
}

static void
hides(void **state)
{
	cleanup(mask_free) struct mask *m = mask_new();

	(void)state;
	mask_add(m, "s3cret/+", 8);
	mask_add(m, "s3cret/+longer", 14);
	mask_add(m, "ab", 2);
	assert_masked(m, "a s3cret/+ b", "a *** b");
	assert_masked(m, "s3cret/+s3cret/+", "******");
	assert_masked(m, "s3cret/+longer.", "***.");
	assert_masked(m, "s3cret/+longe", "***longe");
	assert_masked(m, "s3cret s3cret/", "s3cret s3cret/");
	assert_masked(m, "ss3cret/+", "s***");
	assert_masked(m, "ab", "ab");
	assert_masked(m, "czNjcmV0Lys=", "***=");	/* base64 */
	assert_masked(m, "x=s3cret%2F%2B&", "x=***&");	/* URL */
	assert_masked(m, "x=s3cret%2f%2b&", "x=***&");
}

static void
hides_lines(void **state)
{
	cleanup(mask_free) struct mask *m = mask_new();

	(void)state;
	mask_add(m, "first line\nsecond\n", 18);
	assert_masked(m, "first line\nsecond\n", "***");
	assert_masked(m, "x first line y second z", "x *** y *** z");
	assert_masked(m, "c2Vjb25k", "***");
}

static void
hides_in_texts(void **state)
{
	cleanup(mask_free) struct mask *m = mask_new();
	autofree char *whole = NULL;
	autofree char *none = mask_text(NULL, "a hush");

	(void)state;
	mask_add(m, "hush", 4);
	mask_add(m, "hushhush", 8);
	whole = mask_text(m, "a hushhush hush hushh hus");
	assert_string_equal(whole, "a *** *** ***h hus");
	assert_string_equal(none, "a hush");
}

static void
hides_nothing(void **state)
{
	cleanup(mask_free) struct mask *m = mask_new();

	(void)state;
	assert_masked(m, "text", "text");
	assert_masked(NULL, "text", "text");
	assert_null(mask_free(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hides),
		cmocka_unit_test(hides_lines),
		cmocka_unit_test(hides_in_texts),
		cmocka_unit_test(hides_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
