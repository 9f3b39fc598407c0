/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about a build: nothing is built. */
#include "builder/build-part.h"

#include "builder/lint-show.h"
#include "builder/pinning.h"
#include "builder/scan.h"
#include "util/mem.h"

static void
find_bases(struct build *b)
{
	b->bases = mem_array(b->plan->count, sizeof(struct image *));
	for (size_t n = 0; n < b->plan->count; n++) {
		const struct plan_stage *s = &b->plan->stages[n];

		if (s->base == PLAN_IMAGE && s->base_image)
			b->bases[n] = images_peek(
				b->images, s->base_image, &s->platform);
	}
}

/* For lint, as far as the file was read. */
static struct lint_input
input_of(const struct build *b)
{
	struct copy_root root;

	context_root(b->context, &root);
	return (struct lint_input){
		.file = b->file,
		.args = &b->args,
		.platform = b->platform,
		.ignore = root.ignore,
		.bases = b->bases,
	};
}

/* Lint before anything is done; what it finds fails the build only when the
 * file says so. */
int
build_look_over(struct build *b, struct error *err)
{
	struct lint_input in;
	int r;

	find_bases(b);
	in = input_of(b);
	r = lint_run(&in, &b->lint, err);
	return r < 0 ? r : lint_show_failure(&b->lint, err);
}

/* The way up to the plan, without a word to a registry. */
static int
read_all(struct build *b, struct store *s, struct error *err)
{
	const struct build_options *o = b->options;
	int r;

	b->store = s;
	b->platform = o->platforms;
	r = build_prepare(b, o->output.transfer->progress, err);
	if (r == 0)
		r = build_read_args(b, err);
	if (r == 0)
		r = plan_make(b->file, &b->args, &b->contexts.named,
			b->platform, o->target, &b->plan, err);
	if (r == 0)
		build_open_images(b);
	return r;
}

int
build_answer(struct store *s, const struct build_options *options,
	const struct call *call, struct buf *ret, bool *ret_fails,
	struct error *err)
{
	cleanup_value(build_release) struct build b = { .options = options };
	struct lint_input in;
	int r;

	r = read_all(&b, s, err);
	if (r < 0)
		return r;
	find_bases(&b);
	in = input_of(&b);
	return call_answer(call, &in, b.plan, ret, ret_fails, err);
}

int
build_lock(struct store *s, const struct build_options *options, struct lock *l,
	struct error *err)
{
	cleanup_value(build_release) struct build b = { .options = options };
	struct pinning sources = { .store = s,
		.settings = options->output.transfer };
	autofree char *path = NULL;
	int r;

	r = read_all(&b, s, err);
	if (r < 0)
		return r;
	r = build_find_lock(&b, &path, err);
	if (r < 0)
		return r;
	sources.plan = b.plan;
	sources.images = b.images;
	sources.context = &b.contexts.request;
	sources.git = (struct git_settings){
		.secrets = options->secrets,
		.agent = options->agents ?
			strv_env_get(options->agents, "default") : NULL,
	};
	r = pinning_collect(&sources, l, err);
	return r < 0 ? r : lock_write(l, path, err);
}

/* Which commit the context is, when it is a repository's: asked again, as the
 * context keeps no memory of where it came from. */
static int
find_commit(const struct build *b, struct store *s, struct git_commit *ret,
	struct error *err)
{
	const struct build_options *o = b->options;
	cleanup_value(git_url_release) struct git_url u = { 0 };
	const struct git_settings *settings = &b->contexts.request.git;
	int r;

	if (!git_url_is_context(o->context))
		return 0;
	r = git_url_parse(o->context, &u, err);
	return r < 0 ? r : git_resolve(s, &u, settings, ret, err);
}

int
build_scan(struct store *s, const struct build_options *options,
	const struct strv *tags, struct json **ret, struct error *err)
{
	cleanup_value(build_release) struct build b = { .options = options };
	cleanup_value(git_commit_release) struct git_commit commit = { 0 };
	int r;

	r = read_all(&b, s, err);
	if (r == 0)
		r = find_commit(&b, s, &commit, err);
	return r < 0 ? r : scan_plan(s, b.plan, tags, commit.id, ret, err);
}
