/* SPDX-License-Identifier: Apache-2.0 */
/* error: what went wrong, told once by whoever found out. */
#ifndef UTIL_ERROR_H
#define UTIL_ERROR_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Whose fault it is. main() turns it into the exit status of slipway(1); the
 * numbers are those statuses. ERROR_UNKNOWN lets main() choose by errno.
 */
enum error_kind {
	ERROR_UNKNOWN = 0,
	ERROR_WORK = 1,		/* a RUN, a step, a lint failed */
	ERROR_REQUEST = 2,	/* usage, Dockerfile, task file */
	ERROR_LOCAL = 3,	/* a context or local file could not be had */
	ERROR_REMOTE = 4,	/* registry, network, credentials */
	ERROR_HOST = 5,		/* namespaces, disk, memory */
	ERROR_STORE = 6,	/* the store is damaged */
	ERROR_POLICY = 7,	/* verification refused */
	ERROR_TIMEOUT = 124,
	ERROR_BUG = 125,
};

/*
 * All-zero is "no error". `code` is a positive errno value for code to branch
 * on, `text` the story for people, `hint` a remedy or NULL. `status` is an
 * exact exit status to hand through (a RUN's own), or 0. `subject` is the piece
 * of the input it is about, for whoever knows where that stands, or NULL.
 */
struct error {
	int code;
	enum error_kind kind;
	int status;
	char *text;
	char *hint;
	char *subject;
};

/*
 * Each setter replaces what `err` held, returns -code, and accepts a NULL err
 * (then it only returns). errno is left at `code`: that is what error_wrap()
 * and the others below return when they are given no error to look at.
 * Messages: lower case, no full stop, the subject in single quotes.
 */
int error_set(struct error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with errno as code and ": <strerror>" appended. */
int error_errno(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Put "<where>: " before what is there; returns -err->code again. */
int error_wrap(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Say what kind it is, unless a callee has already; returns -err->code. */
int error_kind(struct error *err, enum error_kind kind);

/* Add a remedy, unless there is one already; returns -err->code. */
int error_hint(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Say which piece of the input it is about, unless that is known already;
 * returns -err->code. `len` bytes count. */
int error_about(struct error *err, const char *text, size_t len);

/* Copy `from` into the empty `to`, leaving `from` empty; returns -code. */
int error_move(struct error *to, struct error *from);

/* Put a copy of `from` into `to`, replacing what that held; returns -code. */
int error_copy(struct error *to, const struct error *from);

/* The exit status of slipway(1) for this error. */
int error_exit_status(const struct error *err);

/* Free the texts and make it all-zero again. */
void error_release(struct error *err);

#define autoerror __attribute__((__cleanup__(error_release))) struct error

#endif
