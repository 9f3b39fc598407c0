/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/stages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder/stack.h"
#include "builder/stage.h"
#include "builder/worker.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/proc.h"

/* How far one stage is. */
struct line {
	struct stage_run *run; /* NULL until it begins */
	struct worker worker;  /* while it works */
};

struct stages {
	struct site *site;
	const struct stages_options *options;
	struct line *lines; /* by stage number */
	size_t running;
	const char *assumed_kind; /* of trees, until it is known */
	bool entered;		  /* the namespace, and what comes with it */
	int interrupt_fd;
	int progress_fds[2];
};

static void
stages_release(struct stages *s)
{
	for (size_t n = 0; n < s->site->plan->count; n++) {
		worker_release(&s->lines[n].worker);
		stage_free(s->lines[n].run);
	}
	free(s->lines);
	s->site->egress = egress_free(s->site->egress);
	for (size_t n = 0; n < 2; n++) {
		if (s->progress_fds[n] >= 0)
			(void)close(s->progress_fds[n]);
	}
}

static bool
is_ready(const struct stages *s, size_t number)
{
	for (size_t n = 0; n < number; n++) {
		if (!s->site->is_done[n] &&
			plan_depends(s->site->plan, number, n))
			return false;
	}
	return true;
}

static void
finish(struct stages *s, size_t number)
{
	struct line *l = &s->lines[number];

	s->site->is_done[number] = true;
	l->run = stage_free(l->run);
}

static const char *
kind_of(enum identity identity)
{
	return identity == IDENTITY_SINGLE ? "single" : "";
}

/* Forget what was found done so far: it was found in trees of another kind
 * than we can use. */
static void
start_over(struct stages *s)
{
	for (size_t n = 0; n < s->site->plan->count; n++) {
		s->lines[n].run = stage_free(s->lines[n].run);
		state_release(&s->site->results[n]);
		s->site->is_done[n] = false;
	}
}

static bool
runs_programs(const struct plan *p)
{
	for (size_t n = 0; n < p->count; n++) {
		const struct plan_stage *s = &p->stages[n];

		for (size_t i = 0; s->needed && i < s->count; i++) {
			if (s->instrs[i]->kind == INSTR_RUN)
				return true;
		}
	}
	return false;
}

/* One for all RUNs of the build; it is waited for by the first. */
static int
open_network(struct stages *s, struct error *err)
{
	enum network_mode mode;

	if (!runs_programs(s->site->plan))
		return 0;
	return egress_choose(s->site->network, &mode, &s->site->egress, err);
}

/* Everything that only work needs, once. 1 when all is to begin again. */
static int
enter(struct stages *s, struct error *err)
{
	struct userns userns = { 0 };
	const char *kind;
	int r;

	if (s->entered)
		return 0;
	r = userns_enter(s->options->identity, &userns, err);
	if (r < 0)
		return r;
	r = stack_tell_losses(s->site->store, userns.identity, err);
	if (r == 0)
		r = open_network(s, err);
	if (r == 0)
		r = progress_channel(s->progress_fds, err);
	if (r < 0)
		return r;
	s->interrupt_fd = proc_catch_interrupts(err);
	if (s->interrupt_fd < 0)
		return s->interrupt_fd;
	s->entered = true;
	kind = kind_of(userns.identity);
	if (strcmp(kind, s->assumed_kind) == 0)
		return 0;
	store_set_tree_kind(s->site->store, kind);
	start_over(s);
	return 1;
}

static int
start_worker(struct stages *s, struct line *l, struct error *err)
{
	int r;

	r = enter(s, err);
	if (r != 0)
		return r;
	r = worker_start(s->site, l->run, s->progress_fds[1], &l->worker, err);
	if (r == 0)
		s->running++;
	return r;
}

/* Begin a stage; it may be done at once. */
static int
begin(struct stages *s, size_t number, struct error *err)
{
	struct line *l = &s->lines[number];
	int r;

	r = stage_begin(s->site, number, &l->run, err);
	if (r < 0)
		return r;
	r = stage_replay(l->run, err);
	if (r <= 0)
		return r;
	stage_take_state(l->run, &s->site->results[number]);
	finish(s, number);
	return 0;
}

static int
advance(struct stages *s, size_t number, struct error *err)
{
	struct line *l = &s->lines[number];
	int r;

	if (!l->run && is_ready(s, number)) {
		r = begin(s, number, err);
		if (r < 0)
			return r;
	}
	if (l->run && !l->worker.proc.pid && s->running < s->options->jobs)
		return start_worker(s, l, err);
	return 0;
}

/* Whatever can be begun is. A stage only waits for earlier ones, so one pass
 * sees all that the ends of this pass made ready. 1 to begin again. */
static int
start_ready(struct stages *s, struct error *err)
{
	for (size_t n = 0; n < s->site->plan->count; n++) {
		int r;

		if (!s->site->plan->stages[n].needed || s->site->is_done[n])
			continue;
		r = advance(s, n, err);
		if (r != 0)
			return r;
	}
	return 0;
}

/* A worker said something. */
static int
hear(struct stages *s, size_t number, struct error *err)
{
	struct line *l = &s->lines[number];
	int r;

	r = worker_read(&l->worker, err);
	if (r != 0)
		return r < 0 ? r : 0;
	r = worker_finish(&l->worker, &s->site->results[number], err);
	worker_release(&l->worker);
	s->running--;
	if (r < 0)
		return r;
	finish(s, number);
	return 0;
}

static int
shorter(int a_ms, int b_ms)
{
	if (a_ms < 0 || b_ms < 0)
		return a_ms < 0 ? b_ms : a_ms;
	return a_ms < b_ms ? a_ms : b_ms;
}

static int
check_time(const struct stages *s, struct error *err)
{
	int r;

	r = proc_check_interrupt(err);
	if (r < 0)
		return r;
	if (s->options->deadline_ms < 0 ||
		clock_now_ms() < s->options->deadline_ms)
		return 0;
	(void)error_set(err, ETIMEDOUT, "the build took longer than allowed");
	return error_kind(err, ERROR_TIMEOUT);
}

/* Wait for a word of anybody, and hear all who have one. */
static int
wait_for_news(struct stages *s, struct error *err)
{
	size_t count = s->site->plan->count;
	autofree struct pollfd *fds = mem_array(count + 2, sizeof(*fds));
	int r;

	for (size_t n = 0; n < count; n++) {
		const struct worker *w = &s->lines[n].worker;

		fds[n].fd = w->proc.pid ? w->answer_fd : -1;
		fds[n].events = POLLIN;
	}
	fds[count] = (struct pollfd){ s->progress_fds[0], POLLIN, 0 };
	fds[count + 1] = (struct pollfd){ s->interrupt_fd, POLLIN, 0 };
	r = poll(fds, count + 2,
		shorter(progress_tick(s->site->progress),
			clock_left_ms(s->options->deadline_ms)));
	if (r < 0 && errno != EINTR)
		return error_errno(err, "cannot wait for stages");
	/* First what was shown, so that nothing is lost by a failure. */
	r = progress_feed(s->site->progress, s->progress_fds[0], err);
	if (r < 0)
		return r;
	r = check_time(s, err);
	for (size_t n = 0; r == 0 && n < count; n++) {
		if (fds[n].revents)
			r = hear(s, n, err);
	}
	return r;
}

const char *
stages_assume_kind(struct store *s, enum identity identity)
{
	autoclosedir DIR *dir = NULL;
	const struct dirent *e;
	int fd;

	if (identity != IDENTITY_AUTO)
		return kind_of(identity);
	fd = store_dir_fd(s, STORE_TREES, NULL);
	if (fd >= 0)
		fd = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd >= 0 ? fdopendir(fd) : NULL;
	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		return strchr(e->d_name, '.') ? kind_of(IDENTITY_SINGLE) : "";
	}
	return "";
}

static int
run_all(struct stages *s, struct error *err)
{
	int r;

	for (;;) {
		r = start_ready(s, err);
		if (r > 0)
			continue;
		if (r < 0 || s->running == 0)
			return r;
		/* While they work, as it would be time lost at the end. */
		r = context_save(s->site->context, err);
		if (r == 0)
			r = named_contexts_save(s->site->named, err);
		if (r == 0)
			r = wait_for_news(s, err);
		if (r < 0)
			return r;
	}
}

int
stages_build(struct site *site, const struct stages_options *options,
	bool *ret_worked, struct error *err)
{
	cleanup_value(stages_release) struct stages s = { .site = site,
		.options = options,
		.interrupt_fd = -1,
		.progress_fds = { -1, -1 } };
	int r;

	s.lines = mem_array(site->plan->count, sizeof(*s.lines));
	s.assumed_kind = stages_assume_kind(site->store,
		options->identity);
	store_set_tree_kind(site->store, s.assumed_kind);
	r = run_all(&s, err);
	if (s.entered)
		(void)progress_feed(site->progress, s.progress_fds[0], NULL);
	*ret_worked = s.entered;
	return r;
}
