/* SPDX-License-Identifier: Apache-2.0 */
/* Steps shown whole, one after the other, folded as a build service wants it:
 * one step is open and its lines appear as they come; the others' wait. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util/clock.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/progress-view.h"

/* How a service writes what is marked. %s is the text, %t the time in seconds,
 * %n the step's number. */
struct service {
	const char *variable; /* of the environment, set on this service */
	const char *open, *close, *error, *warning;
	const char *(*quote)(char c);
};

/* docs.github.com, workflow commands: data is percent-encoded. */
static const char *
quote_percent(char c)
{
	return c == '%' ? "%25" : NULL;
}

/* TeamCity service messages: a bar protects these. */
static const char *
quote_bar(char c)
{
	static const char *const quoted[] = { "||", "|'", "|[", "|]" };
	const char *place = c ? strchr("|'[]", c) : NULL;

	return place ? quoted[place - "|'[]"] : NULL;
}

static const struct service services[] = {
	{ "GITHUB_ACTIONS", "::group::%s\n", "::endgroup::\n", "::error::%s\n",
		"::warning::%s\n", quote_percent },
	{ "GITLAB_CI",
		"\033[0Ksection_start:%t:step_%n[collapsed=true]\r\033[0K%s\n",
		"\033[0Ksection_end:%t:step_%n\r\033[0K\n", "%s\n", "%s\n",
		NULL },
	{ "TF_BUILD", "##[group]%s\n", "##[endgroup]\n",
		"##vso[task.logissue type=error]%s\n",
		"##vso[task.logissue type=warning]%s\n", NULL },
	/* The last line opens the group of what failed. */
	{ "BUILDKITE", "--- %s\n", "", "^^^ +++\n%s\n", "%s\n", NULL },
	{ "TEAMCITY_VERSION", "##teamcity[blockOpened name='%s']\n",
		"##teamcity[blockClosed name='%s']\n",
		"##teamcity[message text='%s' status='ERROR']\n",
		"##teamcity[message text='%s' status='WARNING']\n", quote_bar },
};

static const struct service unknown = { NULL, "=== %s\n", "", "%s\n", "%s\n",
	NULL };

static const struct service *
find_service(void)
{
	for (size_t n = 0; n < ARRAY_SIZE(services); n++) {
		const char *value = getenv(services[n].variable);

		if (value && *value)
			return &services[n];
	}
	return &unknown;
}

bool
progress_ci_is_known(void)
{
	return find_service() != &unknown;
}

static void
add_quoted(struct buf *b, const struct service *s, const char *text)
{
	for (; *text; text++) {
		const char *quoted = s->quote ? s->quote(*text) : NULL;

		if (quoted)
			buf_adds(b, quoted);
		else
			buf_addc(b, *text);
	}
}

static void
add_mark(struct buf *b, const char *mark, unsigned number, const char *text)
{
	const struct service *s = find_service();

	for (; *mark; mark++) {
		if (*mark != '%') {
			buf_addc(b, *mark);
			continue;
		}
		mark++;
		if (*mark == 't')
			buf_addf(b, "%" PRId64, clock_wall_seconds(NULL));
		else if (*mark == 'n')
			buf_addf(b, "%u", number);
		else
			add_quoted(b, s, text);
	}
}

static void
write_out(struct progress *p, struct buf *b)
{
	/* Nobody is left to tell when stderr is gone. */
	(void)fs_write(p->fd, buf_text(b), b->len, NULL);
	buf_reset(b);
}

/* Now its lines are shown as they come. */
static void
open_step(struct progress *p, const struct progress_task *t)
{
	p->open_step = t->step;
	add_mark(&p->frame, find_service()->open, t->number, t->title);
	write_out(p, &p->frame);
	write_out(p, t->held);
}

static void
ci_begin(struct progress *p, const struct progress_task *t)
{
	if (!p->open_step)
		open_step(p, t);
}

static void
ci_line(struct progress *p, const struct progress_task *t, const char *text)
{
	buf_addf(t->held, "%s\n", text);
	if (p->open_step == t->step)
		write_out(p, t->held);
}

static const char *const outcomes[] = {
	[PROGRESS_DONE] = "done",
	[PROGRESS_CACHED] = "cached",
	[PROGRESS_FAILED] = "failed",
	[PROGRESS_SKIPPED] = "skipped",
};

/* Its last line, the end of its fold, and what is not to be overlooked. */
static void
add_end(struct buf *b, const struct progress_task *t,
	enum progress_outcome outcome, const char *note)
{
	autofree char *failed = mem_printf(
		"%s: failed%s%s", t->title, note ? ": " : "", note ? note : "");

	if (t->held->overflow)
		buf_adds(b, "... (the rest is in the log)\n");
	buf_addf(b, "%s in %.1f s%s%s\n", outcomes[outcome],
		(double)(clock_now_ms() - t->begin_ms) / 1000, note ? ": " : "",
		note ? note : "");
	add_mark(b, find_service()->close, t->number, t->title);
	if (outcome == PROGRESS_FAILED)
		add_mark(b, find_service()->error, t->number, failed);
}

static void
hold_ended(struct progress *p, const struct progress_task *t,
	enum progress_outcome outcome, const char *note)
{
	if (!p->ended) {
		p->ended = mem_zalloc(sizeof(*p->ended));
		buf_init(p->ended, 4 * PROGRESS_HELD_MAX);
	}
	add_mark(p->ended, find_service()->open, t->number, t->title);
	buf_add(p->ended, buf_text(t->held), t->held->len);
	add_end(p->ended, t, outcome, note);
}

static void
ci_end(struct progress *p, const struct progress_task *t,
	enum progress_outcome outcome, const char *note)
{
	if (p->open_step != t->step) {
		hold_ended(p, t, outcome, note);
		return;
	}
	add_end(&p->frame, t, outcome, note);
	write_out(p, &p->frame);
	if (p->ended)
		write_out(p, p->ended);
	p->open_step = 0;
	if (p->tasks)
		open_step(p, p->tasks);
}

static void
ci_message(struct progress *p, const char *text)
{
	static const char warning[] = "warning: ";
	const struct service *s = find_service();
	autofree char *line = mem_printf("slipway: %s", text);
	bool is_warning = strncmp(text, warning, strlen(warning)) == 0;

	if (is_warning)
		add_mark(&p->frame, s->warning, 0, line);
	else
		buf_addf(&p->frame, "%s\n", line);
	write_out(p, &p->frame);
}

static void
ci_finish(struct progress *p)
{
	for (const struct progress_task *t = p->tasks; t; t = t->next) {
		if (p->open_step != t->step)
			open_step(p, t);
		add_mark(&p->frame, find_service()->close, t->number, t->title);
		write_out(p, &p->frame);
	}
	if (p->ended) {
		write_out(p, p->ended);
		buf_release(p->ended);
		free(p->ended);
		p->ended = NULL;
	}
}

const struct progress_view progress_view_ci = {
	.holds = true,
	.begin = ci_begin,
	.line = ci_line,
	.end = ci_end,
	.message = ci_message,
	.finish = ci_finish,
};
