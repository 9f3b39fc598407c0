/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runner/database.h"
#include "runner/journal.h"
#include "util/clock.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/path.h"

/* No command line of Linux is longer than 6 MiB, nor more than six times that
 * as JSON. */
#define WORDS_MAX MiB(36)

#define NS_PER_SECOND INT64_C(1000000000)

struct record {
	struct database *database;
	int logs_fd;
	/* The run that was begun: */
	char *id;
	const struct task *task; /* borrowed */
	struct journal *journal;
};

/* Times are nanoseconds since 1970. */
static const char *const changes[] = {
	"CREATE TABLE runs (number INTEGER PRIMARY KEY, id TEXT UNIQUE,"
	" task TEXT, context TEXT, trigger TEXT, status TEXT, why TEXT,"
	" created INTEGER, finished INTEGER, pid INTEGER, words TEXT, cwd TEXT);"
	"CREATE TABLE steps (run TEXT, number INTEGER, id TEXT, type TEXT,"
	" state TEXT, attempts INTEGER, status INTEGER,"
	" PRIMARY KEY (run, number)) WITHOUT ROWID",
};

static const char *const status_names[] = {
	[RUN_RUNNING] = "Running",
	[RUN_SUCCEEDED] = "Succeeded",
	[RUN_FAILED] = "Failed",
	[RUN_CANCELED] = "Canceled",
	[RUN_TIMED_OUT] = "Timeout",
	[RUN_ERROR] = "Error",
};

const char *
record_status_name(enum run_status status)
{
	return status_names[status];
}

static int64_t
now_ns(void)
{
	uint32_t nanoseconds;
	int64_t seconds = clock_wall_seconds(&nanoseconds);

	return seconds * NS_PER_SECOND + nanoseconds;
}

static char *
log_name(const char *id)
{
	return mem_printf("%s.log", id);
}

static int
end_run(struct record *r, const char *id, const char *status, const char *why,
	struct error *err)
{
	int e;

	e = database_do(r->database, err,
		"UPDATE steps SET state = 'Canceled' WHERE run = ?"
		" AND state IN ('Running', 'Queued')",
		"s", id);
	if (e == 0)
		e = database_do(r->database, err,
			"UPDATE steps SET state = 'Skipped' WHERE run = ?"
			" AND state = 'Pending'",
			"s", id);
	if (e < 0)
		return e;
	return database_do(r->database, err,
		"UPDATE runs SET status = ?, why = ?, finished = ?"
		" WHERE id = ? AND finished IS NULL",
		"ssis", status, why, now_ns(), id);
}

/* Nobody writes its log any more, and nobody has said how it ended. */
static int
bury_killed(struct record *r, struct error *err)
{
	cleanup(json_free) struct json *rows = NULL;
	int e;

	e = database_query(r->database, &rows, err,
		"SELECT id FROM runs WHERE finished IS NULL", "");
	for (size_t n = 0; e == 0 && n < json_count(rows); n++) {
		const char *id = json_get_text(json_at(rows, n), "id");

		if (record_is_live(r, id, NULL) > 0)
			continue;
		e = end_run(r, id, status_names[RUN_ERROR],
			"the runner was killed", err);
	}
	return e;
}

int
record_open(const char *state_path, struct record **ret, struct error *err)
{
	cleanup(record_free) struct record *r = mem_zalloc(sizeof(*r));
	autofree char *logs = path_join(state_path, "logs");
	autofree char *file = path_join(state_path, "runs.db");
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int e;

	r->logs_fd = -1;
	if (root < 0)
		return error_errno(err, "cannot open '/'");
	e = fs_make_dirs(root, logs, 0700, &r->logs_fd, err);
	if (e == 0)
		e = database_open(
			file, changes, ARRAY_SIZE(changes), &r->database, err);
	if (e == 0)
		e = bury_killed(r, err);
	if (e < 0)
		return error_wrap(err, "the record of runs");
	*ret = take_ptr(&r);
	return 0;
}

struct record *
record_free(struct record *r)
{
	if (!r)
		return NULL;
	journal_free(r->journal);
	database_free(r->database);
	scope_close(&r->logs_fd);
	free(r->id);
	free(r);
	return NULL;
}

static int
add_steps(struct record *r, struct error *err)
{
	static const char *const kinds[] = {
		[STEP_BUILD] = "build",
		[STEP_CMD] = "cmd",
		[STEP_PUSH] = "push",
	};
	int e = 0;

	for (size_t n = 0; e == 0 && n < r->task->step_count; n++) {
		const struct step *s = &r->task->steps[n];

		e = database_do(r->database, err,
			"INSERT INTO steps VALUES (?, ?, ?, ?, 'Pending', 0, 0)",
			"siss", r->id, (int64_t)n, s->id, kinds[s->kind]);
	}
	return e;
}

static char *
words_text(const struct strv *words)
{
	cleanup(json_free) struct json *list =
		words ? json_new_list(words) : json_new_array();
	cleanup_value(buf_release) struct buf text = { .max = WORDS_MAX };

	json_format(list, &text);
	return buf_steal(&text);
}

static int
add_run(struct record *r, const struct record_run *run, struct error *err)
{
	autofree char *words = words_text(run->words);
	int e;

	e = database_do(r->database, err,
		"INSERT INTO runs (id, task, context, trigger, status,"
		" created, pid, words, cwd) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"sssssiiss", run->id, run->task, run->context, run->trigger,
		status_names[RUN_RUNNING], now_ns(), (int64_t)getpid(), words,
		run->cwd);
	return e < 0 ? e : add_steps(r, err);
}

/* An id that was given by hand may be given again when its run has ended. */
static int
make_way(struct record *r, const char *id, struct error *err)
{
	int live = record_is_live(r, id, NULL);

	if (live <= 0)
		return record_remove(r, id, err);
	(void)error_set(err, EEXIST, "run '%s' goes on", id);
	return error_kind(err, ERROR_REQUEST);
}

int
record_begin(struct record *r, const struct record_run *run,
	const struct task *t, struct error *err)
{
	autofree char *name = log_name(run->id);
	int e;

	e = make_way(r, run->id, err);
	if (e < 0)
		return e;
	r->id = mem_strdup(run->id);
	r->task = t;
	/* First the log, whose lock says that the run lives. */
	e = journal_begin(r->logs_fd, name, t->step_count, &r->journal, err);
	if (e < 0)
		return e;
	e = database_do(r->database, err, "BEGIN IMMEDIATE", "");
	if (e == 0)
		e = add_run(r, run, err);
	if (e == 0)
		e = database_do(r->database, err, "COMMIT", "");
	if (e < 0) /* nobody would ever find it */
		(void)unlinkat(r->logs_fd, name, 0);
	return e;
}

void
record_step(struct record *r, size_t step, const char *state, uint64_t attempts,
	int status)
{
	autoerror err = { 0 };

	if (!r)
		return;
	journal_end_step(r->journal, step);
	if (database_do(r->database, &err,
		    "UPDATE steps SET state = ?, attempts = ?, status = ?"
		    " WHERE run = ? AND number = ?",
		    "siisi", state, (int64_t)attempts, (int64_t)status, r->id,
		    (int64_t)step) < 0)
		log_warning_once("record", "the record of runs: %s", err.text);
}

void
record_output(struct record *r, size_t step, const char *data, size_t len)
{
	if (r)
		journal_write(
			r->journal, step, r->task->steps[step].id, data, len);
}

int
record_end(struct record *r, enum run_status status, const char *why,
	struct error *err)
{
	/* Before the lock ends: else it looks killed in between, for good. */
	int e = end_run(r, r->id, status_names[status], why, err);

	r->journal = journal_free(r->journal);
	return e;
}

int
record_open_log(
	struct record *r, const char *id, int *ret_fd, struct error *err)
{
	autofree char *name = log_name(id);

	return fs_open_in(
		r->logs_fd, name, FS_NO_LINKS, O_RDONLY, 0, ret_fd, err);
}

int
record_is_live(struct record *r, const char *id, struct error *err)
{
	autofree char *name = log_name(id);

	return journal_is_live(r->logs_fd, name, err);
}

int
record_remove(struct record *r, const char *id, struct error *err)
{
	autofree char *name = log_name(id);
	int e;

	if (unlinkat(r->logs_fd, name, 0) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove '%s'", name);
	e = database_do(
		r->database, err, "DELETE FROM steps WHERE run = ?", "s", id);
	if (e < 0)
		return e;
	return database_do(
		r->database, err, "DELETE FROM runs WHERE id = ?", "s", id);
}

static void
show_time(struct json *row, const char *name)
{
	int64_t ns = json_get_number(row, name, -1);
	char text[40];

	if (ns < 0)
		return;
	num_format_time(
		ns / NS_PER_SECOND, (uint32_t)(ns % NS_PER_SECOND), text);
	json_set_text(row, name, text);
}

/* Numbers for the database become what people and programs read. */
static void
show_run(struct json *row)
{
	int64_t created = json_get_number(row, "created", 0);
	int64_t finished = json_get_number(row, "finished", -1);

	json_set(row, "seconds",
		finished < 0 ? json_new_null()
			     : json_new_number(
				       (finished - created) / NS_PER_SECOND));
	show_time(row, "created");
	show_time(row, "finished");
}

#define RUN_COLUMNS \
	"id, task, context, trigger, status, why, created, finished, pid"

int
record_list(struct record *r, const struct record_filter *f, struct json **ret,
	struct error *err)
{
	cleanup(json_free) struct json *rows = NULL;
	int e;

	e = database_query(r->database, &rows, err,
		"SELECT " RUN_COLUMNS " FROM runs WHERE"
		" (?1 IS NULL OR lower(status) = lower(?1)) AND"
		" (?2 IS NULL OR task = ?2) ORDER BY number DESC LIMIT ?3",
		"ssi", f->status, f->task, f->most ? f->most : (int64_t)-1);
	if (e < 0)
		return e;
	for (size_t n = 0; n < json_count(rows); n++)
		show_run(json_at(rows, n));
	*ret = take_ptr(&rows);
	return 0;
}

static int
find_run(struct record *r, const char *id, struct json **ret, struct error *err)
{
	cleanup(json_free) struct json *rows = NULL;
	int e;

	e = database_query(r->database, &rows, err,
		"SELECT " RUN_COLUMNS ", words, cwd FROM runs WHERE"
		" ?1 IS NULL OR id = ?1 ORDER BY number DESC LIMIT 1",
		"s", id);
	if (e < 0)
		return e;
	if (json_count(rows) == 1) {
		*ret = json_copy(json_at(rows, 0));
		return 0;
	}
	if (id)
		(void)error_set(err, ENOENT, "there is no run '%s'", id);
	else
		(void)error_set(err, ENOENT, "there is no run yet");
	(void)error_hint(err, "slipway runs list shows all");
	return error_kind(err, ERROR_REQUEST);
}

int
record_get(
	struct record *r, const char *id, struct json **ret, struct error *err)
{
	cleanup(json_free) struct json *run = NULL;
	struct json *steps, *words;
	const char *text;
	int e;

	e = find_run(r, id, &run, err);
	if (e < 0)
		return e;
	show_run(run);
	text = json_get_text(run, "words");
	e = json_parse(text ? text : "[]", strlen(text ? text : "[]"), WORDS_MAX,
		"words of a run", &words, err);
	if (e < 0)
		return e;
	json_set(run, "words", words);
	e = database_query(r->database, &steps, err,
		"SELECT id, type, state, attempts, status FROM steps"
		" WHERE run = ? ORDER BY number",
		"s", json_get_text(run, "id"));
	if (e < 0)
		return e;
	json_set(run, "steps", steps);
	*ret = take_ptr(&run);
	return 0;
}
