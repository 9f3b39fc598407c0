/* SPDX-License-Identifier: Apache-2.0 */
/* journal: all that the steps of one run printed, line by line, as a file.
 *
 * A line is "TIME STEP TEXT": RFC 3339 in UTC, the step's id, what it printed.
 * The one who writes it holds a lock on it, so that anybody can tell whether
 * the run goes on, however its runner ended. */
#ifndef RUNNER_JOURNAL_H
#define RUNNER_JOURNAL_H

#include <stddef.h>

#include "util/error.h"
#include "util/scope.h"

struct journal;

/* A new file `name` below `dir_fd`, locked; for `count` steps. -EEXIST. */
int journal_begin(int dir_fd, const char *name, size_t count,
	struct journal **ret, struct error *err);
/* What is left of a line is written, the lock ends. NULL is fine. */
struct journal *journal_free(struct journal *j);

/* Step number `step`, called `id`, printed this. Lines of more than 64 KiB
 * are parted. A full disk is told once as a warning; the run goes on. */
void journal_write(struct journal *j, size_t step, const char *id,
	const char *data, size_t len);
/* It prints no more: a last line without its end is written. */
void journal_end_step(struct journal *j, size_t step);

/* Does somebody write `name` still? 1, 0, -ENOENT. */
int journal_is_live(int dir_fd, const char *name, struct error *err);

/* One line of the file in parts, none NUL-terminated. */
struct journal_line {
	const char *time, *step, *text;
	size_t time_len, step_len, text_len;
};

/* Take `line` (without its newline) apart. -EBADMSG. */
int journal_parse(const char *line, size_t len, struct journal_line *ret);

DEFINE_CLEANUP(struct journal *, journal_free);

#endif
