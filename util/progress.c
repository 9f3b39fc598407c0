/* SPDX-License-Identifier: Apache-2.0 */
#include "util/progress.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/progress-view.h"
#include "util/term.h"

#define REDRAW_MS 100
#define ITEMS_MAX 256

static const struct {
	const char *name;
	enum progress_style style;
} styles[] = {
	{ "auto", PROGRESS_AUTO },
	{ "terminal", PROGRESS_TERMINAL },
	{ "tty", PROGRESS_TERMINAL },
	{ "plain", PROGRESS_PLAIN },
	{ "json", PROGRESS_JSON },
	{ "rawjson", PROGRESS_JSON },
	{ "quiet", PROGRESS_QUIET },
};

static const struct progress_view *const views[] = {
	[PROGRESS_TERMINAL] = &progress_view_terminal,
	[PROGRESS_PLAIN] = &progress_view_plain,
	[PROGRESS_JSON] = &progress_view_json,
	[PROGRESS_QUIET] = &progress_view_quiet,
};

int
progress_parse_style(const char *text, enum progress_style *ret,
	struct error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(styles); i++) {
		if (text && strcmp(styles[i].name, text) != 0)
			continue;
		*ret = styles[i].style;
		return 0;
	}
	error_set(err, EINVAL, "'%s' is not a style of progress", text);
	error_hint(err, "styles are auto, terminal, plain, json and quiet");
	return error_kind(err, ERROR_REQUEST);
}

static void
write_log(void *context, enum log_level level, const char *line)
{
	static const char *const prefixes[] = {
		[LOG_QUIET] = "", [LOG_ERROR] = "error: ",
		[LOG_WARNING] = "warning: ", [LOG_INFO] = "",
		[LOG_DEBUG] = "debug: ",
	};
	autofree char *text = mem_printf("%s%s", prefixes[level], line);

	progress_message(context, text);
}

/* Steps of several processes must not share a number; process ids can (pid
 * namespaces), random ones do not. */
static struct progress *
new_display(int fd)
{
	struct progress *p = mem_zalloc(sizeof(*p));
	uint32_t base = 0;

	if (getrandom(&base, sizeof(base), 0) != (ssize_t)sizeof(base))
		base = (uint32_t)getpid();
	p->fd = fd;
	p->next_step = ((progress_step)base << 32) + 1;
	log_set_writer(write_log, p);
	return p;
}

struct progress *
progress_new(enum progress_style style)
{
	struct progress *p = new_display(STDERR_FILENO);

	if (style == PROGRESS_AUTO)
		style = term_can_draw(p->fd) ? PROGRESS_TERMINAL :
			PROGRESS_PLAIN;
	p->view = views[style];
	p->color = style == PROGRESS_TERMINAL && term_has_color(p->fd);
	buf_init(&p->frame, MiB(1));
	return p;
}

struct progress *
progress_to_parent(int write_fd)
{
	return new_display(write_fd);
}

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
	free(t->title);
	free(t);
}

struct progress *
progress_free(struct progress *p)
{
	struct progress_task *t;

	if (!p)
		return NULL;
	log_set_writer(NULL, NULL);
	if (p->view && p->view->finish)
		p->view->finish(p);
	while (p->tasks) {
		t = p->tasks;
		p->tasks = t->next;
		free_task(t);
	}
	buf_release(&p->frame);
	free(p);
	return NULL;
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
	size_t kept = t->line_count < PROGRESS_LINES_KEPT ? t->line_count :
		PROGRESS_LINES_KEPT;
	size_t i = t->line_count - (kept < max ? kept : max);

	for (; i < t->line_count; i++)
		buf_addf(b, "%s%s\n", before,
			t->lines[i % PROGRESS_LINES_KEPT]);
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

int
progress_tick(struct progress *p)
{
	int64_t since;

	if (!p || !p->view || !p->view->moves ||
		(!p->tasks && !p->drawn_lines))
		return -1;
	since = clock_now_ms() - p->drawn_ms;
	if (since < REDRAW_MS)
		return (int)(REDRAW_MS - since);
	p->view->tick(p);
	return REDRAW_MS;
}

static void
emit(struct progress *p, const struct progress_event *event)
{
	if (!p)
		return;
	if (p->view)
		progress_apply(p, event);
	else
		progress_send(p->fd, event);
}

progress_step
progress_begin(struct progress *p, const char *title)
{
	struct progress_event event = { .kind = EVENT_BEGIN, .text = title,
		.len = strlen(title) };

	if (!p)
		return 0;
	event.step = p->next_step++;
	emit(p, &event);
	return event.step;
}

void
progress_output(struct progress *p, progress_step step, const char *data,
	size_t len)
{
	struct progress_event event = { .kind = EVENT_OUTPUT, .step = step,
		.text = data, .len = len };

	emit(p, &event);
}

void
progress_bytes(struct progress *p, progress_step step, const char *item,
	uint64_t done, uint64_t total)
{
	struct progress_event event = { .kind = EVENT_BYTES, .step = step,
		.done = done, .total = total, .text = item,
		.len = strlen(item) };

	emit(p, &event);
}

void
progress_end(struct progress *p, progress_step step,
	enum progress_outcome outcome, const char *note)
{
	struct progress_event event = { .kind = EVENT_END, .step = step,
		.outcome = outcome, .has_text = note != NULL, .text = note,
		.len = note ? strlen(note) : 0 };

	emit(p, &event);
}

void
progress_message(struct progress *p, const char *line)
{
	struct progress_event event = { .kind = EVENT_MESSAGE, .text = line,
		.len = strlen(line) };

	emit(p, &event);
}
