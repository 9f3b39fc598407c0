/* SPDX-License-Identifier: Apache-2.0 */
/* late: {{actions}} of a task that read what is not known when its file is:
 * {{.Steps...}} of steps before, {{.Secrets...}}, {{.Matrix...}}. */
#ifndef RUNNER_LATE_H
#define RUNNER_LATE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/scope.h"

/* What an action waits for. */
enum {
	LATE_STEPS = 1 << 0,
	LATE_SECRETS = 1 << 1,
	LATE_MATRIX = 1 << 2,
};

/*
 * Actions that were put off. In a rendered text each is a mark of two private
 * characters and a number, which neither YAML nor words of a command are torn
 * apart by; what it becomes is never looked at for YAML, words or actions.
 */
struct late;

struct late *late_new(void);
struct late *late_free(struct late *l);

/* Of "Steps.a.b": LATE_STEPS; 0 for what is known at once. */
unsigned late_waits_for(const char *fields);
/* Put off the action of these words, and add its mark to `to`. */
void late_add(struct late *l, const char *words, size_t len, unsigned waits,
	struct buf *to);
/* Is there anything like a mark, of whatever task? */
bool late_is_in(const char *text);
size_t late_count(const struct late *l);
/* Are the marks of a text those of the actions from `first` on, which it left,
 * and no others? Else -EINVAL, ERROR_REQUEST. */
int late_check(const struct late *l, size_t first, const char *name,
	const char *text, struct error *err);
/* What the marks of a text, all together, wait for; 0 without any. */
unsigned late_of_text(const struct late *l, const char *text);
/* What all actions wait for. */
unsigned late_of_all(const struct late *l);
/* The text with its marks as they were written, for people; yours. */
char *late_restore(const struct late *l, const char *text);
/* A mark in a text; `at` NULL: there is none. */
struct late_mark {
	const char *at, *end;
	const char *words; /* of its action; NULL: it is none of ours */
	unsigned waits;
	size_t index;
};

struct late_mark late_find(const struct late *l, const char *text);

DEFINE_CLEANUP(struct late *, late_free);

#endif
