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
	{ "ci", PROGRESS_CI },
};

static const struct progress_view *const views[] = {
	[PROGRESS_TERMINAL] = &progress_view_terminal,
	[PROGRESS_PLAIN] = &progress_view_plain,
	[PROGRESS_JSON] = &progress_view_json,
	[PROGRESS_QUIET] = &progress_view_quiet,
	[PROGRESS_CI] = &progress_view_ci,
};

int
progress_parse_style(
	const char *text, enum progress_style *ret, struct error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(styles); i++) {
		if (text && strcmp(styles[i].name, text) != 0)
			continue;
		*ret = styles[i].style;
		return 0;
	}
	error_set(err, EINVAL, "'%s' is not a style of progress", text);
	error_hint(err, "styles are auto, terminal, plain, json, quiet and ci");
	return error_kind(err, ERROR_REQUEST);
}

static void
write_log(void *context, enum log_level level, const char *line)
{
	static const char *const prefixes[] = {
		[LOG_QUIET] = "",
		[LOG_ERROR] = "error: ",
		[LOG_WARNING] = "warning: ",
		[LOG_INFO] = "",
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

enum progress_style
progress_lasting_style(void)
{
	return progress_ci_is_known() ? PROGRESS_CI : PROGRESS_PLAIN;
}

struct progress *
progress_new(enum progress_style style)
{
	struct progress *p = new_display(STDERR_FILENO);

	if (style == PROGRESS_AUTO)
		style = term_can_draw(p->fd) ? PROGRESS_TERMINAL
					     : progress_lasting_style();
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

struct progress *
progress_free(struct progress *p)
{
	if (!p)
		return NULL;
	log_set_writer(NULL, NULL);
	if (p->view && p->view->finish)
		p->view->finish(p);
	progress_forget(p);
	buf_release(&p->frame);
	free(p);
	return NULL;
}

int
progress_tick(struct progress *p)
{
	int64_t since;

	if (!p || !p->view || !p->view->moves || (!p->tasks && !p->drawn_lines))
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
	struct progress_event event = {
		.kind = EVENT_BEGIN, .text = title, .len = strlen(title)
	};

	if (!p)
		return 0;
	event.step = p->next_step++;
	emit(p, &event);
	return event.step;
}

void
progress_output(
	struct progress *p, progress_step step, const char *data, size_t len)
{
	struct progress_event event = {
		.kind = EVENT_OUTPUT, .step = step, .text = data, .len = len
	};

	emit(p, &event);
}

void
progress_bytes(struct progress *p, progress_step step, const char *item,
	uint64_t done, uint64_t total)
{
	struct progress_event event = { .kind = EVENT_BYTES,
		.step = step,
		.done = done,
		.total = total,
		.text = item,
		.len = strlen(item) };

	emit(p, &event);
}

void
progress_end(struct progress *p, progress_step step,
	enum progress_outcome outcome, const char *note)
{
	struct progress_event event = { .kind = EVENT_END,
		.step = step,
		.outcome = outcome,
		.has_text = note != NULL,
		.text = note,
		.len = note ? strlen(note) : 0 };

	emit(p, &event);
}

void
progress_message(struct progress *p, const char *line)
{
	struct progress_event event = {
		.kind = EVENT_MESSAGE, .text = line, .len = strlen(line)
	};

	emit(p, &event);
}
