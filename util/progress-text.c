/* SPDX-License-Identifier: Apache-2.0 */
/* Views that only ever append lines: plain, json, quiet. */
#include <string.h>

#include "util/clock.h"
#include "util/fs.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/progress-view.h"
#include "util/scope.h"

#define BYTES_EVERY_MS 5000
#define JSON_BYTES_EVERY_MS 100

static double
seconds_of(const struct progress_task *t)
{
	return (double)(clock_now_ms() - t->begin_ms) / 1000;
}

static void __attribute__((format(printf, 2, 3)))
say(struct progress *p, const char *format, ...)
{
	autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	/* Nobody is left to tell when stderr is gone. */
	(void)fs_write(p->fd, text, strlen(text), NULL);
}

static void
plain_begin(struct progress *p, const struct progress_task *t)
{
	say(p, "#%u %s\n", t->number, t->title);
}

static void
plain_line(struct progress *p, const struct progress_task *t, const char *text)
{
	say(p, "#%u %.3f %s\n", t->number, seconds_of(t), text);
}

/* At its end, else not more often than every `every_ms`. */
static bool
is_due(struct progress_item *item, int64_t every_ms)
{
	int64_t now = clock_now_ms();

	if (item->shown_ms == 0)
		item->shown_ms = now;
	if ((!item->total || item->done < item->total) &&
		now - item->shown_ms < every_ms)
		return false;
	item->shown_ms = now;
	return true;
}

static void
plain_bytes(struct progress *p, const struct progress_task *t,
	struct progress_item *item)
{
	char done[24], total[24] = "";

	if (!is_due(item, BYTES_EVERY_MS))
		return;
	num_format_size(item->done, done);
	if (item->total)
		num_format_size(item->total, total);
	say(p, "#%u %.3f %s %s%s%s\n", t->number, seconds_of(t), item->name,
		done, item->total ? " / " : "", total);
}

static const char *const plain_outcomes[] = {
	[PROGRESS_DONE] = "DONE",
	[PROGRESS_CACHED] = "CACHED",
	[PROGRESS_FAILED] = "ERROR",
	[PROGRESS_SKIPPED] = "SKIPPED",
};

static void
plain_end(struct progress *p, const struct progress_task *t,
	enum progress_outcome outcome, const char *note)
{
	autofree char *time = outcome == PROGRESS_DONE
		? mem_printf(" %.1fs", seconds_of(t))
		: mem_strdup("");

	say(p, "#%u %s%s%s%s\n", t->number, plain_outcomes[outcome], time,
		note ? " " : "", note ? note : "");
}

static void
plain_message(struct progress *p, const char *text)
{
	say(p, "slipway: %s\n", text);
}

const struct progress_view progress_view_plain = {
	.begin = plain_begin,
	.line = plain_line,
	.bytes = plain_bytes,
	.end = plain_end,
	.message = plain_message,
};

static struct json *
new_record(const struct progress_task *t)
{
	struct json *j = json_new_object();
	uint32_t nanoseconds;
	int64_t seconds = clock_wall_seconds(&nanoseconds);
	char time[40];

	num_format_time(seconds, nanoseconds, time);
	json_set_text(j, "time", time);
	if (t)
		json_set_number(j, "step", t->number);
	return j;
}

static void
write_record(struct progress *p, const struct json *j)
{
	cleanup_value(buf_release) struct buf text = { 0 };

	buf_init(&text, KiB(256));
	json_format(j, &text);
	buf_addc(&text, '\n');
	(void)fs_write(p->fd, text.data, text.len, NULL);
}

static void
write_text(struct progress *p, const struct progress_task *t, const char *name,
	const char *text)
{
	cleanup(json_free) struct json *j = new_record(t);

	json_set_text(j, name, text);
	write_record(p, j);
}

static void
json_begin(struct progress *p, const struct progress_task *t)
{
	write_text(p, t, "title", t->title);
}

static void
json_line(struct progress *p, const struct progress_task *t, const char *text)
{
	write_text(p, t, "output", text);
}

static void
json_bytes(struct progress *p, const struct progress_task *t,
	struct progress_item *item)
{
	cleanup(json_free) struct json *j = NULL;

	if (!is_due(item, JSON_BYTES_EVERY_MS))
		return;
	j = new_record(t);
	json_set_text(j, "item", item->name);
	json_set_number(j, "bytes", (int64_t)item->done);
	if (item->total)
		json_set_number(j, "total", (int64_t)item->total);
	write_record(p, j);
}

static const char *const json_outcomes[] = {
	[PROGRESS_DONE] = "done",
	[PROGRESS_CACHED] = "cached",
	[PROGRESS_FAILED] = "failed",
	[PROGRESS_SKIPPED] = "skipped",
};

static void
json_end(struct progress *p, const struct progress_task *t,
	enum progress_outcome outcome, const char *note)
{
	cleanup(json_free) struct json *j = new_record(t);

	json_set_text(j, "outcome", json_outcomes[outcome]);
	json_set_number(j, "milliseconds", clock_now_ms() - t->begin_ms);
	if (note)
		json_set_text(j, "note", note);
	write_record(p, j);
}

static void
json_message(struct progress *p, const char *text)
{
	write_text(p, NULL, "message", text);
}

const struct progress_view progress_view_json = {
	.begin = json_begin,
	.line = json_line,
	.bytes = json_bytes,
	.end = json_end,
	.message = json_message,
};

static void
quiet_end(struct progress *p, const struct progress_task *t,
	enum progress_outcome outcome, const char *note)
{
	cleanup_value(buf_release) struct buf lines = { 0 };

	if (outcome != PROGRESS_FAILED)
		return;
	buf_init(&lines, MiB(1));
	progress_add_lines(&lines, t, PROGRESS_LINES_KEPT, "  ");
	say(p, "%s: failed%s%s\n%s", t->title, note ? ": " : "",
		note ? note : "", buf_text(&lines));
}

const struct progress_view progress_view_quiet = {
	.end = quiet_end,
	.message = plain_message,
};
