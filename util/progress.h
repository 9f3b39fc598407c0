/* SPDX-License-Identifier: Apache-2.0 */
/* progress: what a user sees while waiting: steps, output, bytes moved. */
#ifndef UTIL_PROGRESS_H
#define UTIL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "util/scope.h"

enum progress_style {
	PROGRESS_AUTO,		/* terminal if stderr is one, else plain */
	PROGRESS_TERMINAL,	/* redraws running steps and their last lines */
	PROGRESS_PLAIN,		/* "#3 [2/5] RUN make", "#3 0.21 output" */
	PROGRESS_JSON,		/* one JSON object a line */
	PROGRESS_QUIET,		/* nothing but failures */
	PROGRESS_CI,		/* steps whole, folded as the build service
				 * wants it */
};

enum progress_outcome {
	PROGRESS_DONE, PROGRESS_CACHED, PROGRESS_FAILED, PROGRESS_SKIPPED,
};

/* A display, or (progress_to_parent) a sender to the display of the parent. */
struct progress;
/* Names a running step; unique over all processes of one display. */
typedef uint64_t progress_step;

/* "auto", "terminal" or "tty", "plain", "json" or "rawjson", "quiet", "ci";
 * else -EINVAL, ERROR_REQUEST. NULL is "auto". */
int progress_parse_style(const char *text, enum progress_style *ret,
	struct error *err);
/* The style that keeps every line on the screen: PROGRESS_PLAIN, or
 * PROGRESS_CI on a build service we know by its environment. */
enum progress_style progress_lasting_style(void);
/* Never fails; writes to stderr, and only when there is something to say.
 * Takes over the log lines. */
struct progress *progress_new(enum progress_style style);
/* Ends the display: what runs is shown as it is, the cursor restored. */
struct progress *progress_free(struct progress *p);

/*
 * Several processes, one display: the parent makes a channel, a forked child
 * replaces its display by a sender, the parent feeds what it can read when
 * poll says so. progress_feed returns 1 while the channel lives, 0 at its end.
 */
/* `ret_fds[0]` is the parent's, `ret_fds[1]` the children's, close-on-exec. */
int progress_channel(int ret_fds[2], struct error *err);
/* Borrows `write_fd`; it may be shared by several senders. */
struct progress *progress_to_parent(int write_fd);
/* Takes what is there without waiting; call it when poll says so. */
int progress_feed(struct progress *p, int read_fd, struct error *err);

/* All accept a NULL display and then do nothing. */
/* `title` as in "[stage 2/5] RUN make". */
progress_step progress_begin(struct progress *p, const char *title);
/* Redraw what moves if it is time; returns in how many milliseconds to call
 * again, -1 when nothing moves: a timeout for poll. */
int progress_tick(struct progress *p);
/* Output of the step; split into lines here, control bytes made harmless. */
void progress_output(struct progress *p, progress_step step, const char *data,
	size_t len);
/* Bytes so far of `total` (0: unknown) for one item of the step. */
void progress_bytes(struct progress *p, progress_step step, const char *item,
	uint64_t done, uint64_t total);
/* `note` (may be NULL) is shown behind the outcome. */
void progress_end(struct progress *p, progress_step step,
	enum progress_outcome outcome, const char *note);
/* A line of its own, above everything that moves. */
void progress_message(struct progress *p, const char *line);

DEFINE_CLEANUP(struct progress *, progress_free);

#endif
