/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/healthcheck.h"

#include <errno.h>
#include <string.h>

#include "builder/history.h"
#include "util/num.h"

static const struct {
	const char *flag, *member;
} times[HEALTHCHECK_TIMES] = {
	[HEALTHCHECK_INTERVAL] = { "interval", "Interval" },
	[HEALTHCHECK_TIMEOUT] = { "timeout", "Timeout" },
	[HEALTHCHECK_START_PERIOD] = { "start-period", "StartPeriod" },
	[HEALTHCHECK_START_INTERVAL] = { "start-interval", "StartInterval" },
};

void
healthcheck_release(struct healthcheck *h)
{
	strv_release(&h->test);
}

/* 0 is "inherit"; what is shorter than a millisecond is a mistake. */
static int
parse_time(const struct instr *i, size_t n, struct healthcheck *h,
	struct error *err)
{
	const char *text = instr_flag(i, times[n].flag);
	int r;

	if (!text)
		return 0;
	r = num_parse_duration(text, &h->times_ns[n], err);
	if (r < 0)
		return error_wrap(err, "--%s", times[n].flag);
	if (h->times_ns[n] < 0 ||
		(h->times_ns[n] > 0 && h->times_ns[n] < 1000000))
		return error_set(err, EINVAL, "--%s: '%s' is less than 1ms",
			times[n].flag, text);
	return 0;
}

static int
parse_flags(const struct instr *i, struct healthcheck *h, struct error *err)
{
	const char *text = instr_flag(i, "retries");
	uint64_t retries = 0;
	int r;

	for (size_t n = 0; n < HEALTHCHECK_TIMES; n++) {
		r = parse_time(i, n, h, err);
		if (r < 0)
			return r;
	}
	if (text) {
		r = num_parse(text, INT32_MAX, &retries, err);
		if (r < 0)
			return error_wrap(err, "--retries");
	}
	h->retries = (uint32_t)retries;
	return 0;
}

/* Its form was checked when it was read (instr.h). */
static void
set_test(const struct instr *i, struct healthcheck *h)
{
	const struct strv *args = &i->args;

	if (strcmp(args->items[0], "NONE") == 0) {
		strv_add(&h->test, "NONE");
		return;
	}
	strv_add(&h->test, i->is_json ? "CMD" : "CMD-SHELL");
	for (size_t n = 1; n < args->count; n++)
		strv_add(&h->test, args->items[n]);
}

int
healthcheck_parse(
	const struct instr *i, struct healthcheck *ret, struct error *err)
{
	cleanup_value(healthcheck_release) struct healthcheck h = { 0 };

	set_test(i, &h);
	if (strcmp(h.test.items[0], "NONE") == 0 && i->flag_count) {
		(void)error_set(err, EINVAL, "HEALTHCHECK NONE takes no flags");
		return error_kind(err, ERROR_REQUEST);
	}
	if (parse_flags(i, &h, err) < 0)
		return error_kind(err, ERROR_REQUEST);
	*ret = h;
	h = (struct healthcheck){ 0 };
	return 0;
}

struct json *
healthcheck_format(const struct healthcheck *h)
{
	struct json *j = json_new_object();

	json_set(j, "Test", json_new_list(&h->test));
	for (size_t n = 0; n < HEALTHCHECK_TIMES; n++) {
		if (h->times_ns[n])
			json_set_number(j, times[n].member, h->times_ns[n]);
	}
	if (h->retries)
		json_set_number(j, "Retries", h->retries);
	return j;
}

void
healthcheck_add_history(const struct healthcheck *h, struct buf *b)
{
	buf_adds(b, "HEALTHCHECK &{");
	history_add_quoted_list(b, &h->test);
	for (size_t n = 0; n < HEALTHCHECK_TIMES; n++) {
		buf_adds(b, " \"");
		history_add_duration(b, h->times_ns[n]);
		buf_addc(b, '"');
	}
	buf_addc(b, ' ');
	history_add_rune(b, h->retries);
	buf_addc(b, '}');
}
