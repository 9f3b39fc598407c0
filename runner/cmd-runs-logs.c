/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "runner/commands.h"
#include "runner/journal.h"
#include "runner/record.h"
#include "util/conf.h"
#include "util/mem.h"

/* Where nobody tells of changes: a log on a file server. */
#define BLIND_MS 1000
/* No line of a log is longer. */
#define LINE_MAX_BYTES KiB(128)

static struct {
	const char *format, *step;
	bool follow, timestamps;
} opt;

/* A log being read. */
struct reading {
	int fd;
	struct buf rest; /* the line that has begun */
	bool as_json;
	bool one_step; /* no step's name before each line */
	size_t shown;
};

static void
show_json(struct reading *r, const struct journal_line *l)
{
	cleanup(json_free) struct json *row = json_new_object();
	cleanup_value(buf_release) struct buf text = { .max = SIZE_MAX };
	autofree char *time = mem_strndup(l->time, l->time_len);
	autofree char *step = mem_strndup(l->step, l->step_len);
	autofree char *said = mem_strndup(l->text, l->text_len);

	json_set_text(row, "time", time);
	json_set_text(row, "step", step);
	json_set_text(row, "text", said);
	json_format(row, &text);
	if (opt.format[0] == 'j')
		(void)fputs(r->shown ? ",\n" : "[\n", stdout);
	(void)fputs(buf_text(&text), stdout);
	if (opt.format[0] == 'n')
		(void)putchar('\n');
}

static void
show_text(const struct reading *r, const struct journal_line *l)
{
	if (opt.timestamps)
		(void)printf("%.*s ", (int)l->time_len, l->time);
	if (!r->one_step)
		(void)printf("%.*s | ", (int)l->step_len, l->step);
	(void)fwrite(l->text, 1, l->text_len, stdout);
	(void)putchar('\n');
}

static void
show_line(struct reading *r, const char *line, size_t len)
{
	struct journal_line l;

	if (journal_parse(line, len, &l) < 0)
		return;
	if (opt.step &&
		(strlen(opt.step) != l.step_len ||
			memcmp(opt.step, l.step, l.step_len) != 0))
		return;
	if (r->as_json)
		show_json(r, &l);
	else
		show_text(r, &l);
	r->shown++;
}

static void
show_chunk(struct reading *r, const char *data, size_t len)
{
	const char *stop;

	while ((stop = memchr(data, '\n', len))) {
		size_t part = (size_t)(stop - data);

		buf_add(&r->rest, data, part);
		show_line(r, buf_text(&r->rest), r->rest.len);
		buf_reset(&r->rest);
		data += part + 1;
		len -= part + 1;
	}
	buf_add(&r->rest, data, len);
}

/* All that is there. */
static int
show_more(struct reading *r, struct error *err)
{
	char chunk[65536];
	ssize_t n;

	while ((n = read(r->fd, chunk, sizeof(chunk))) > 0)
		show_chunk(r, chunk, (size_t)n);
	(void)fflush(stdout);
	return n < 0 ? error_errno(err, "cannot read the log") : 0;
}

static void
wait_for_change(int watch_fd)
{
	char events[sizeof(struct inotify_event) + NAME_MAX + 1];
	struct pollfd p = { watch_fd, POLLIN, 0 };

	if (poll(&p, 1, BLIND_MS) > 0)
		(void)!read(watch_fd, events, sizeof(events));
}

/* Until its writer is gone, however that ended. */
static int
follow(struct reading *r, struct record *record, const char *id,
	struct error *err)
{
	autofree char *path = mem_printf("/proc/self/fd/%d", r->fd);
	autoclose int watch_fd = inotify_init1(IN_CLOEXEC);
	int live = 1;
	int e = 0;

	if (watch_fd < 0 ||
		inotify_add_watch(watch_fd, path, IN_MODIFY | IN_CLOSE_WRITE) <
			0)
		return error_errno(err, "cannot watch the log");
	while (e == 0 && live > 0) {
		/* Asked first: what it wrote before its end is shown. */
		live = record_is_live(record, id, NULL);
		e = show_more(r, err);
		if (e == 0 && live > 0)
			wait_for_change(watch_fd);
	}
	return e;
}

static int
show(struct record *record, const struct json *run, struct error *err)
{
	const char *id = json_get_text(run, "id");
	struct reading r = { .fd = -1,
		.as_json = opt.format && opt.format[0] != 't',
		.one_step =
			opt.step || json_count(json_get(run, "steps")) == 1 };
	int e;

	buf_init(&r.rest, LINE_MAX_BYTES);
	e = record_open_log(record, id, &r.fd, err);
	if (e < 0)
		return error_wrap(err, "run '%s'", id);
	e = opt.follow ? follow(&r, record, id, err) : show_more(&r, err);
	if (r.as_json && opt.format[0] == 'j')
		(void)fputs(r.shown ? "\n]\n" : "[]\n", stdout);
	scope_close(&r.fd);
	buf_release(&r.rest);
	return e;
}

static int
run_logs(struct command_context *c, struct error *err)
{
	cleanup(record_free) struct record *record = NULL;
	cleanup(json_free) struct json *run = NULL;
	autofree char *state = conf_xdg_path("STATE");
	int e;

	e = record_open(state, &record, err);
	if (e == 0)
		e = record_get(record,
			c->operands.count ? c->operands.items[0] : NULL, &run,
			err);
	return e < 0 ? e : show(record, run, err);
}

static const struct option_spec options[] = {
	{ 'f', "follow", NULL, "go on until the run has ended", OPT_FLAG,
		&opt.follow },
	{ 0, "step", "ID", "only what this step printed", OPT_STRING,
		&opt.step },
	{ 't', "timestamps", NULL, "when each line was printed", OPT_FLAG,
		&opt.timestamps },
	CLI_FORMAT(opt.format),
	{ 0 },
};

const struct command cmd_runs_logs = {
	.name = "runs logs",
	.operands = "[OPTIONS] [RUN]",
	.summary = "show what a run printed, the newest without RUN",
	.group = "Tasks",
	.options = options,
	.max_operands = 1,
	.run = run_logs,
};
