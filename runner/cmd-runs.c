/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runner/commands.h"
#include "runner/record.h"
#include "util/conf.h"
#include "util/listing.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/strv.h"

#define KEEP_DAYS 30

static struct {
	const char *format, *status, *task, *top, *keep_days, *keep_runs;
	bool keep_failed, dry_run;
} opt;

static int
open_record(struct record **ret, struct error *err)
{
	autofree char *state = conf_xdg_path("STATE");

	return record_open(state, ret, err);
}

static const char *
operand(const struct command_context *c)
{
	return c->operands.count ? c->operands.items[0] : NULL;
}

static const char *
text_of(const struct json *row, const char *name)
{
	const char *text = json_get_text(row, name);

	return text ? text : "";
}

static char *
duration_of(const struct json *row)
{
	int64_t seconds = json_get_number(row, "seconds", -1);

	if (seconds < 0)
		return mem_strdup("");
	if (seconds < 60)
		return mem_printf("%ds", (int)seconds);
	return mem_printf(
		"%lldm%02ds", (long long)(seconds / 60), (int)(seconds % 60));
}

static void
print_runs(struct json *rows)
{
	static const char *const headings[] = { "RUN ID", "TASK", "STATUS",
		"TRIGGER", "STARTED", "DURATION" };
	cleanup(listing_free) struct listing *l =
		listing_new(headings, ARRAY_SIZE(headings));

	for (size_t n = 0; n < json_count(rows); n++) {
		struct json *row = json_at(rows, n);
		autofree char *duration = duration_of(row);
		autofree char *created =
			mem_strndup(text_of(row, "created"), 19);
		const char *const cells[] = { text_of(row, "id"),
			text_of(row, "task"), text_of(row, "status"),
			text_of(row, "trigger"), created, duration };

		listing_add(l, cells, json_copy(row));
	}
	listing_print(stdout, l, opt.format);
}

static int
run_list(struct command_context *c, struct error *err)
{
	cleanup(record_free) struct record *r = NULL;
	cleanup(json_free) struct json *rows = NULL;
	struct record_filter filter = { .status = opt.status,
		.task = opt.task };
	uint64_t top = 0;
	int e = 0;

	(void)c;
	if (opt.top)
		e = num_parse(opt.top, 100000, &top, err);
	if (e < 0) {
		(void)error_wrap(err, "--top");
		return error_kind(err, ERROR_REQUEST);
	}
	filter.most = (int64_t)top;
	e = open_record(&r, err);
	if (e == 0)
		e = record_list(r, &filter, &rows, err);
	if (e == 0)
		print_runs(rows);
	return e;
}

static void
print_facts(const struct json *run)
{
	static const char *const names[] = { "id", "task", "context", "trigger",
		"status", "why", "created", "finished" };

	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		const char *text = json_get_text(run, names[n]);

		if (text)
			(void)printf("%-10s%s\n", names[n], text);
	}
}

static void
print_steps(const struct json *run)
{
	static const char *const headings[] = { "STEP", "TYPE", "STATE",
		"ATTEMPTS", "STATUS" };
	cleanup(cli_table_free) struct cli_table *t =
		cli_table_new(headings, ARRAY_SIZE(headings));
	const struct json *steps = json_get(run, "steps");

	for (size_t n = 0; n < json_count(steps); n++) {
		const struct json *s = json_at(steps, n);
		autofree char *attempts = mem_printf(
			"%lld", (long long)json_get_number(s, "attempts", 0));
		autofree char *status = mem_printf(
			"%lld", (long long)json_get_number(s, "status", 0));
		const char *const cells[] = { text_of(s, "id"),
			text_of(s, "type"), text_of(s, "state"), attempts,
			status };

		cli_table_add(t, cells);
	}
	cli_table_print(stdout, t);
}

static int
run_show(struct command_context *c, struct error *err)
{
	cleanup(record_free) struct record *r = NULL;
	cleanup(json_free) struct json *run = NULL;
	cleanup_value(buf_release) struct buf text = { .max = SIZE_MAX };
	int e;

	e = open_record(&r, err);
	if (e == 0)
		e = record_get(r, operand(c), &run, err);
	if (e < 0)
		return e;
	if (!c->json) {
		print_facts(run);
		(void)puts("");
		print_steps(run);
		return 0;
	}
	if (c->format[0] == 'n')
		json_format(run, &text);
	else
		json_format_pretty(run, &text);
	(void)puts(buf_text(&text));
	return 0;
}

/* The process is the runner for sure: its lock was seen after it was opened,
 * so that its number cannot have passed to another. */
static int
signal_runner(struct record *r, const struct json *run, struct error *err)
{
	const char *id = text_of(run, "id");
	pid_t pid = (pid_t)json_get_number(run, "pid", 0);
	autoclose int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (json_get_text(run, "finished") || fd < 0 ||
		record_is_live(r, id, NULL) <= 0) {
		(void)error_set(err, ESRCH, "run '%s' has ended: %s", id,
			text_of(run, "status"));
		return error_kind(err, ERROR_REQUEST);
	}
	if (syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0) < 0)
		return error_errno(err, "cannot end run '%s'", id);
	return 0;
}

static int
run_cancel(struct command_context *c, struct error *err)
{
	cleanup(record_free) struct record *r = NULL;
	cleanup(json_free) struct json *run = NULL;
	int e;

	e = open_record(&r, err);
	if (e == 0)
		e = record_get(r, operand(c), &run, err);
	if (e == 0)
		e = signal_runner(r, run, err);
	if (e == 0)
		(void)puts(text_of(run, "id"));
	return e;
}

/* What the run was asked for, and what is added now. */
static int
rerun_words(const struct command_context *c, const struct json *run,
	struct strv *ret, struct error *err)
{
	autofree char *store = conf_store_path(c->conf);
	int e;

	strv_add(ret, "slipway");
	strv_add(ret, "--root");
	strv_add(ret, store);
	if (c->identity) {
		strv_add(ret, "--identity");
		strv_add(ret, c->identity);
	}
	strv_add(ret, "task");
	strv_add(ret, "run");
	for (size_t n = 1; n < c->operands.count; n++)
		strv_add(ret, c->operands.items[n]);
	e = json_get_list(run, "words", ret, err);
	if (e < 0)
		return error_wrap(err, "run '%s'", text_of(run, "id"));
	if (!strv_has(ret, "--file=-"))
		return 0;
	(void)error_set(err, EINVAL,
		"run '%s' had its file from standard input",
		text_of(run, "id"));
	return error_kind(err, ERROR_REQUEST);
}

static int
run_rerun(struct command_context *c, struct error *err)
{
	cleanup(record_free) struct record *r = NULL;
	cleanup(json_free) struct json *run = NULL;
	cleanup_value(strv_release) struct strv words = { 0 };
	const char *cwd;
	int e;

	e = open_record(&r, err);
	if (e == 0)
		e = record_get(r, operand(c), &run, err);
	if (e == 0)
		e = rerun_words(c, run, &words, err);
	if (e < 0)
		return e;
	cwd = json_get_text(run, "cwd");
	if (cwd && chdir(cwd) < 0) {
		(void)error_errno(err, "cannot go to '%s'", cwd);
		return error_kind(err, ERROR_LOCAL);
	}
	(void)execv("/proc/self/exe", words.items);
	return error_errno(err, "cannot start a run");
}

static int
read_number(
	const char *name, const char *text, uint64_t *ret, struct error *err)
{
	if (!text || num_parse(text, 1000000, ret, err) == 0)
		return 0;
	(void)error_wrap(err, "%s", name);
	return error_kind(err, ERROR_REQUEST);
}

/* "2026-..." text is in order of time. */
static bool
is_to_go(const struct json *run, size_t place, uint64_t keep_runs,
	const char *since)
{
	if (!json_get_text(run, "finished"))
		return false;
	if (opt.keep_failed && strcmp(text_of(run, "status"), "Succeeded") != 0)
		return false;
	if (opt.keep_runs)
		return place >= keep_runs;
	return strcmp(text_of(run, "finished"), since) < 0;
}

static int
prune(struct record *r, struct json *runs, uint64_t keep_days,
	uint64_t keep_runs, struct error *err)
{
	char since[40];
	int e = 0;

	num_format_time(
		(int64_t)time(NULL) - (int64_t)keep_days * 86400, 0, since);
	for (size_t n = 0; e == 0 && n < json_count(runs); n++) {
		const struct json *run = json_at(runs, n);

		if (!is_to_go(run, n, keep_runs, since))
			continue;
		if (!opt.dry_run)
			e = record_remove(r, text_of(run, "id"), err);
		if (e == 0)
			(void)puts(text_of(run, "id"));
	}
	return e;
}

static int
run_prune(struct command_context *c, struct error *err)
{
	cleanup(record_free) struct record *r = NULL;
	cleanup(json_free) struct json *runs = NULL;
	const struct record_filter all = { 0 };
	uint64_t keep_days = KEEP_DAYS, keep_runs = 0;
	int e;

	(void)c;
	e = read_number("--keep-days", opt.keep_days, &keep_days, err);
	if (e == 0)
		e = read_number("--keep-runs", opt.keep_runs, &keep_runs, err);
	if (e == 0)
		e = open_record(&r, err);
	if (e == 0)
		e = record_list(r, &all, &runs, err);
	return e < 0 ? e : prune(r, runs, keep_days, keep_runs, err);
}

static const struct option_spec list_options[] = {
	{ 0, "status", "STATUS", "only runs that stand so, like Failed",
		OPT_STRING, &opt.status, NULL,
		"Running|Succeeded|Failed|Canceled|Timeout|Error" },
	{ 0, "task", "NAME", "only runs of this task", OPT_STRING, &opt.task },
	{ 0, "top", "N", "only the N newest", OPT_STRING, &opt.top },
	CLI_FORMAT(opt.format),
	{ 0 },
};

static const struct option_spec show_options[] = {
	CLI_FORMAT(opt.format),
	{ 0 },
};

static const struct option_spec no_options[] = {
	{ 0 },
};

static const struct option_spec prune_options[] = {
	{ 0, "keep-days", "N", "keep what ended in the last N days; 30",
		OPT_STRING, &opt.keep_days },
	{ 0, "keep-runs", "N", "keep the N newest, however old", OPT_STRING,
		&opt.keep_runs },
	{ 0, "keep-failed", NULL, "keep all that did not succeed", OPT_FLAG,
		&opt.keep_failed },
	{ 0, "dry-run", NULL, "only tell what would go", OPT_FLAG,
		&opt.dry_run },
	{ 0 },
};

const struct command cmd_runs_list = {
	.name = "runs list",
	.operands = "[OPTIONS]",
	.summary = "list the runs of tasks",
	.group = "Tasks",
	.options = list_options,
	.run = run_list,
};

const struct command cmd_runs_show = {
	.name = "runs show",
	.operands = "[OPTIONS] [RUN]",
	.summary = "show a run and its steps, the newest without RUN",
	.group = "Tasks",
	.options = show_options,
	.max_operands = 1,
	.run = run_show,
};

const struct command cmd_runs_cancel = {
	.name = "runs cancel",
	.operands = "RUN",
	.summary = "end a run that goes on",
	.group = "Tasks",
	.options = no_options,
	.min_operands = 1,
	.max_operands = 1,
	.run = run_cancel,
};

const struct command cmd_runs_rerun = {
	.name = "runs rerun",
	.operands = "RUN [-- OPTIONS]",
	.summary = "run the same again",
	.group = "Tasks",
	.options = no_options,
	.min_operands = 1,
	.max_operands = -1,
	.run = run_rerun,
};

const struct command cmd_runs_prune = {
	.name = "runs prune",
	.operands = "[OPTIONS]",
	.summary = "forget old runs and their logs",
	.group = "Tasks",
	.options = prune_options,
	.run = run_prune,
};
