/* SPDX-License-Identifier: Apache-2.0 */
/* What the display knows: events change it, a view shows it. */
#include <string.h>

#include "util/clock.h"
#include "util/mem.h"
#include "util/progress-view.h"
#include "util/term.h"

#define ITEMS_MAX 256

static void
free_items(struct progress_item *item)
{
	struct progress_item *next;

	for (; item; item = next) {
		next = item->next;
		free(item->name);
		free(item);
	}
}

static void
free_task(struct progress_task *t)
{
	size_t i;

	for (i = 0; i < PROGRESS_LINES_KEPT; i++)
		free(t->lines[i]);
	free_items(t->items);
	buf_release(&t->partial);
	if (t->held)
		buf_release(t->held);
	free(t->held);
	free(t->title);
	free(t);
}

void
progress_forget(struct progress *p)
{
	struct progress_task *t;

	while (p->tasks) {
		t = p->tasks;
		p->tasks = t->next;
		free_task(t);
	}
}

static struct progress_task **
find_task(struct progress *p, progress_step step)
{
	struct progress_task **t = &p->tasks;

	while (*t && (*t)->step != step)
		t = &(*t)->next;
	return t;
}

void
progress_add_lines(struct buf *b, const struct progress_task *t, size_t max,
	const char *before)
{
	size_t kept = t->line_count < PROGRESS_LINES_KEPT ? t->line_count
							  : PROGRESS_LINES_KEPT;
	size_t i = t->line_count - (kept < max ? kept : max);

	for (; i < t->line_count; i++)
		buf_addf(
			b, "%s%s\n", before, t->lines[i % PROGRESS_LINES_KEPT]);
}

static char *
safe_text(const struct progress *p, const char *text, size_t len)
{
	struct buf safe;

	buf_init(&safe, PROGRESS_LINE_MAX);
	term_add_safe(&safe, text, len, p->color);
	if (p->color && memchr(buf_text(&safe), '\033', safe.len))
		term_add_color(&safe, TERM_PLAIN);
	return buf_steal(&safe);
}

static void
end_line(struct progress *p, struct progress_task *t)
{
	char *text = safe_text(p, buf_text(&t->partial), t->partial.len);
	char **place = &t->lines[t->line_count++ % PROGRESS_LINES_KEPT];

	free(*place);
	*place = text;
	buf_reset(&t->partial);
	if (p->view->line)
		p->view->line(p, t, text);
}

/* A lone carriage return starts the line again, as it does on a terminal: what
 * counts is what would stay to be read. */
static void
take_output(struct progress *p, struct progress_task *t, const char *data,
	size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (data[i] == '\n') {
			if (t->partial.len &&
				t->partial.data[t->partial.len - 1] == '\r')
				t->partial.len--;
			end_line(p, t);
			continue;
		}
		if (t->partial.len &&
			t->partial.data[t->partial.len - 1] == '\r')
			buf_reset(&t->partial);
		buf_addc(&t->partial, data[i]);
		if (t->partial.len >= PROGRESS_LINE_MAX - 1)
			end_line(p, t);
	}
}

static struct progress_item *
find_item(struct progress_task *t, const char *name)
{
	struct progress_item **i = &t->items;
	unsigned count = 0;

	for (; *i; i = &(*i)->next, count++)
		if (strcmp((*i)->name, name) == 0)
			return *i;
	if (count == ITEMS_MAX)
		return NULL;
	*i = mem_zalloc(sizeof(**i));
	(*i)->name = mem_strdup(name);
	return *i;
}

static void
apply_begin(struct progress *p, const struct progress_event *event)
{
	struct progress_task **place = find_task(p, event->step);
	struct progress_task *t;

	if (*place)
		return;
	t = mem_zalloc(sizeof(*t));
	t->step = event->step;
	t->number = ++p->next_number;
	t->title = safe_text(p, event->text, event->len);
	t->begin_ms = clock_now_ms();
	buf_init(&t->partial, PROGRESS_LINE_MAX);
	if (p->view->holds) {
		t->held = mem_zalloc(sizeof(*t->held));
		buf_init(t->held, PROGRESS_HELD_MAX);
	}
	*place = t;
	if (p->view->begin)
		p->view->begin(p, t);
}

static void
apply_bytes(struct progress *p, struct progress_task *t,
	const struct progress_event *event)
{
	autofree char *name = safe_text(p, event->text, event->len);
	struct progress_item *item = find_item(t, name);

	if (!item)
		return;
	item->done = event->done;
	item->total = event->total;
	if (p->view->bytes)
		p->view->bytes(p, t, item);
}

static void
apply_end(struct progress *p, struct progress_task **place,
	const struct progress_event *event)
{
	struct progress_task *t = *place;
	autofree char *note = NULL;

	if (t->partial.len)
		end_line(p, t);
	if (event->has_text)
		note = safe_text(p, event->text, event->len);
	*place = t->next;
	if (p->view->end)
		p->view->end(p, t, event->outcome, note);
	free_task(t);
}

static void
apply_message(struct progress *p, const struct progress_event *event)
{
	autofree char *text = safe_text(p, event->text, event->len);

	if (p->view->message)
		p->view->message(p, text);
}

void
progress_apply(struct progress *p, const struct progress_event *event)
{
	struct progress_task **t = find_task(p, event->step);

	if (event->kind == EVENT_BEGIN)
		apply_begin(p, event);
	else if (event->kind == EVENT_MESSAGE)
		apply_message(p, event);
	else if (!*t)
		return;
	else if (event->kind == EVENT_OUTPUT)
		take_output(p, *t, event->text, event->len);
	else if (event->kind == EVENT_BYTES)
		apply_bytes(p, *t, event);
	else if (event->kind == EVENT_END)
		apply_end(p, t, event);
	(void)progress_tick(p);
}
