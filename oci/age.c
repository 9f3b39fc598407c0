/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/age.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "util/mem.h"

#define MINUTE INT64_C(60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* "Z", "+hh:mm" or "-hh:mm". */
static int
parse_offset(const char *text, int64_t *ret_seconds)
{
	unsigned hours, minutes;
	char sign, end;

	if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0) {
		*ret_seconds = 0;
		return 0;
	}
	if (sscanf(text, "%c%2u:%2u%c", &sign, &hours, &minutes, &end) != 3 ||
		(sign != '+' && sign != '-') || hours > 23 || minutes > 59)
		return -EINVAL;
	*ret_seconds = (sign == '-' ? -1 : 1) *
		(int64_t)(hours * 3600 + minutes * 60);
	return 0;
}

int
age_parse(const char *text, int64_t *ret_seconds, struct error *err)
{
	struct tm t = { 0 };
	int64_t offset;
	const char *rest;

	rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &t);
	if (rest && *rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	if (!rest || parse_offset(rest, &offset) < 0)
		return error_set(err, EINVAL, "'%.60s' is no RFC 3339 time",
			text);
	*ret_seconds = (int64_t)timegm(&t) - offset;
	return 0;
}

/* Up to `below` seconds, count in units of `unit`; 0 is a fixed phrase. */
static const struct {
	int64_t below, unit;
	const char *phrase;
} spans[] = {
	{ 1, 0, "Less than a second" },
	{ 2, 0, "1 second" },
	{ MINUTE, 1, "seconds" },
	{ 2 * MINUTE, 0, "About a minute" },
	{ HOUR, MINUTE, "minutes" },
	{ 3 * HOUR / 2, 0, "About an hour" },
	{ 2 * DAY, HOUR, "hours" },
	{ 14 * DAY, DAY, "days" },
	{ 60 * DAY, 7 * DAY, "weeks" },
	{ 730 * DAY, 30 * DAY, "months" },
	{ INT64_MAX, 365 * DAY, "years" },
};

char *
age_format(const char *created, int64_t now_seconds)
{
	int64_t then, age;
	size_t i = 0;

	if (!created || age_parse(created, &then, NULL) < 0)
		return mem_strdup("N/A");
	age = now_seconds > then ? now_seconds - then : 0;
	while (age >= spans[i].below)
		i++;
	if (!spans[i].unit)
		return mem_printf("%s ago", spans[i].phrase);
	return mem_printf("%lld %s ago", (long long)(age / spans[i].unit),
		spans[i].phrase);
}
