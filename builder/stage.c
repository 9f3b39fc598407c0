/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/stage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "builder/blame.h"
#include "builder/cache.h"
#include "builder/explain.h"
#include "builder/meta.h"
#include "builder/step.h"
#include "builder/windows.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/num.h"

struct stage_run {
	const struct site *site;
	const struct plan_stage *stage;
	struct state state;
	struct view *view;
	size_t next;		   /* instruction to come */
	struct step *pending;	   /* it, prepared, but not done yet */
	size_t shown, shown_total; /* "[name 2/5]" */
};

/* The steps that are shown: FROM, and what makes a layer. */
static size_t
count_shown(const struct plan_stage *stage)
{
	size_t count = 1;

	for (size_t n = 0; n < stage->count; n++)
		count += step_kind_of(stage->instrs[n]->kind) != NULL;
	return count;
}

/* "[build 2/5] RUN make", without the name when there is but one stage. */
static progress_step
show(struct stage_run *run, const char *text)
{
	const struct plan *plan = run->site->plan;
	bool is_only = plan_needed_count(plan) == 1 && !run->stage->stage->name;
	const char *label = run->site->label;
	autofree char *title = mem_printf("[%s%s%s%s%zu/%zu] %s",
		label ? label : "", label ? " " : "",
		is_only ? "" : run->stage->title, is_only ? "" : " ",
		++run->shown, run->shown_total, text);

	return progress_begin(run->site->progress, title);
}

/* Those of the base image that are not to be inherited. */
static void
drop_labels(struct stage_run *run)
{
	struct json *runtime = config_runtime(draft_config(run->state.draft));
	const struct strv *unset = run->site->unset_labels;

	if (run->site->drops_labels)
		json_set(runtime, "Labels", NULL);
	for (size_t n = 0; unset && n < unset->count; n++)
		json_set(json_get(runtime, "Labels"), unset->items[n], NULL);
}

static int
from_image(struct stage_run *run, struct error *err)
{
	const struct plan_stage *stage = run->stage;
	const struct image *image;
	int r;

	r = images_get(run->site->images, stage->base_image, &stage->platform,
		&image, err);
	if (r < 0)
		return r;
	state_from_image(image, run->site->plan->file->escape, &run->state);
	drop_labels(run);
	return windows_is(run->state.draft)
		? windows_begin(&run->state.draft, err)
		: 0;
}

static int
load_base(struct stage_run *run, struct error *err)
{
	const struct plan_stage *stage = run->stage;

	switch (stage->base) {
	case PLAN_SCRATCH:
		state_from_nothing(&stage->platform,
			run->site->plan->file->escape, &run->state);
		return 0;
	case PLAN_STAGE:
		state_from_stage(
			&run->site->results[stage->base_stage], &run->state);
		return 0;
	case PLAN_IMAGE:
		return from_image(run, err);
	}
	return error_set(err, EINVAL, "a stage stands on nothing");
}

int
stage_begin(const struct site *site, size_t number, struct stage_run **ret,
	struct error *err)
{
	cleanup(stage_free) struct stage_run *run = mem_zalloc(sizeof(*run));
	progress_step shown;
	int r;

	run->site = site;
	run->stage = &site->plan->stages[number];
	run->view = view_new(site->store);
	run->shown_total = count_shown(run->stage);
	shown = show(run, run->stage->stage->from.text);
	r = load_base(run, err);
	progress_end(site->progress, shown,
		r < 0 ? PROGRESS_FAILED : PROGRESS_CACHED, NULL);
	if (r < 0)
		return blame_instr(
			run->site->plan->file, &run->stage->stage->from, err);
	if (site->created) {
		free(run->state.created);
		run->state.created = mem_strdup(site->created);
	}
	*ret = take_ptr(&run);
	return 0;
}

struct stage_run *
stage_free(struct stage_run *run)
{
	if (!run)
		return NULL;
	step_free(run->pending);
	view_free(run->view);
	state_release(&run->state);
	free(run);
	return NULL;
}

const struct state *
stage_state(const struct stage_run *run)
{
	return &run->state;
}

void
stage_take_state(struct stage_run *run, struct state *ret)
{
	*ret = run->state;
	run->state = (struct state){ 0 };
}

/* The layer is there: image and history take it. */
static void
take_entry(struct stage_run *run, const struct cache_entry *e)
{
	const char *created = run->site->created;
	char hex[DIGEST_HEX_SIZE];
	struct digest key;

	draft_add_layer(run->state.draft, &e->layer);
	free(run->state.created);
	run->state.created = mem_strdup(created ? created : e->created);
	state_add_history(&run->state, run->pending->created_by, NULL, false);
	key_digest(&run->pending->key, &key);
	strv_add(&run->state.steps, digest_format_hex(&key, hex));
	run->pending = step_free(run->pending);
	run->next++;
}

static void
explain(const struct stage_run *run, const struct step *s)
{
	struct digest digest;
	char hex[DIGEST_HEX_SIZE];

	if (!run->site->explain)
		return;
	key_digest(&s->key, &digest);
	log_info("key %.12s of %s", digest_format_hex(&digest, hex),
		s->instr->text);
	for (size_t n = 0; n < s->key.words.count; n++)
		log_info("  %s", s->key.words.items[n]);
}

static void
explain_found(const struct stage_run *run, bool is_done)
{
	autofree char *why = NULL;

	if (is_done) {
		log_info("  done before: taken from the cache");
		return;
	}
	why = explain_difference(run->site->store, &run->pending->key);
	log_info("  to be done: %s", why ? why : "nothing like it was done");
}

/* WORKDIR / is configuration only: there is nothing to be made. */
static bool
makes_no_layer(const struct step *s)
{
	return s->instr->kind == INSTR_WORKDIR &&
		strcmp(state_cwd(s->state), "/") == 0;
}

static void
pass_over(struct stage_run *run)
{
	progress_step shown = show(run, run->pending->instr->text);

	state_add_history(&run->state, run->pending->created_by, NULL, true);
	progress_end(run->site->progress, shown, PROGRESS_DONE, NULL);
	run->pending = step_free(run->pending);
	run->next++;
}

/* Is this stage one of those that are done again, by name or number? */
static bool
is_filtered(const struct stage_run *run)
{
	const struct strv *stages = run->site->no_cache_stages;
	autofree char *number = mem_printf("%zu", run->stage->number);
	const char *name = run->stage->stage->name;

	for (size_t n = 0; stages && n < stages->count; n++) {
		if (strcmp(stages->items[n], number) == 0 ||
			(name && strcasecmp(stages->items[n], name) == 0))
			return true;
	}
	return false;
}

static bool
asks_cache(const struct stage_run *run)
{
	const struct site *site = run->site;

	if (site->no_cache || is_filtered(run))
		return false;
	return !site->no_cache_run || run->pending->instr->kind != INSTR_RUN;
}

/* 1 when the step was found done, 0 when it is to be done. */
static int
look_up(struct stage_run *run, struct error *err)
{
	cleanup_value(cache_entry_release) struct cache_entry e = { 0 };
	progress_step shown;
	int r;

	if (!asks_cache(run)) {
		if (run->site->explain)
			log_info("  to be done: --no-cache");
		return 0;
	}
	r = cache_get(run->site->store, &run->pending->key, &e, err);
	if (r >= 0 && run->site->explain)
		explain_found(run, r > 0);
	if (r <= 0)
		return r;
	shown = show(run, run->pending->instr->text);
	progress_end(run->site->progress, shown, PROGRESS_CACHED, NULL);
	view_forget(run->view);
	take_entry(run, &e);
	return 1;
}

/* One instruction as far as it goes without doing: 1, 0 or negative. */
static int
try_next(struct stage_run *run, struct error *err)
{
	const struct instr *i = run->stage->instrs[run->next];
	int r;

	if (meta_has(i->kind)) {
		r = meta_apply(&run->state, i, run->site->args, err);
		run->next++;
		return r < 0 ? r : 1;
	}
	r = step_new(run->site, run->stage, run->next, &run->state, run->view,
		&run->pending, err);
	if (r < 0)
		return r;
	explain(run, run->pending);
	if (makes_no_layer(run->pending)) {
		pass_over(run);
		return 1;
	}
	return look_up(run, err);
}

int
stage_replay(struct stage_run *run, struct error *err)
{
	while (run->next < run->stage->count) {
		const struct instr *i = run->stage->instrs[run->next];
		int r;

		if (run->pending)
			return 0;
		r = try_next(run, err);
		if (r < 0)
			return blame_instr(run->site->plan->file, i, err);
		if (r == 0)
			return 0;
	}
	return 1;
}

static char *
now_text(void)
{
	char text[40];
	uint32_t nanoseconds;
	int64_t seconds = clock_wall_seconds(&nanoseconds);

	num_format_time(seconds, nanoseconds, text);
	return mem_strdup(text);
}

static int
carry_out(struct stage_run *run, struct error *err)
{
	cleanup_value(cache_entry_release) struct cache_entry e = { 0 };
	struct step *s = run->pending;
	int r;

	s->shown = show(run, s->instr->text);
	r = step_kind_of(s->instr->kind)->perform(s, &e.layer, err);
	if (r == 0) {
		e.created = now_text();
		r = cache_put(
			run->site->store, &s->key, &e, s->created_by, err);
	}
	progress_end(run->site->progress, s->shown,
		r < 0 ? PROGRESS_FAILED : PROGRESS_DONE, NULL);
	if (r < 0)
		return blame_instr(run->site->plan->file, s->instr, err);
	take_entry(run, &e);
	return 0;
}

int
stage_work(struct stage_run *run, struct error *err)
{
	int r;

	while ((r = stage_replay(run, err)) == 0) {
		r = carry_out(run, err);
		if (r < 0)
			return r;
	}
	return r < 0 ? r : 0;
}
