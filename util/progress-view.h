/* SPDX-License-Identifier: Apache-2.0 */
/* progress-view: what the display knows, and the ways to show it. Private to
 * progress*.c. */
#ifndef UTIL_PROGRESS_VIEW_H
#define UTIL_PROGRESS_VIEW_H

#include "util/buf.h"
#include "util/progress.h"

#define PROGRESS_LINE_MAX KiB(16)
#define PROGRESS_LINES_KEPT 40
/* Of one step that waits to be shown; the file of its log has the rest. */
#define PROGRESS_HELD_MAX MiB(16)

/* Bytes moved for one item of a step. */
struct progress_item {
	char *name;
	uint64_t done, total;
	int64_t shown_ms;	/* when it was last written */
	struct progress_item *next;
};

/* A running step. */
struct progress_task {
	progress_step step;
	unsigned number;	/* as in "#3" */
	char *title;
	int64_t begin_ms;
	struct buf partial;	/* a line without its end yet */
	char *lines[PROGRESS_LINES_KEPT];	/* the last ones, a ring */
	size_t line_count;	/* of all lines ever */
	struct progress_item *items;
	struct buf *held;	/* of a view that `holds`: not shown yet */
	struct progress_task *next;
};

/* One way of showing; NULL members show nothing. `text` is safe to print. */
struct progress_view {
	bool moves;		/* tick() is wanted */
	bool holds;		/* shows steps whole, one after the other */
	void (*begin)(struct progress *p, const struct progress_task *t);
	void (*line)(struct progress *p, const struct progress_task *t,
		const char *text);
	void (*bytes)(struct progress *p, const struct progress_task *t,
		struct progress_item *item);
	void (*end)(struct progress *p, const struct progress_task *t,
		enum progress_outcome outcome, const char *note);
	void (*message)(struct progress *p, const char *text);
	void (*tick)(struct progress *p);
	void (*finish)(struct progress *p);
};

struct progress {
	const struct progress_view *view;	/* NULL: a sender */
	int fd;			/* where it writes: stderr, or the channel */
	bool color;
	progress_step next_step;
	unsigned next_number;
	struct progress_task *tasks;	/* oldest first */
	unsigned drawn_lines;	/* of what moves, on the terminal now */
	int64_t drawn_ms;
	struct buf frame;	/* what the terminal is about to be told */
	progress_step open_step; /* of a view that `holds`: the one whose
				  * lines are shown; 0: none */
	struct buf *ended;	/* whole steps that wait for its end */
};

extern const struct progress_view progress_view_terminal;
extern const struct progress_view progress_view_plain;
extern const struct progress_view progress_view_json;
extern const struct progress_view progress_view_quiet;
extern const struct progress_view progress_view_ci;

/* Is this a build service whose logs progress_view_ci can fold? */
bool progress_ci_is_known(void);

/* One event, as it travels from a child to the display. */
enum progress_event_kind {
	EVENT_BEGIN, EVENT_OUTPUT, EVENT_BYTES, EVENT_END, EVENT_MESSAGE,
	EVENT_KINDS,
};

struct progress_event {
	enum progress_event_kind kind;
	progress_step step;
	enum progress_outcome outcome;
	bool has_text;
	uint64_t done, total;
	const char *text;	/* title, output, item, note or line */
	size_t len;
};

/* Send over the channel; a parent that is gone is no error of ours. */
void progress_send(int fd, const struct progress_event *event);
/* Change the state of the display and show it. */
void progress_apply(struct progress *p, const struct progress_event *event);
/* Forget every running step. */
void progress_forget(struct progress *p);

/* Append the last lines of a task, oldest first, at most `max`. */
void progress_add_lines(struct buf *b, const struct progress_task *t,
	size_t max, const char *before);

#endif
