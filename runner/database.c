/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/database.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <sqlite3.h>

#include "util/clock.h"
#include "util/mem.h"

#define PATIENCE_MS 10000
#define RETRY_MS 5
#define ROWS_MAX 100000

struct database {
	sqlite3 *handle;
	char *path;
};

static const struct {
	int code;
	int is; /* 0: as the system said */
	const char *hint;
} refusals[] = {
	{ SQLITE_NOTADB, EBADMSG, "move it away, and a new one is begun" },
	{ SQLITE_CORRUPT, EBADMSG, "move it away, and a new one is begun" },
	{ SQLITE_READONLY, EROFS, "even who only looks must be able to write" },
	{ SQLITE_CONSTRAINT, EEXIST, NULL },
	{ SQLITE_FULL, ENOSPC, NULL },
	{ SQLITE_BUSY, EBUSY, NULL },
	{ SQLITE_IOERR, 0, NULL },
	{ SQLITE_CANTOPEN, 0, NULL },
	{ 0, EIO, NULL },
};

static int
refuse(const struct database *d, struct error *err)
{
	const char *what = sqlite3_errmsg(d->handle);
	int code = sqlite3_errcode(d->handle);
	size_t i = 0;
	int r;

	while (refusals[i].code && refusals[i].code != code)
		i++;
	errno = sqlite3_system_errno(d->handle);
	if (refusals[i].is || !errno)
		r = error_set(err, refusals[i].is ? refusals[i].is : EIO,
			"database '%s': %s", d->path, what);
	else
		r = error_errno(err, "database '%s': %s", d->path, what);
	if (refusals[i].hint)
		(void)error_hint(err, "%s", refusals[i].hint);
	return r;
}

static int
bind(struct database *d, sqlite3_stmt *s, const char *types, va_list args,
	struct error *err)
{
	for (int i = 0; types[i]; i++) {
		int r;

		if (types[i] == 'i')
			r = sqlite3_bind_int64(s, i + 1, va_arg(args, int64_t));
		else
			r = sqlite3_bind_text(s, i + 1,
				va_arg(args, const char *), -1,
				SQLITE_TRANSIENT);
		if (r != SQLITE_OK)
			return refuse(d, err);
	}
	return 0;
}

static int
prepare(struct database *d, const char *sql, const char *types, va_list args,
	sqlite3_stmt **ret, struct error *err)
{
	if (sqlite3_prepare_v2(d->handle, sql, -1, ret, NULL) != SQLITE_OK)
		return refuse(d, err);
	return bind(d, *ret, types, args, err);
}

static struct json *
read_cell(sqlite3_stmt *s, int column)
{
	switch (sqlite3_column_type(s, column)) {
	case SQLITE_NULL:
		return json_new_null();
	case SQLITE_INTEGER:
		return json_new_number(sqlite3_column_int64(s, column));
	default:
		return json_new_text(
			(const char *)sqlite3_column_text(s, column));
	}
}

static struct json *
read_row(sqlite3_stmt *s)
{
	struct json *row = json_new_object();
	int count = sqlite3_column_count(s);

	for (int n = 0; n < count; n++)
		json_set(row, sqlite3_column_name(s, n), read_cell(s, n));
	return row;
}

/* Rows go to `rows`, or nowhere when that is NULL. */
static int
step_through(struct database *d, sqlite3_stmt *s, struct json *rows,
	struct error *err)
{
	size_t count = 0;
	int r;

	while ((r = sqlite3_step(s)) == SQLITE_ROW) {
		if (!rows)
			continue;
		if (++count > ROWS_MAX)
			return error_set(err, EFBIG,
				"database '%s': more than %d rows", d->path,
				ROWS_MAX);
		json_append(rows, read_row(s));
	}
	return r == SQLITE_DONE ? 0 : refuse(d, err);
}

static int
run(struct database *d, struct json *rows, struct error *err, const char *sql,
	const char *types, va_list args)
{
	sqlite3_stmt *s = NULL;
	int r;

	r = prepare(d, sql, types, args, &s, err);
	if (r == 0)
		r = step_through(d, s, rows, err);
	(void)sqlite3_finalize(s); /* says again what step has said */
	return r;
}

int
database_do(struct database *d, struct error *err, const char *sql,
	const char *types, ...)
{
	va_list args;
	int r;

	va_start(args, types);
	r = run(d, NULL, err, sql, types, args);
	va_end(args);
	return r;
}

int
database_query(struct database *d, struct json **ret, struct error *err,
	const char *sql, const char *types, ...)
{
	cleanup(json_free) struct json *rows = json_new_array();
	va_list args;
	int r;

	va_start(args, types);
	r = run(d, rows, err, sql, types, args);
	va_end(args);
	if (r < 0)
		return r;
	*ret = take_ptr(&rows);
	return 0;
}

int64_t
database_changes(struct database *d)
{
	return sqlite3_changes64(d->handle);
}

static int
read_version(struct database *d, size_t *ret, struct error *err)
{
	cleanup(json_free) struct json *rows = NULL;
	int r;

	r = database_query(d, &rows, err, "PRAGMA user_version", "");
	if (r < 0)
		return r;
	*ret = (size_t)json_get_number(json_at(rows, 0), "user_version", 0);
	return 0;
}

/* One change and its number, or neither. */
static int
change(struct database *d, const char *sql, size_t number, struct error *err)
{
	autofree char *all = mem_printf(
		"%s; PRAGMA user_version = %zu; COMMIT", sql, number);

	if (sqlite3_exec(d->handle, all, NULL, NULL, NULL) != SQLITE_OK)
		return refuse(d, err);
	return 0;
}

/* Under the write lock, so that of two that open it first one changes it. */
static int
update(struct database *d, const char *const *changes, size_t count,
	struct error *err)
{
	size_t version;
	int r;

	r = read_version(d, &version, err);
	while (r == 0 && version < count) {
		r = database_do(d, err, "BEGIN IMMEDIATE", "");
		if (r == 0)
			r = read_version(d, &version, err);
		if (r < 0)
			return r;
		if (version < count)
			r = change(d, changes[version], version + 1, err);
		else
			r = database_do(d, err, "COMMIT", "");
		if (r == 0)
			r = read_version(d, &version, err);
	}
	if (r < 0 || version == count)
		return r;
	(void)error_set(
		err, EINVAL, "'%s' was made by a newer slipway", d->path);
	return error_kind(err, ERROR_HOST);
}

/* The log of writes is shared memory, which file servers cannot share. */
static const char *
journal_mode(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs) < 0)
		return "PRAGMA journal_mode = WAL";
	switch ((unsigned long)fs.f_type) {
	case NFS_SUPER_MAGIC:
	case SMB_SUPER_MAGIC:
	case CIFS_SUPER_MAGIC:
	case SMB2_SUPER_MAGIC:
	case V9FS_MAGIC:
	case 0x0BD00BD0: /* Lustre */
	case 0x47504653: /* GPFS */
		return "PRAGMA journal_mode = DELETE";
	default:
		return "PRAGMA journal_mode = WAL";
	}
}

/* SQLite does not wait for others here, as it does for every other lock: of
 * many that are the first to open it, all but one would be refused. */
static int
set_journal_mode(struct database *d, struct error *err)
{
	int64_t deadline = clock_deadline_ms(PATIENCE_MS);
	int r;

	for (;;) {
		r = database_do(d, err, journal_mode(d->path), "");
		if (r != -EBUSY || clock_left_ms(deadline) == 0)
			return r;
		(void)poll(NULL, 0, RETRY_MS);
	}
}

/* With our mode, whatever the umask: SQLite's own files follow it. */
static int
make_file(const char *path, struct error *err)
{
	autoclose int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	return 0;
}

int
database_open(const char *path, const char *const *changes, size_t count,
	struct database **ret, struct error *err)
{
	cleanup(database_free) struct database *d = NULL;
	int r;

	r = make_file(path, err);
	if (r < 0)
		return r;
	d = mem_zalloc(sizeof(*d));
	d->path = mem_strdup(path);
	if (sqlite3_open_v2(path, &d->handle, SQLITE_OPEN_READWRITE, NULL) !=
		SQLITE_OK)
		return refuse(d, err);
	(void)sqlite3_busy_timeout(d->handle, PATIENCE_MS);
	r = set_journal_mode(d, err);
	/* A crash of the machine may lose the last moves, never the file. */
	if (r == 0)
		r = database_do(d, err, "PRAGMA synchronous = NORMAL", "");
	if (r == 0)
		r = update(d, changes, count, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&d);
	return 0;
}

struct database *
database_free(struct database *d)
{
	if (!d)
		return NULL;
	(void)sqlite3_close(d->handle); /* no statement is left open */
	free(d->path);
	free(d);
	return NULL;
}
