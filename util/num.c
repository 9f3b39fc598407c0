/* SPDX-License-Identifier: Apache-2.0 */
#include "util/num.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "util/mem.h"

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return INT_MAX;
}

/* Digits from *text on, which moves behind them; false on overflow. */
static bool
scan_digits(const char **text, unsigned base, uint64_t *ret)
{
	uint64_t value = 0;
	unsigned digit;

	for (; (digit = (unsigned)digit_value(**text)) < base; (*text)++) {
		if (__builtin_mul_overflow(value, base, &value) ||
			__builtin_add_overflow(value, digit, &value))
			return false;
	}
	*ret = value;
	return true;
}

static int
num_parse_base(const char *text, unsigned base, uint64_t max, uint64_t *ret,
	struct error *err)
{
	const char *end = text;
	uint64_t value = 0;
	bool fits = scan_digits(&end, base, &value);

	if (end == text || (fits && *end))
		return error_set(err, EINVAL, "'%s' is not a number", text);
	if (!fits || value > max)
		return error_set(err, ERANGE, "'%s' is larger than %llu", text,
			(unsigned long long)max);
	*ret = value;
	return 0;
}

int
num_parse(const char *text, uint64_t max, uint64_t *ret, struct error *err)
{
	return num_parse_base(text, 10, max, ret, err);
}

int
num_parse_octal(const char *text, uint64_t max, uint64_t *ret,
	struct error *err)
{
	return num_parse_base(text, 8, max, ret, err);
}

int
num_parse_hex(const char *text, uint64_t max, uint64_t *ret,
	struct error *err)
{
	return num_parse_base(text, 16, max, ret, err);
}

/* "12", "1.5", ".5": a whole part and a fraction in units of 1e-9; what is
 * finer than that is dropped. */
struct decimal {
	uint64_t whole;
	uint64_t billionths;
};

static bool
scan_fraction(const char **text, uint64_t *ret_billionths)
{
	uint64_t value = 0, unit = 100000000;
	const char *start = *text;

	for (; **text >= '0' && **text <= '9'; (*text)++, unit /= 10)
		value += (uint64_t)(**text - '0') * unit;
	*ret_billionths = value;
	return *text > start;
}

static bool
scan_decimal(const char **text, struct decimal *ret)
{
	const char *start = *text;
	bool some;

	*ret = (struct decimal){ 0 };
	if (!scan_digits(text, 10, &ret->whole))
		return false;
	some = *text > start;
	if (**text != '.')
		return some;
	(*text)++;
	return scan_fraction(text, &ret->billionths) || some;
}

/* d * factor, rounded down; false on overflow. */
static bool
decimal_times(const struct decimal *d, uint64_t factor, uint64_t *ret)
{
	unsigned __int128 value = (unsigned __int128)d->whole * factor +
		(unsigned __int128)d->billionths * factor / 1000000000;

	if (value > UINT64_MAX)
		return false;
	*ret = (uint64_t)value;
	return true;
}

/* The power of two that "", "b", "k", "kb", "KiB", ... stand for, or -1. */
static int
size_shift(const char *suffix)
{
	static const char letters[] = "kmgtp";
	const char *letter;

	if (!*suffix || strcasecmp(suffix, "b") == 0)
		return 0;
	letter = strchr(letters, *suffix | 0x20);
	if (!letter || !*letter)
		return -1;
	suffix++;
	if (*suffix && strcasecmp(suffix, "b") != 0 &&
		strcasecmp(suffix, "ib") != 0)
		return -1;
	return 10 * (int)(letter - letters + 1);
}

int
num_parse_size(const char *text, uint64_t *ret_bytes, struct error *err)
{
	const char *end = text;
	struct decimal d;
	int shift;

	if (!scan_decimal(&end, &d))
		return error_set(err, EINVAL, "'%s' is not a size", text);
	if (*end == ' ')
		end++;
	shift = size_shift(end);
	if (shift < 0)
		return error_set(err, EINVAL,
			"'%s' is not a size: unknown unit '%s'", text, end);
	if (!decimal_times(&d, 1ULL << shift, ret_bytes))
		return error_set(err, ERANGE, "size '%s' is too large", text);
	return 0;
}

static const struct {
	const char *name;
	uint64_t ns;
} duration_units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "\xc2\xb5s", 1000 },	/* micro sign */
	{ "\xce\xbcs", 1000 },	/* Greek mu */
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "m", 60000000000 },
	{ "h", 3600000000000 },
};

/* A unit at *text, which moves behind it; 0 when there is none. The unit
 * reaches to the next digit or point, as Go reads it. */
static uint64_t
scan_unit(const char **text)
{
	size_t len = strcspn(*text, ".0123456789");

	for (size_t i = 0; i < ARRAY_SIZE(duration_units); i++) {
		const char *name = duration_units[i].name;

		if (strlen(name) == len && strncmp(*text, name, len) == 0) {
			*text += len;
			return duration_units[i].ns;
		}
	}
	return 0;
}

static int
scan_duration(const char *text, uint64_t *ret)
{
	uint64_t total = 0, part, unit;
	struct decimal d;

	if (!*text)
		return -EINVAL;
	while (*text) {
		if (!scan_decimal(&text, &d))
			return -EINVAL;
		unit = scan_unit(&text);
		if (!unit)
			return -EINVAL;
		if (!decimal_times(&d, unit, &part) ||
			__builtin_add_overflow(total, part, &total) ||
			total > INT64_MAX)
			return -ERANGE;
	}
	*ret = total;
	return 0;
}

int
num_parse_duration(const char *text, int64_t *ret_ns, struct error *err)
{
	const char *digits = text + (*text == '-' || *text == '+');
	uint64_t ns = 0;
	int r;

	r = strcmp(digits, "0") == 0 ? 0 : scan_duration(digits, &ns);
	if (r == -ERANGE)
		return error_set(err, ERANGE, "duration '%s' is too long",
			text);
	if (r < 0) {
		(void)error_set(err, EINVAL, "'%s' is not a duration", text);
		return error_hint(err, "write it like 1m30s or 500ms");
	}
	*ret_ns = *text == '-' ? -(int64_t)ns : (int64_t)ns;
	return 0;
}

void
num_format_time(int64_t seconds, uint32_t nanoseconds, char ret[40])
{
	const int64_t year_0 = -62167219200, last = 253402300799;
	time_t when;
	struct tm tm;

	/* RFC 3339 has years of four digits. */
	when = seconds < year_0 ? year_0 : seconds > last ? last : seconds;
	(void)gmtime_r(&when, &tm);
	(void)snprintf(ret, 40, "%04d-%02d-%02dT%02d:%02d:%02d",
		tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		tm.tm_min, tm.tm_sec);
	if (nanoseconds)
		(void)snprintf(ret + 19, 21, ".%09uZ", nanoseconds);
	else
		(void)snprintf(ret + 19, 21, "Z");
}

void
num_format_size(uint64_t bytes, char ret[24])
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB",
		"EB" };
	double value = (double)bytes;
	size_t unit = 0;

	/* 999.5 would be printed as 1e+03. */
	while (value >= 999.5) {
		value /= 1000;
		unit++;
	}
	(void)snprintf(ret, 24, "%.3g%s", value, units[unit]);
}
