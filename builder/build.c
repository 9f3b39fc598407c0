/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/build.h"

#include <time.h>

#include "builder/build-part.h"
#include "builder/cache-image.h"
#include "builder/editions.h"
#include "builder/lint-show.h"
#include "builder/stages.h"
#include "util/clock.h"
#include "util/mem.h"

/* The cores are for all platforms together. */
static unsigned
jobs_of_one(const struct build_options *o)
{
	unsigned jobs = o->jobs / (unsigned)o->platform_count;

	return jobs ? jobs : 1;
}

/* For --cache-to. */
static void
list_steps(const struct build *b, struct edition *ret)
{
	strv_copy(&ret->steps, &b->results[b->plan->target].steps);
	for (size_t n = 0; n < b->plan->count; n++) {
		const struct strv *steps = &b->results[n].steps;

		for (size_t i = 0; i < steps->count; i++) {
			if (!strv_has(&ret->all_steps, steps->items[i]))
				strv_add(&ret->all_steps, steps->items[i]);
		}
	}
}

static int
build_one(struct build *b, struct progress *p, struct edition *ret,
	struct error *err)
{
	const struct build_options *o = b->options;
	const struct stages_options at_once = {
		.jobs = jobs_of_one(o),
		.identity = o->identity,
		.deadline_ms = clock_deadline_ms(o->timeout_ms),
	};
	int r;

	r = build_set_up(b, p, err);
	if (r < 0)
		return r;
	r = stages_build(&b->site, &at_once, &ret->worked, err);
	/* Of several platforms one says it. */
	if (!o->is_quiet && b->platform == o->platforms)
		lint_show_warnings(&b->lint);
	if (r < 0)
		return r;
	list_steps(b, ret);
	r = build_squash(b, &ret->worked, err);
	if (r == 0)
		r = context_save(b->context, err);
	if (r == 0)
		r = named_contexts_save(&b->contexts.named, err);
	if (r == 0)
		r = build_commit(b, &ret->manifest, err);
	if (r == 0 && o->output.attest && o->output.attest->provenance)
		r = build_describe(b, &ret->provenance, err);
	return r;
}

static int
build_edition(void *context, size_t number, struct progress *shown,
	struct edition *ret, struct error *err)
{
	struct build *b = context;

	b->platform = &b->options->platforms[number];
	b->label = platform_format(b->platform);
	context_inherit(b->context);
	return build_one(b, shown, ret, err);
}

static int
build_all(struct build *b, struct progress *p, struct edition *editions,
	struct error *err)
{
	const struct build_options *o = b->options;
	cleanup_value(strv_release) struct strv names = { 0 };

	b->platform = o->platforms;
	if (o->platform_count == 1)
		return build_one(b, p, editions, err);
	for (size_t n = 0; n < o->platform_count; n++)
		strv_take(&names, platform_format(&o->platforms[n]));
	return editions_build(build_edition, b,
		(const char *const *)strv_view(&names), names.count, p,
		editions, err);
}

/* Before the tag: a tag on disk names an image on disk. */
static int
sync_work(struct build *b, const struct edition *editions, struct error *err)
{
	bool worked = false;

	for (size_t n = 0; n < b->options->platform_count; n++)
		worked |= editions[n].worked;
	return worked ? store_sync(b->store, err) : 0;
}

static int
write_out(struct build *b, const struct edition *editions,
	struct output_result *ret, struct error *err)
{
	const struct build_options *o = b->options;
	struct output_options output = o->output;
	autofree struct output_image *images =
		mem_array(o->platform_count, sizeof(*images));
	int r = 0;

	/* The editions found it each for itself. */
	if (o->epoch && *o->epoch)
		r = build_settle_epoch(b, err);
	if (r == 0 && b->epoch && *b->epoch)
		r = build_parse_epoch(b, &output.epoch, err);
	if (r < 0)
		return r;
	for (size_t n = 0; n < o->platform_count; n++) {
		images[n].platform = o->platforms[n];
		images[n].manifest = editions[n].manifest;
		images[n].provenance = editions[n].provenance;
	}
	return output_write(
		b->store, images, o->platform_count, &output, ret, err);
}

static int
import_caches(struct build *b, struct error *err)
{
	const struct build_options *o = b->options;
	int r = 0;

	for (size_t n = 0; r == 0 && n < o->cache_from_count; n++)
		r = cache_image_import(
			b->store, &o->cache_from[n], o->output.transfer, err);
	return r;
}

static int
export_cache(struct build *b, const struct cache_spec *spec,
	const struct edition *editions, struct error *err)
{
	cleanup_value(strv_release) struct strv steps = { 0 };

	for (size_t n = 0; n < b->options->platform_count; n++)
		strv_add_all(&steps,
			spec->all_stages ? &editions[n].all_steps
					 : &editions[n].steps);
	return cache_image_export(b->store, spec, &steps,
		b->options->identity, b->options->output.transfer, err);
}

static int
export_caches(
	struct build *b, const struct edition *editions, struct error *err)
{
	int r = 0;

	for (size_t n = 0; r == 0 && n < b->options->cache_to_count; n++)
		r = export_cache(b, &b->options->cache_to[n], editions, err);
	return r;
}

int
build_run(struct store *s, struct progress *p,
	const struct build_options *options, struct output_result *ret,
	struct error *err)
{
	cleanup_value(build_release) struct build b = { .options = options,
		.store = s,
		.started = time(NULL) };
	autofree struct edition *editions =
		mem_array(options->platform_count, sizeof(*editions));
	int r;

	r = output_check(&options->output, options->platform_count, err);
	if (r == 0)
		r = build_prepare(&b, p, err);
	if (r == 0)
		r = import_caches(&b, err);
	if (r == 0)
		r = build_all(&b, p, editions, err);
	if (r == 0)
		r = sync_work(&b, editions, err);
	if (r == 0)
		r = write_out(&b, editions, ret, err);
	if (r == 0)
		r = export_caches(&b, editions, err);
	for (size_t n = 0; n < options->platform_count; n++)
		edition_release(&editions[n]);
	return r;
}
