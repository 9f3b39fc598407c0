/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of time. A time is a number of seconds since 1970, and in UTC. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "runner/template-call.h"
#include "runner/template.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/num.h"

#define SECOND_NS 1000000000

/* Go's reference time, 2006-01-02 15:04:05, as strftime(3) has it. */
static const struct {
	const char *go;
	const char *c;
} layouts[] = {
	{ "2006", "%Y" },
	{ "January", "%B" },
	{ "Jan", "%b" },
	{ "Monday", "%A" },
	{ "Mon", "%a" },
	{ "MST", "UTC" },
	{ "Z07:00", "Z" },
	{ "01", "%m" },
	{ "02", "%d" },
	{ "15", "%H" },
	{ "03", "%I" },
	{ "04", "%M" },
	{ "05", "%S" },
	{ "06", "%y" },
	{ "PM", "%p" },
	{ "%", "%%" },
};

static void
translate_layout(const char *go, struct buf *ret)
{
	size_t i;

	while (*go) {
		for (i = 0; i < ARRAY_SIZE(layouts); i++)
			if (strncmp(go, layouts[i].go, strlen(layouts[i].go)) ==
				0)
				break;
		if (i == ARRAY_SIZE(layouts)) {
			buf_addc(ret, *go++);
			continue;
		}
		buf_adds(ret, layouts[i].c);
		go += strlen(layouts[i].go);
	}
}

static const struct value *
format_time(struct call *c, const char *go, int64_t seconds)
{
	cleanup_value(buf_release) struct buf layout = { 0 };
	time_t when = (time_t)seconds;
	struct tm t = { 0 };
	char text[256];

	buf_init(&layout, KiB(1));
	translate_layout(go, &layout);
	if (!gmtime_r(&when, &t))
		return call_fail(c, "this is no time");
	text[strftime(text, sizeof(text), buf_text(&layout), &t)] = '\0';
	return value_text(c->arena, text);
}

static const struct value *
time_now(struct call *c)
{
	return value_int(c->arena, clock_wall_seconds(NULL));
}

/* date LAYOUT SECONDS */
static const struct value *
time_date(struct call *c)
{
	return format_time(c, call_text(c, 0), call_int(c, 1));
}

/* dateInZone LAYOUT SECONDS ZONE: which zones a host knows is its own. */
static const struct value *
time_in_zone(struct call *c)
{
	const char *zone = call_text(c, 2);

	if (*zone && strcmp(zone, "UTC") != 0 && strcmp(zone, "GMT") != 0)
		return call_fail(c, "zone '%s' is not UTC", zone);
	return format_time(c, call_text(c, 0), call_int(c, 1));
}

static const struct value *
time_html(struct call *c)
{
	return format_time(c, "2006-01-02", call_int(c, 0));
}

static const struct value *
time_epoch(struct call *c)
{
	autofree char *text = mem_printf("%lld", (long long)call_int(c, 0));

	return value_text(c->arena, text);
}

/* dateModify DURATION SECONDS */
static const struct value *
time_modify(struct call *c)
{
	const char *text = call_text(c, 0);
	bool back = *text == '-';
	int64_t ns, sum;

	text += back || *text == '+';
	if (num_parse_duration(text, &ns, NULL) < 0)
		return call_fail(c, "'%s' is no time like 1h30m", text);
	ns /= SECOND_NS;
	if (__builtin_add_overflow(call_int(c, 1), back ? -ns : ns, &sum))
		return call_fail(c, "this is no time");
	return value_int(c->arena, sum);
}

/* As Go prints durations: 1h2m3s. */
static const struct value *
time_ago(struct call *c)
{
	long long hours, minutes, rest;
	autofree char *text = NULL;
	int64_t s;

	if (__builtin_sub_overflow(
		    clock_wall_seconds(NULL), call_int(c, 0), &s))
		return call_fail(c, "this is no time");
	hours = s / 3600;
	minutes = s / 60 % 60;
	rest = s % 60;
	text = hours ? mem_printf("%lldh%lldm%llds", hours, minutes, rest)
		: minutes ? mem_printf("%lldm%llds", minutes, rest)
			  : mem_printf("%llds", rest);
	return value_text(c->arena, text);
}

/* toDate LAYOUT TEXT */
static const struct value *
time_parse(struct call *c)
{
	cleanup_value(buf_release) struct buf layout = { 0 };
	const char *text = call_text(c, 1);
	struct tm t = { .tm_mday = 1 };
	const char *end;

	buf_init(&layout, KiB(1));
	translate_layout(call_text(c, 0), &layout);
	end = strptime(text, buf_text(&layout), &t);
	if (!end || *end)
		return call_fail(c, "'%s' is not of this layout", text);
	return value_int(c->arena, timegm(&t));
}

const struct function template_time_functions[] = {
	{ "now", 0, 0, false, time_now },
	{ "date", 2, 2, false, time_date },
	{ "dateInZone", 3, 3, false, time_in_zone },
	{ "dateModify", 2, 2, false, time_modify },
	{ "ago", 1, 1, false, time_ago },
	{ "toDate", 2, 2, false, time_parse },
	{ "unixEpoch", 1, 1, false, time_epoch },
	{ "htmlDate", 1, 1, false, time_html },
	{ NULL, 0, 0, false, NULL },
};
