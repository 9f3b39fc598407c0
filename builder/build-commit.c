/* SPDX-License-Identifier: Apache-2.0 */
/* The image that the target stage has become. */
#include "builder/build-part.h"

#include <string.h>

#include "builder/cache-image.h"
#include "builder/squash.h"
#include "builder/windows.h"
#include "oci/config.h"
#include "util/mem.h"

/* Labels of the command line are set last, whatever the file says. */
static void
add_labels(const struct build *b, struct config *c)
{
	const struct strv *labels = b->options->labels;

	for (size_t n = 0; n < labels->count; n++) {
		const char *item = labels->items[n];
		size_t len = strcspn(item, "=");
		autofree char *name = mem_strndup(item, len);

		config_set_member(
			c, "Labels", name, item[len] ? item + len + 1 : "");
	}
}

/* So are variables. */
static int
set_env(const struct build *b, struct config *c, struct error *err)
{
	const struct strv *set = b->options->env;
	const struct strv *unset = b->options->unset_env;
	cleanup_value(strv_release) struct strv env = { 0 };
	int r;

	if ((!set || !set->count) && (!unset || !unset->count))
		return 0;
	r = config_get_list(c, "Env", &env, err);
	for (size_t n = 0; set && n < set->count; n++) {
		const char *item = set->items[n];
		size_t len = strcspn(item, "=");
		autofree char *name = mem_strndup(item, len);

		strv_env_set(&env, name, item + len + 1);
	}
	for (size_t n = 0; unset && n < unset->count; n++)
		strv_env_unset(&env, unset->items[n]);
	config_set_list(c, "Env", &env);
	return r;
}

/* --cache-to type=inline */
static int
embed_cache(struct build *b, struct state *result, struct error *err)
{
	const struct build_options *o = b->options;

	for (size_t n = 0; n < o->cache_to_count; n++) {
		if (o->cache_to[n].kind == CACHE_INLINE)
			return cache_image_embed(
				b->store, result->draft, &result->steps, err);
	}
	return 0;
}

int
build_commit(struct build *b, struct digest *ret, struct error *err)
{
	struct state *result = &b->results[b->plan->target];
	struct config *c;
	cleanup(json_free) struct json *annotations =
		annotations_at(b->options->output.annotations,
			ANNOTATION_MANIFEST, b->platform);
	int r = 0;

	if (windows_is(result->draft))
		r = windows_finish(b->store, &result->draft, err);
	if (r < 0)
		return r;
	c = draft_config(result->draft);
	add_labels(b, c);
	r = set_env(b, c, err);
	if (r < 0)
		return r;
	config_set_top(c, "created", result->created);
	r = embed_cache(b, result, err);
	if (r < 0)
		return r;
	if (b->options->omits_history)
		json_set(config_json(c), "history", NULL);
	return draft_commit(
		result->draft, b->site.store, annotations, ret, err);
}

/* The layers of the image that the target stands on, through its stages. */
static int
count_base_layers(struct build *b, size_t *ret, struct error *err)
{
	const struct plan_stage *s = &b->plan->stages[b->plan->target];
	const struct image *base;
	int r;

	while (s->base == PLAN_STAGE)
		s = &b->plan->stages[s->base_stage];
	*ret = 0;
	/* Those of Windows wait elsewhere. */
	if (s->base == PLAN_SCRATCH ||
		windows_is(b->results[b->plan->target].draft))
		return 0;
	r = images_get(b->images, s->base_image, &s->platform, &base, err);
	if (r == 0)
		*ret = image_layer_count(base);
	return r;
}

int
build_squash(struct build *b, bool *ret_worked, struct error *err)
{
	const struct build_options *o = b->options;
	size_t keep = 0;
	int r = 0;

	if (o->squash == SQUASH_NONE)
		return 0;
	if (o->squash == SQUASH_NEW)
		r = count_base_layers(b, &keep, err);
	*ret_worked = true;
	return r < 0 ? r
		     : squash_draft(&b->site, o->identity, keep,
			       &b->results[b->plan->target].draft, err);
}
