/* SPDX-License-Identifier: Apache-2.0 */
/* The images and files that stages stand on and copy from. */
#include "builder/build-part.h"

#include "builder/blame.h"
#include "builder/step.h"
#include "oci/config.h"

/* A stage's name that is misspelt is an image's: say so before what the
 * registry has to say. */
static void
hint_at_stage(const struct build *b, const char *name, struct error *err)
{
	const char *near = plan_nearest_stage(b->plan, name);
	autofree char *hint = NULL;

	if (!err)
		return;
	hint = take_ptr(&err->hint);
	(void)error_hint(err,
		"no stage before this one is called '%s', so it is an image%s%s%s%s%s",
		name, near ? "; did you mean stage '" : "", near ? near : "",
		near ? "'?" : "", hint ? "\n" : "", hint ? hint : "");
}

static int
load_source(struct build *b, const struct plan_stage *s, const struct instr *i,
	const char *name, struct error *err)
{
	const struct image *image;

	if (images_get(b->images, name, &s->platform, &image, err) == 0)
		return 0;
	hint_at_stage(b, name, err);
	return blame_instr(b->file, i, err);
}

static int
load_files(struct build *b, const struct instr *i,
	const struct named_context *files, struct error *err)
{
	int r;

	r = build_contexts_load(&b->contexts, files, err);
	return r < 0 ? blame_instr(b->file, i, err) : 0;
}

static int
load_sources(struct build *b, const struct plan_stage *s, const struct instr *i,
	struct error *err)
{
	cleanup_value(plan_sources_release) struct plan_sources sources = { 0 };
	int r;

	r = plan_find_sources(b->plan, s->number, i, &sources, err);
	for (size_t n = 0; r == 0 && n < sources.count; n++) {
		const struct plan_source *from = &sources.items[n];

		if (from->files)
			r = load_files(b, i, from->files, err);
		else if (!from->is_stage)
			r = load_source(b, s, i, from->image, err);
	}
	return r;
}

/* The base and its triggers, then the images that are copied from. */
static int
load_images_of(struct build *b, const struct plan_stage *s, struct error *err)
{
	cleanup_value(strv_release) struct strv triggers = { 0 };
	const struct image *image;
	int r;

	if (s->base == PLAN_IMAGE) {
		r = images_get(
			b->images, s->base_image, &s->platform, &image, err);
		if (r < 0)
			return blame_instr(b->file, &s->stage->from, err);
		r = config_get_list(
			image_config(image), "OnBuild", &triggers, err);
		if (r < 0)
			return r;
		r = plan_add_triggers(b->plan, s->number, &triggers, err);
		if (r < 0)
			return r;
	}
	for (size_t n = 0; n < s->count; n++) {
		r = load_sources(b, s, s->instrs[n], err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A layer is made on top of files, of the base or of what is copied from. */
static bool
makes_layers(const struct plan *p)
{
	for (size_t n = 0; n < p->count; n++) {
		const struct plan_stage *s = &p->stages[n];

		for (size_t i = 0; s->needed && i < s->count; i++) {
			if (step_kind_of(s->instrs[i]->kind))
				return true;
		}
	}
	return false;
}

int
build_load_images(struct build *b, struct error *err)
{
	if (makes_layers(b->plan))
		images_unpack(b->images, b->options->identity);
	for (size_t n = b->plan->count; n > 0; n--) {
		const struct plan_stage *s = &b->plan->stages[n - 1];
		int r;

		if (!s->needed)
			continue;
		r = load_images_of(b, s, err);
		if (r < 0)
			return r;
	}
	return 0;
}
