/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/history.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/scope.h"

static const char *
escape_of(char c)
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\a':
		return "\\a";
	case '\b':
		return "\\b";
	case '\f':
		return "\\f";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	case '\v':
		return "\\v";
	}
	return NULL;
}

void
history_add_quoted(struct buf *b, const char *text)
{
	buf_addc(b, '"');
	for (; *text; text++) {
		const char *escape = escape_of(*text);
		unsigned char c = (unsigned char)*text;

		if (escape)
			buf_adds(b, escape);
		else if (c < 0x20 || c == 0x7f)
			buf_addf(b, "\\x%02x", c);
		else
			buf_addc(b, *text);
	}
	buf_addc(b, '"');
}

void
history_add_quoted_list(struct buf *b, const struct strv *items)
{
	buf_addc(b, '[');
	for (size_t n = 0; n < items->count; n++) {
		if (n > 0)
			buf_addc(b, ' ');
		history_add_quoted(b, items->items[n]);
	}
	buf_addc(b, ']');
}

void
history_add_list(struct buf *b, const struct strv *items)
{
	autofree char *joined = strv_join(items, " ");

	buf_addf(b, "[%s]", joined);
}

/* A number of `unit`s with its fraction, without trailing zeros. */
static void
add_fraction(struct buf *b, int64_t value, int64_t unit, const char *name)
{
	char digits[24];
	size_t len;

	buf_addf(b, "%" PRId64, value / unit);
	if (value % unit) {
		(void)snprintf(digits, sizeof(digits), "%" PRId64,
			unit + value % unit);
		len = strlen(digits);
		while (len > 1 && digits[len - 1] == '0')
			len--;
		buf_addf(b, ".%.*s", (int)len - 1, digits + 1);
	}
	buf_adds(b, name);
}

void
history_add_duration(struct buf *b, int64_t nanoseconds)
{
	const int64_t second = 1000000000, minute = 60 * second,
		      hour = 60 * minute;

	if (nanoseconds == 0) {
		buf_adds(b, "0s");
		return;
	}
	if (nanoseconds < 1000) {
		add_fraction(b, nanoseconds, 1, "ns");
		return;
	}
	if (nanoseconds < 1000000) {
		add_fraction(b, nanoseconds, 1000, "\u00b5s");
		return;
	}
	if (nanoseconds < second) {
		add_fraction(b, nanoseconds, 1000000, "ms");
		return;
	}
	if (nanoseconds >= hour)
		buf_addf(b, "%" PRId64 "h", nanoseconds / hour);
	if (nanoseconds >= minute)
		buf_addf(b, "%" PRId64 "m", nanoseconds % hour / minute);
	add_fraction(b, nanoseconds % minute, second, "s");
}

void
history_add_rune(struct buf *b, uint32_t number)
{
	static const char *const named[] = { [7] = "\\a",
		[8] = "\\b",
		[9] = "\\t",
		[10] = "\\n",
		[11] = "\\v",
		[12] = "\\f",
		[13] = "\\r",
		['\''] = "\\'",
		['\\'] = "\\\\" };

	if (number < ARRAY_SIZE(named) && named[number])
		buf_addf(b, "'%s'", named[number]);
	else if (number < 0x20 || number == 0x7f)
		buf_addf(b, "'\\x%02x'", number);
	else if (number < 0x7f)
		buf_addf(b, "'%c'", (char)number);
	else if (number < 0x10000)
		buf_addf(b, "'\\u%04x'", number);
	else
		buf_addf(b, "'\\U%08x'", number);
}
