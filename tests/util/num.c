/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "util/num.h"

static void
digits_only(void **state)
{
	static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "0x1",
		"1a", "a", "1.0" };
	autoerror err = { 0 };
	uint64_t n = 77;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_fails(num_parse(bad[i], 100, &n, &err), &err, EINVAL,
			"is not a number");
	assert_int_equal(n, 77);
	assert_ok(num_parse("007", 100, &n, &err), &err);
	assert_int_equal(n, 7);
}

static void
numbers_have_a_ceiling(void **state)
{
	autoerror err = { 0 };
	uint64_t n;

	(void)state;
	assert_ok(num_parse("100", 100, &n, &err), &err);
	assert_fails(num_parse("101", 100, &n, &err), &err, ERANGE,
		"'101' is larger than 100");
	assert_ok(num_parse("18446744073709551615", UINT64_MAX, &n, &err),
		&err);
	assert_true(n == UINT64_MAX);
	assert_fails(num_parse("18446744073709551616", UINT64_MAX, &n, &err),
		&err, ERANGE, "larger");
	assert_fails(num_parse("99999999999999999999999", 5, &n, &err), &err,
		ERANGE, "larger");
}

static void
other_bases(void **state)
{
	autoerror err = { 0 };
	uint64_t n;

	(void)state;
	assert_ok(num_parse_octal("0755", 07777, &n, &err), &err);
	assert_int_equal(n, 0755);
	assert_fails(num_parse_octal("8", 07777, &n, &err), &err, EINVAL,
		"not a number");
	assert_fails(num_parse_octal("10000", 07777, &n, &err), &err, ERANGE,
		"larger");
	assert_ok(num_parse_hex("fFf", 0xfff, &n, &err), &err);
	assert_int_equal(n, 0xfff);
	assert_fails(num_parse_hex("g", 0xfff, &n, &err), &err, EINVAL,
		"not a number");
}

static void
sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {
		{ "0", 0 }, { "10", 10 }, { "10b", 10 }, { "1k", 1024 },
		{ "1K", 1024 }, { "1kb", 1024 }, { "1KiB", 1024 },
		{ "1.5m", 1572864 }, { ".5k", 512 }, { "2.k", 2048 },
		{ "3 GB", 3ULL << 30 }, { "4t", 4ULL << 40 },
		{ "1p", 1ULL << 50 }, { "16383p", 16383ULL << 50 },
	};
	static const char *const bad[] = { "", "k", ".", "-1", "1x", "1kk",
		"1kib2", "1  k", "1ki", "1bb", " 1", "0x1", "1k " };
	autoerror err = { 0 };
	uint64_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_ok(num_parse_size(good[i].text, &n, &err), &err);
		assert_true(n == good[i].bytes);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_fails(num_parse_size(bad[i], &n, &err), &err, EINVAL,
			"is not a size");
	assert_fails(num_parse_size("16384p", &n, &err), &err, ERANGE,
		"too large");
}

static void
durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} good[] = {
		{ "0", 0 }, { "1s", 1000000000 }, { "1m30s", 90000000000 },
		{ "500ms", 500000000 }, { "1.5h", 5400000000000 },
		{ "-2s", -2000000000 }, { "+1us", 1000 }, { "7ns", 7 },
		{ "3\xc2\xb5s", 3000 }, { "3\xce\xbcs", 3000 },
		{ "1h0m0.5s", 3600500000000 }, { "-0", 0 }, { ".5s", 500000000 },
		{ "9223372036854775807ns", INT64_MAX },
	};
	static const char *const bad[] = { "", "-", "1", "1x", "s", "1s2",
		".s", "1 s", "--1s", "1S", "1d" };
	autoerror err = { 0 };
	int64_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_ok(num_parse_duration(good[i].text, &n, &err), &err);
		assert_true(n == good[i].ns);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(num_parse_duration(bad[i], &n, &err), -EINVAL);
		assert_non_null(err.hint);
	}
	assert_fails(num_parse_duration("9223372036854775808ns", &n, &err),
		&err, ERANGE, "too long");
	assert_fails(num_parse_duration("3000000h", &n, &err), &err, ERANGE,
		"too long");
	assert_fails(num_parse_duration("2562047h48m", &n, &err), &err,
		ERANGE, "too long");
}

static void
times(void **state)
{
	static const struct {
		int64_t s;
		uint32_t ns;
		const char *text;
	} cases[] = {
		{ 0, 0, "1970-01-01T00:00:00Z" },
		{ 1795412556, 0, "2026-11-23T05:42:36Z" },
		{ 1795412556, 1, "2026-11-23T05:42:36.000000001Z" },
		{ -1, 999999999, "1969-12-31T23:59:59.999999999Z" },
		{ 253402300799, 0, "9999-12-31T23:59:59Z" },
		{ INT64_MAX, 0, "9999-12-31T23:59:59Z" },
		{ INT64_MIN, 0, "0000-01-01T00:00:00Z" },
	};
	char text[40];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		num_format_time(cases[i].s, cases[i].ns, text);
		assert_string_equal(text, cases[i].text);
	}
}

static void
sizes_for_people(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{ 0, "0B" }, { 999, "999B" }, { 1000, "1kB" },
		{ 12345678, "12.3MB" }, { 999499, "999kB" },
		{ 999500, "1MB" }, { 4856832, "4.86MB" },
		{ UINT64_MAX, "18.4EB" },
	};
	char text[24];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		num_format_size(cases[i].bytes, text);
		assert_string_equal(text, cases[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digits_only),
		cmocka_unit_test(numbers_have_a_ceiling),
		cmocka_unit_test(other_bases),
		cmocka_unit_test(sizes),
		cmocka_unit_test(durations),
		cmocka_unit_test(times),
		cmocka_unit_test(sizes_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
