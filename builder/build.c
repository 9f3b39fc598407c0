/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/build.h"

#include <errno.h>
#include <string.h>

#include "builder/blame.h"
#include "builder/build-context.h"
#include "builder/cache-image.h"
#include "builder/editions.h"
#include "builder/lint-show.h"
#include "builder/pinning.h"
#include "builder/recipe.h"
#include "builder/scan.h"
#include "builder/squash.h"
#include "builder/stages.h"
#include "builder/step.h"
#include "builder/windows.h"
#include "oci/config.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/num.h"

#define EPOCH "SOURCE_DATE_EPOCH"

/* Everything one build holds; released together. Context and file are for all
 * platforms, the rest is for one: each has a copy, in a process of its own. */
struct build {
	const struct build_options *options;
	struct store *store;
	const struct platform *platform;
	char *label; /* of the platform, when there are several */
	struct context *context;
	struct build_contexts contexts;
	struct dockerfile *file;
	char *path; /* of the Dockerfile, NULL when it has none */
	struct lock *lock;
	struct args args;
	struct plan *plan;
	struct images *images;
	const struct image **bases; /* by stage; NULL: no image, or not here */
	struct lint_report lint;
	struct site site;
	char created[40];
	struct state *results;
	bool *is_done;
};

static void
build_release(struct build *b)
{
	for (size_t n = 0; b->results && n < b->plan->count; n++)
		state_release(&b->results[n]);
	free(b->results);
	free(b->is_done);
	lint_report_release(&b->lint);
	free(b->bases);
	free(b->label);
	images_free(b->images);
	lock_free(b->lock);
	free(b->path);
	plan_free(b->plan);
	args_release(&b->args);
	dockerfile_free(b->file);
	build_contexts_release(&b->contexts);
	context_free(b->context);
}

/* The language that the file says it is in, or a build argument instead. */
static int
check_syntax(const struct build *b, struct error *err)
{
	const char *given =
		strv_env_get(b->options->build_args, "BUILDKIT_SYNTAX");

	if (b->options->ignores_syntax)
		return 0;
	return dockerfile_check_syntax(given ? given : b->file->syntax, err);
}

static int
read_file(struct build *b, struct error *err)
{
	const struct build_options *o = b->options;
	int r;

	r = recipe_read(b->context, o->file, &b->file, &b->path, err);
	if (r < 0)
		return r;
	r = o->ignore_file
		? context_read_ignore(b->context, o->ignore_file, err)
		: context_find_ignore(
			  b->context, b->path, o->ignore_remote, err);
	if (r < 0)
		return r;
	return check_syntax(b, err);
}

/* The target's name as TARGETSTAGE has it. */
static const char *
target_name(const struct build *b)
{
	const struct dockerfile *d = b->file;

	if (b->options->target)
		return b->options->target;
	return d->stages[d->stage_count - 1].name;
}

/* Of the caller, of the file, or 1970 when times are to be clamped. */
static const char *
epoch_text(const struct build *b)
{
	const char *text = b->options->epoch;

	if (!text || !*text)
		text = args_global(&b->args, EPOCH);
	if (text && *text)
		return text;
	return b->options->clamps_times ? "0" : NULL;
}

/* A stage that names it sees it. */
static int
give_epoch(struct build *b, struct error *err)
{
	autofree char *text = mem_printf("%s=%s", EPOCH, epoch_text(b));

	return args_give(&b->args, text, err);
}

static int
read_args(struct build *b, struct error *err)
{
	const struct strv *given = b->options->build_args;
	cleanup_value(strv_release) struct strv unused = { 0 };
	struct platform host;
	int r;

	for (size_t n = 0; n < given->count; n++) {
		r = args_give(&b->args, given->items[n], err);
		if (r < 0)
			return r;
	}
	platform_host(&host);
	args_set_platforms(&b->args, b->platform, &host, target_name(b));
	r = args_read_globals(&b->args, b->file, err);
	if (r == 0 && epoch_text(b) && !args_given(&b->args, EPOCH))
		r = give_epoch(b, err);
	if (r < 0)
		return r;
	/* Once is enough. */
	if (b->platform == b->options->platforms)
		args_unused(&b->args, b->file, &unused);
	for (size_t n = 0; n < unused.count; n++)
		log_warning("build argument '%s' is not used by any ARG",
			unused.items[n]);
	return 0;
}

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

static int
load_images(struct build *b, struct error *err)
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

static int
set_time(struct build *b, struct error *err)
{
	const char *text = epoch_text(b);
	uint64_t epoch;
	int r;

	b->site.epoch = INT64_MAX;
	b->site.clamp_mtime = INT64_MAX;
	if (!text)
		return 0;
	/* The year 9999 is the last that RFC 3339 can say. */
	r = num_parse(text, 253402300799, &epoch, err);
	if (r < 0) {
		(void)error_wrap(err, "source date epoch");
		return error_kind(err, ERROR_REQUEST);
	}
	num_format_time((int64_t)epoch, 0, b->created);
	b->site.created = b->created;
	b->site.epoch = (int64_t)epoch;
	if (b->options->clamps_times)
		b->site.clamp_mtime = (int64_t)epoch;
	return 0;
}

static int
set_up_site(
	struct build *b, struct store *s, struct progress *p, struct error *err)
{
	const struct build_options *o = b->options;

	b->results = mem_array(b->plan->count, sizeof(*b->results));
	b->is_done = mem_array(b->plan->count, sizeof(*b->is_done));
	b->site = (struct site){
		.store = s,
		.context = b->context,
		.named = &b->contexts.named,
		.plan = b->plan,
		.args = &b->args,
		.images = b->images,
		.transfer = o->output.transfer,
		.progress = p,
		.lock = b->lock,
		.label = b->label,
		.no_cache = o->no_cache,
		.no_cache_run = o->no_cache_run,
		.no_cache_stages = o->no_cache_stages,
		.drops_labels = o->drops_labels,
		.unset_labels = o->unset_labels,
		.explain = o->explain,
		.shell_on_error = o->shell_on_error,
		.new_privileges = o->new_privileges,
		.propagates_exit = o->propagates_exit,
		.network = o->network,
		.emulation = o->emulation,
		.hosts = o->hosts,
		.secrets = o->secrets,
		.agents = o->agents,
		.host_mounts = o->host_mounts,
		.allowed = o->allowed,
		.allowed_devices = o->allowed_devices,
		.cdi_dirs = o->cdi_dirs,
		.resolv_conf = o->resolv_conf,
		.cap_mask = o->cap_mask,
		.shm_bytes = o->shm_bytes,
		.limits = o->limits,
		.limit_count = o->limit_count,
		.resources = o->resources,
		.results = b->results,
		.is_done = b->is_done,
	};
	return set_time(b, err);
}

static int
find_lock(const struct build *b, char **ret, struct error *err)
{
	if (b->path) {
		*ret = lock_path(b->path);
		return 0;
	}
	(void)error_set(err, EINVAL,
		"a Dockerfile that is no file has no lock file beside it");
	return error_kind(err, ERROR_REQUEST);
}

static int
use_lock(struct build *b, struct error *err)
{
	autofree char *path = NULL;
	int r;

	if (!b->options->is_locked)
		return 0;
	r = find_lock(b, &path, err);
	if (r < 0)
		return r;
	r = lock_read(path, &b->lock, err);
	if (r < 0)
		return r;
	images_set_lock(b->images, b->lock);
	/* The main context is what the file is part of. */
	b->contexts.request.lock = b->lock;
	return 0;
}

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
static int
look_over(struct build *b, struct error *err)
{
	struct lint_input in;
	int r;

	find_bases(b);
	in = input_of(b);
	r = lint_run(&in, &b->lint, err);
	return r < 0 ? r : lint_show_failure(&b->lint, err);
}

/* An image made here may be here as trees only: of which kind is the first
 * question. */
static void
open_images(struct build *b)
{
	store_set_tree_kind(b->store,
		stages_assume_kind(b->store, b->options->identity));
	b->images = images_new(b->store, b->options->pull,
		b->options->output.transfer);
}

/* The first FROM, as if it were written otherwise. */
static void
replace_base(struct build *b)
{
	struct stage *first = &b->file->stages[0];

	if (!b->options->from)
		return;
	free(first->base);
	first->base = mem_strdup(b->options->from);
}

/* What all platforms share. */
static int
prepare(struct build *b, struct progress *p, struct error *err)
{
	int r;

	r = build_contexts_open(&b->contexts, b->store, b->options, p,
		&b->context, err);
	if (r == 0)
		r = read_file(b, err);
	if (r == 0)
		replace_base(b);
	return r;
}

static int
set_up(struct build *b, struct progress *p, struct error *err)
{
	const struct build_options *o = b->options;
	int r;

	r = read_args(b, err);
	if (r < 0)
		return r;
	r = plan_make(b->file, &b->args, &b->contexts.named, b->platform,
		o->target, &b->plan, err);
	if (r < 0)
		return r;
	open_images(b);
	r = use_lock(b, err);
	if (r < 0)
		return r;
	r = load_images(b, err);
	if (r < 0)
		return r;
	r = look_over(b, err);
	return r < 0 ? r : set_up_site(b, b->store, p, err);
}

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

static int
commit(struct build *b, struct digest *ret, struct error *err)
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

static int
squash(struct build *b, bool *ret_worked, struct error *err)
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

	r = set_up(b, p, err);
	if (r < 0)
		return r;
	r = stages_build(&b->site, &at_once, &ret->worked, err);
	/* Of several platforms one says it. */
	if (!o->is_quiet && b->platform == o->platforms)
		lint_show_warnings(&b->lint);
	if (r < 0)
		return r;
	list_steps(b, ret);
	r = squash(b, &ret->worked, err);
	if (r == 0)
		r = context_save(b->context, err);
	if (r == 0)
		r = named_contexts_save(&b->contexts.named, err);
	return r < 0 ? r : commit(b, &ret->manifest, err);
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
	autofree struct output_image *images =
		mem_array(o->platform_count, sizeof(*images));

	for (size_t n = 0; n < o->platform_count; n++) {
		images[n].platform = o->platforms[n];
		images[n].manifest = editions[n].manifest;
	}
	return output_write(
		b->store, images, o->platform_count, &o->output, ret, err);
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
		.store = s };
	autofree struct edition *editions =
		mem_array(options->platform_count, sizeof(*editions));
	int r;

	r = output_check(&options->output, options->platform_count, err);
	if (r == 0)
		r = prepare(&b, p, err);
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

/* The way up to the plan, without a word to a registry. */
static int
read_all(struct build *b, struct store *s, struct error *err)
{
	const struct build_options *o = b->options;
	int r;

	b->store = s;
	b->platform = o->platforms;
	r = prepare(b, o->output.transfer->progress, err);
	if (r == 0)
		r = read_args(b, err);
	if (r == 0)
		r = plan_make(b->file, &b->args, &b->contexts.named,
			b->platform, o->target, &b->plan, err);
	if (r == 0)
		open_images(b);
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
	r = find_lock(&b, &path, err);
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
