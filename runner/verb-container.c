/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/verb-container.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner/crew.h"
#include "util/cli.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/num.h"

/* How long docker stop waits before it kills. */
#define STOP_SECONDS 10
/* How often a log that is followed is looked at. */
#define FOLLOW_MS 50

int
verb_run_container(const struct action *s, const struct strv *args)
{
	cleanup_value(flags_release) struct flags f = { 0 };
	autoerror err = { 0 };

	if (flags_parse(args, 0, &f, &err) < 0)
		return action_complain(&err);
	return action_run_container(s, &f, false);
}

static int
parse(const struct option_spec *options, const struct strv *args,
	struct strv *ret_names, struct error *err)
{
	int r = cli_parse(options, NULL, false, (int)args->count, args->items,
		ret_names, err);

	if (r == 0 && ret_names->count == 0) {
		(void)error_set(err, EINVAL, "no container is named");
		return error_kind(err, ERROR_REQUEST);
	}
	return r;
}

/* For each named container; the status of the worst. */
static int
for_each(const struct action *s, const struct strv *names,
	int (*work)(const struct action *s, const char *name,
		struct crew_member *m, const void *how, struct error *err),
	const void *how)
{
	int status = 0;
	size_t i;

	for (i = 0; i < names->count; i++) {
		cleanup_value(crew_member_release) struct crew_member m = { 0 };
		autoerror err = { 0 };
		int r;

		r = crew_find(s->context->crew, names->items[i], &m, &err);
		if (r == 0)
			r = work(s, names->items[i], &m, how, &err);
		if (r < 0) {
			(void)action_complain(&err);
			status = 1;
		}
	}
	return status;
}

static void
say(const char *text)
{
	(void)dprintf(STDOUT_FILENO, "%s\n", text);
}

static int
stop_one(const struct action *s, const char *name, struct crew_member *m,
	const void *how, struct error *err)
{
	const int *patience_ms = how;
	int status;

	(void)s;
	if (m->running && m->keeper)
		(void)kill(m->keeper, SIGTERM);
	if (m->running && crew_wait(m, *patience_ms, &status, NULL) < 0) {
		/* All of a sandbox dies with its init. */
		(void)kill(m->init, SIGKILL);
		if (crew_wait(m, -1, &status, err) < 0)
			return -EIO;
	}
	say(name);
	return 0;
}

int
verb_stop(const struct action *s, const struct strv *args)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	const char *text = NULL;
	const struct option_spec options[] = {
		{ 't', "time", "SECONDS", "", OPT_STRING, &text },
		{ 0, "timeout", "SECONDS", "", OPT_STRING, &text },
		{ 0 },
	};
	uint64_t seconds = STOP_SECONDS;
	autoerror err = { 0 };
	int patience_ms;

	if (parse(options, args, &names, &err) < 0 ||
		(text && num_parse(text, 86400, &seconds, &err) < 0))
		return action_complain(&err);
	patience_ms = (int)seconds * 1000;
	return for_each(s, &names, stop_one, &patience_ms);
}

static int
kill_one(const struct action *s, const char *name, struct crew_member *m,
	const void *how, struct error *err)
{
	const int *number = how;
	pid_t pid = *number == SIGKILL ? m->init : m->keeper;

	(void)s;
	if (!m->running || !pid)
		return error_set(err, ESRCH, "container '%s' does not run",
			name);
	(void)kill(pid, *number);
	say(name);
	return 0;
}

static const struct signal_name {
	const char *name;
	int number;
} signals[] = {
	{ "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT },
	{ "KILL", SIGKILL }, { "USR1", SIGUSR1 }, { "USR2", SIGUSR2 },
	{ "TERM", SIGTERM },
};

static int
signal_number(const char *text, int *ret, struct error *err)
{
	const char *name = strncmp(text, "SIG", 3) ? text : text + 3;
	uint64_t number;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		if (strcmp(signals[i].name, name) != 0 &&
			(num_parse(text, 64, &number, NULL) < 0 ||
				(int)number != signals[i].number))
			continue;
		*ret = signals[i].number;
		return 0;
	}
	(void)error_set(err, EINVAL, "'%s' is no signal to send", text);
	return error_kind(err, ERROR_REQUEST);
}

int
verb_kill(const struct action *s, const struct strv *args)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	const char *text = "KILL";
	const struct option_spec options[] = {
		{ 's', "signal", "SIGNAL", "", OPT_STRING, &text },
		{ 0 },
	};
	autoerror err = { 0 };
	int number;

	if (parse(options, args, &names, &err) < 0 ||
		signal_number(text, &number, &err) < 0)
		return action_complain(&err);
	return for_each(s, &names, kill_one, &number);
}

static int
remove_one(const struct action *s, const char *name, struct crew_member *m,
	const void *how, struct error *err)
{
	const bool *force = how;
	int r;

	if (m->running && !*force) {
		(void)error_set(err, EBUSY, "container '%s' runs", name);
		return error_hint(err, "docker stop it, or docker rm --force");
	}
	r = crew_remove(s->context->crew, name, err);
	if (r == 0)
		say(name);
	return r;
}

int
verb_rm(const struct action *s, const struct strv *args)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	bool force = false, volumes = false;
	const struct option_spec options[] = {
		{ 'f', "force", NULL, "", OPT_FLAG, &force },
		{ 'v', "volumes", NULL, "", OPT_FLAG, &volumes },
		{ 0 },
	};
	autoerror err = { 0 };

	if (parse(options, args, &names, &err) < 0)
		return action_complain(&err);
	return for_each(s, &names, remove_one, &force);
}

static int
wait_one(const struct action *s, const char *name, struct crew_member *m,
	const void *how, struct error *err)
{
	int status;
	int r;

	(void)s;
	(void)name;
	(void)how;
	r = crew_wait(m, -1, &status, err);
	if (r == 0)
		(void)dprintf(STDOUT_FILENO, "%d\n", status);
	return r;
}

int
verb_wait(const struct action *s, const struct strv *args)
{
	const struct option_spec options[] = { { 0 } };
	cleanup_value(strv_release) struct strv names = { 0 };
	autoerror err = { 0 };

	if (parse(options, args, &names, &err) < 0)
		return action_complain(&err);
	return for_each(s, &names, wait_one, NULL);
}

static int
copy_log(int log, struct error *err)
{
	return fs_copy_data(log, STDOUT_FILENO, UINT64_MAX, NULL, err);
}

static int
log_one(const struct action *s, const char *name, struct crew_member *m,
	const void *how, struct error *err)
{
	const bool *follow = how;
	autoclose int log = -1;
	int status;
	int r;

	r = crew_open_log(s->context->crew, name, O_RDONLY, &log, err);
	while (r == 0 && *follow && crew_wait(m, 0, &status, NULL) < 0) {
		r = copy_log(log, err);
		(void)poll(NULL, 0, FOLLOW_MS);
	}
	return r < 0 ? r : copy_log(log, err);
}

int
verb_logs(const struct action *s, const struct strv *args)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	bool follow = false;
	const struct option_spec options[] = {
		{ 'f', "follow", NULL, "", OPT_FLAG, &follow },
		{ 0 },
	};
	autoerror err = { 0 };

	if (parse(options, args, &names, &err) < 0)
		return action_complain(&err);
	return for_each(s, &names, log_one, &follow);
}

static void
add_row(const struct action *s, const char *name, bool all, bool quiet,
	struct cli_table *table)
{
	cleanup_value(crew_member_release) struct crew_member m = { 0 };
	char status[32];
	const char *const cells[] = { name, NULL, status };
	const char *row[ARRAY_SIZE(cells)];

	if (crew_find(s->context->crew, name, &m, NULL) < 0 ||
		(!m.running && !all))
		return;
	if (quiet) {
		say(name);
		return;
	}
	if (m.running)
		(void)snprintf(status, sizeof(status), "Up");
	else
		(void)snprintf(status, sizeof(status), "Exited (%d)",
			m.status);
	memcpy(row, cells, sizeof(cells));
	row[1] = m.image;
	cli_table_add(table, row);
}

int
verb_ps(const struct action *s, const struct strv *args)
{
	static const char *const headings[] = { "NAMES", "IMAGE", "STATUS" };
	cleanup(cli_table_free) struct cli_table *table =
		cli_table_new(headings, ARRAY_SIZE(headings));
	cleanup_value(strv_release) struct strv names = { 0 };
	cleanup_value(strv_release) struct strv none = { 0 };
	bool all = false, quiet = false;
	const struct option_spec options[] = {
		{ 'a', "all", NULL, "", OPT_FLAG, &all },
		{ 'q', "quiet", NULL, "", OPT_FLAG, &quiet },
		{ 0 },
	};
	autoerror err = { 0 };
	size_t i;

	if (cli_parse(options, NULL, false, (int)args->count, args->items,
		    &none, &err) < 0 ||
		crew_names(s->context->crew, &names, &err) < 0)
		return action_complain(&err);
	for (i = 0; i < names.count; i++)
		add_row(s, names.items[i], all, quiet, table);
	if (!quiet)
		cli_table_print(stdout, table);
	return fflush(stdout) ? 1 : 0;
}
