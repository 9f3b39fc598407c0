/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/pinning.h"

#include <string.h>

#include "builder/blame.h"
#include "builder/expand.h"
#include "builder/fetched.h"
#include "builder/git-lock.h"
#include "builder/pinning-recall.h"
#include "util/mem.h"

/* A walk through one stage: `vars` is what its variables are there. */
struct walk {
	const struct pinning *sources;
	struct lock *lock;
	const struct plan_stage *stage;
	struct strv *vars;
	bool recalls;
};

static int
add_image(const struct walk *w, const char *name, struct error *err)
{
	char digest[DIGEST_TEXT_SIZE];
	autofree char *full = NULL;
	struct digest found;
	int r;

	if (w->recalls)
		return pinning_recall_image(w->sources, w->lock, name,
			&w->stage->platform, err);
	r = images_resolve(w->sources->images, name, &full, &found, err);
	if (r == 0 && full)
		lock_set(w->lock, LOCK_IMAGE, full,
			digest_format(&found, digest));
	return r;
}

static int
add_repository(const struct walk *w, const char *url,
	const struct git_settings *settings, struct error *err)
{
	cleanup_value(git_url_release) struct git_url u = { 0 };
	int r;

	r = git_url_parse(url, &u, err);
	return r < 0 ? r : git_lock_add(w->lock, w->sources->store, &u,
		settings, err);
}

static int
add_file(const struct walk *w, const char *url, struct error *err)
{
	cleanup_value(fetched_release) struct fetched f = { .fd = -1 };
	char digest[DIGEST_TEXT_SIZE];
	int r;

	r = fetched_init(url, &f, err);
	if (r == 0)
		r = fetched_get(&f, w->sources->store, w->sources->settings,
			w->sources->git.secrets, NULL, err);
	if (r == 0)
		lock_set(w->lock, LOCK_FILE, f.url,
			digest_format(&f.got.digest, digest));
	return r;
}

static int
recall_context(const struct walk *w, const struct named_context *c,
	struct error *err)
{
	if (git_url_is_context(c->value))
		return pinning_recall_repository(w->sources, w->lock, c->value,
			c->context ? context_commit(c->context) : NULL, err);
	return fetched_is_url(c->value)
		? pinning_recall_file(w->sources, w->lock, c->value, NULL, err)
		: 0;
}

/* A directory is what it is. */
static int
add_context(const struct walk *w, const struct named_context *c,
	struct error *err)
{
	int r = 0;

	if (w->recalls)
		return recall_context(w, c, err);
	if (git_url_is_context(c->value))
		r = add_repository(w, c->value, &w->sources->context->git, err);
	else if (fetched_is_url(c->value))
		r = add_file(w, c->value, err);
	return r < 0 ? error_wrap(err, "--build-context %s", c->name) : 0;
}

/* Images and contexts with names. */
static int
add_sources(const struct walk *w, const struct instr *i, struct error *err)
{
	cleanup_value(plan_sources_release) struct plan_sources found = { 0 };
	int r;

	r = plan_find_sources(
		w->sources->plan, w->stage->number, i, &found, err);
	for (size_t n = 0; r == 0 && n < found.count; n++) {
		if (found.items[n].files)
			r = add_context(w, found.items[n].files, err);
		else if (found.items[n].image)
			r = add_image(w, found.items[n].image, err);
	}
	return r;
}

static int
expand(const struct walk *w, const char *word, char **ret, struct error *err)
{
	const struct expand_env env = { .vars = w->vars,
		.escape = w->sources->plan->file->escape };

	return expand_word(word, &env, ret, err);
}

static int
add_added(const struct walk *w, const char *source, struct error *err)
{
	if (git_url_is(source))
		return add_repository(w, source, &w->sources->git, err);
	return fetched_is_url(source) ? add_file(w, source, err) : 0;
}

static int
recall_added(const struct walk *w, const struct instr *i, const char *source,
	struct error *err)
{
	const char *word = instr_flag(i, "checksum");
	autofree char *checksum = NULL;
	int r;

	r = word ? expand(w, word, &checksum, err) : 0;
	if (r < 0)
		return r;
	if (git_url_is(source))
		return pinning_recall_repository(
			w->sources, w->lock, source, NULL, err);
	return fetched_is_url(source)
		? pinning_recall_file(
			  w->sources, w->lock, source, checksum, err)
		: 0;
}

/* What has a checksum is pinned by that. */
static int
add_files(const struct walk *w, const struct instr *i, struct error *err)
{
	if (i->kind != INSTR_ADD ||
		(instr_flag(i, "checksum") && !w->recalls))
		return 0;
	for (size_t n = 0; n + 1 < i->args.count; n++) {
		autofree char *source = NULL;
		int r;

		r = expand(w, i->args.items[n], &source, err);
		if (r == 0)
			r = w->recalls ? recall_added(w, i, source, err)
				       : add_added(w, source, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Pairs that ENV sets, all of them before any counts. */
static int
pass_env(const struct walk *w, const struct instr *i, struct error *err)
{
	cleanup_value(strv_release) struct strv pairs = { 0 };

	for (size_t n = 0; n < i->args.count; n++) {
		char *text;
		int r;

		r = expand(w, i->args.items[n], &text, err);
		if (r < 0)
			return r;
		strv_take(&pairs, text);
	}
	for (size_t n = 0; n + 1 < pairs.count; n += 2)
		strv_env_set(w->vars, pairs.items[n], pairs.items[n + 1]);
	return 0;
}

static int
pass(const struct walk *w, const struct instr *i, struct error *err)
{
	const struct plan *p = w->sources->plan;
	int r;

	if (i->kind == INSTR_ENV)
		return pass_env(w, i, err);
	if (i->kind == INSTR_ARG)
		return args_apply(p->args, i, p->file->escape, w->vars, err);
	r = add_sources(w, i, err);
	return r < 0 ? r : add_files(w, i, err);
}

static int
walk_stage(const struct walk *w, struct error *err)
{
	const struct plan_stage *s = w->stage;
	const struct dockerfile *file = w->sources->plan->file;
	int r;

	if (s->base == PLAN_IMAGE) {
		r = add_image(w, s->base_image, err);
		if (r < 0)
			return blame_instr(file, &s->stage->from, err);
	}
	for (size_t n = 0; n < s->count; n++) {
		r = pass(w, s->instrs[n], err);
		if (r < 0)
			return blame_instr(file, s->instrs[n], err);
	}
	return 0;
}

/* Stages come in the file's order, so what a stage stands on is known. */
static int
walk_needed(const struct pinning *s, struct lock *l, struct strv *vars,
	bool recalls, struct error *err)
{
	for (size_t n = 0; n < s->plan->count; n++) {
		const struct plan_stage *stage = &s->plan->stages[n];
		const struct walk w = { s, l, stage, &vars[n], recalls };
		int r;

		if (!stage->needed)
			continue;
		if (stage->base == PLAN_STAGE)
			strv_copy(&vars[n], &vars[stage->base_stage]);
		r = walk_stage(&w, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
walk_all(const struct pinning *s, struct lock *l, bool recalls,
	struct error *err)
{
	struct strv *vars = mem_array(s->plan->count, sizeof(*vars));
	int r;

	r = walk_needed(s, l, vars, recalls, err);
	for (size_t n = 0; n < s->plan->count; n++)
		strv_release(&vars[n]);
	free(vars);
	return r;
}

int
pinning_collect(const struct pinning *s, struct lock *l, struct error *err)
{
	int r = plan_need_all(s->plan, err);

	return r < 0 ? r : walk_all(s, l, false, err);
}

int
pinning_recall(const struct pinning *s, struct lock *l, struct error *err)
{
	return walk_all(s, l, true, err);
}
