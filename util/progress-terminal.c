/* SPDX-License-Identifier: Apache-2.0 */
/* The view that moves: what has ended scrolls away above, what runs is drawn
 * again below. The cursor is never hidden, so nothing can leave it so. */
#include <string.h>

#include "util/clock.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/progress-view.h"
#include "util/scope.h"
#include "util/term.h"

#define LINES_SHOWN 6
#define TIME_WIDTH 9

/* A frame in the making: what fits on the screen is counted. */
struct canvas {
	struct progress *p;
	unsigned columns, rows;
	unsigned lines;
};

static void
set_color(struct progress *p, enum term_color color)
{
	if (p->color)
		term_add_color(&p->frame, color);
}

static void
erase(struct progress *p)
{
	if (p->drawn_lines)
		term_add_erase(&p->frame, p->drawn_lines);
	p->drawn_lines = 0;
}

static void
flush(struct progress *p)
{
	/* Nobody is left to tell when stderr is gone. */
	if (p->frame.len)
		(void)fs_write(p->fd, p->frame.data, p->frame.len, NULL);
	buf_reset(&p->frame);
	p->frame.overflow = false;
}

/* "text        1.2s", cut to the width. */
static void
add_line(struct progress *p, unsigned columns, const char *text,
	const char *right)
{
	size_t room = columns > TIME_WIDTH + 4 ? columns - TIME_WIDTH - 1 : 4;
	size_t width = term_text_width(text);

	term_add_cut(&p->frame, text, room);
	if (*right)
		buf_addf(&p->frame, "%*s%*s",
			(int)(width < room ? room - width : 0), "", TIME_WIDTH,
			right);
}

static bool
has_room(struct canvas *c)
{
	return c->lines + 1 < c->rows;
}

static void
draw_line(struct canvas *c, enum term_color color, const char *before,
	const char *text, const char *right)
{
	autofree char *line = NULL;

	if (!has_room(c))
		return;
	line = mem_printf("%s%s", before, text);
	set_color(c->p, color);
	add_line(c->p, c->columns, line, right);
	set_color(c->p, TERM_PLAIN);
	buf_addc(&c->p->frame, '\n');
	c->lines++;
}

static void
draw_items(struct canvas *c, const struct progress_task *t)
{
	const struct progress_item *i;
	char done[24], total[24];

	for (i = t->items; i; i = i->next) {
		autofree char *text = NULL;

		if (i->total && i->done >= i->total)
			continue;
		num_format_size(i->done, done);
		num_format_size(i->total, total);
		text = mem_printf("%s %s%s%s", i->name, done,
			i->total ? " / " : "", i->total ? total : "");
		draw_line(c, TERM_PLAIN, " => => ", text, "");
	}
}

static void
draw_task(struct canvas *c, const struct progress_task *t)
{
	int64_t ms = clock_now_ms() - t->begin_ms;
	autofree char *time = mem_printf("%.1fs", (double)ms / 1000);
	size_t first =
		t->line_count > LINES_SHOWN ? t->line_count - LINES_SHOWN : 0;
	size_t i;

	draw_line(c, TERM_BLUE, " => ", t->title, time);
	draw_items(c, t);
	for (i = first; i < t->line_count; i++)
		draw_line(c, TERM_FAINT, " => => ",
			t->lines[i % PROGRESS_LINES_KEPT], "");
}

static void
draw(struct progress *p)
{
	struct canvas c = { .p = p };
	const struct progress_task *t;

	term_size(p->fd, &c.columns, &c.rows);
	for (t = p->tasks; t; t = t->next)
		draw_task(&c, t);
	p->drawn_lines = c.lines;
	p->drawn_ms = clock_now_ms();
}

static void
terminal_tick(struct progress *p)
{
	erase(p);
	draw(p);
	flush(p);
}

static const struct {
	enum term_color color;
	const char *word; /* instead of the time, or NULL */
} outcomes[] = {
	[PROGRESS_DONE] = { TERM_PLAIN, NULL },
	[PROGRESS_CACHED] = { TERM_FAINT, "CACHED" },
	[PROGRESS_FAILED] = { TERM_RED, "ERROR" },
	[PROGRESS_SKIPPED] = { TERM_YELLOW, "SKIPPED" },
};

static void
terminal_end(struct progress *p, const struct progress_task *t,
	enum progress_outcome outcome, const char *note)
{
	int64_t ms = clock_now_ms() - t->begin_ms;
	autofree char *right = NULL;
	autofree char *text = NULL;
	unsigned columns, rows;

	term_size(p->fd, &columns, &rows);
	right = outcomes[outcome].word ? mem_strdup(outcomes[outcome].word)
				       : mem_printf("%.1fs", (double)ms / 1000);
	text = mem_printf(" => %s%s%s%s", t->title, note ? " (" : "",
		note ? note : "", note ? ")" : "");
	erase(p);
	set_color(p, outcomes[outcome].color);
	add_line(p, columns, text, right);
	set_color(p, TERM_PLAIN);
	buf_addc(&p->frame, '\n');
	if (outcome == PROGRESS_FAILED)
		progress_add_lines(
			&p->frame, t, PROGRESS_LINES_KEPT, " => => ");
	draw(p);
	flush(p);
}

static void
terminal_message(struct progress *p, const char *text)
{
	erase(p);
	set_color(p, TERM_YELLOW);
	buf_addf(&p->frame, "slipway: %s", text);
	set_color(p, TERM_PLAIN);
	buf_addc(&p->frame, '\n');
	draw(p);
	flush(p);
}

const struct progress_view progress_view_terminal = {
	.moves = true,
	.end = terminal_end,
	.message = terminal_message,
	.tick = terminal_tick,
	.finish = terminal_tick,
};
