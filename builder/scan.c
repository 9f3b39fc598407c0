/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/scan.h"

#include <string.h>

#include "builder/blame.h"
#include "oci/digest.h"
#include "oci/ref.h"
#include "util/mem.h"

/* What is being gathered. */
struct scan {
	struct store *store;
	const struct plan *plan;
	struct json *runtime;	/* or NULL */
	struct json *buildtime; /* an array */
	struct json *kinds;	/* an array of all, with their kind */
	struct strv seen;	/* references in either */
};

static void
scan_release(struct scan *s)
{
	json_free(s->runtime);
	json_free(s->buildtime);
	json_free(s->kinds);
	strv_release(&s->seen);
}

/* The service's own spelling of docker.io. */
static const char *
registry_of(const struct ref *ref)
{
	return strcmp(ref->host, "docker.io") == 0 ? "registry.hub.docker.com"
						   : ref->host;
}

static void
add_digest(struct store *s, const struct ref *ref, struct json *to)
{
	struct digest digest = ref->digest;
	char text[DIGEST_TEXT_SIZE];

	if (!ref_has_digest(ref) && store_ref_get(s, ref, &digest, NULL) < 0)
		return;
	json_set_text(to, "digest", digest_format(&digest, text));
}

static int
describe(
	struct store *s, const char *name, struct json **ret, struct error *err)
{
	struct json *j;
	autoref ref = { 0 };
	autofree char *whole = NULL;
	int r;

	r = ref_parse(name, &ref, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	j = json_new_object();
	json_set_text(j, "registry", registry_of(&ref));
	json_set_text(j, "repository", ref.path);
	json_set_text(j, "tag", ref.tag);
	add_digest(s, &ref, j);
	whole = mem_printf("%s/%s%s%s", registry_of(&ref), ref.path,
		ref.tag ? ":" : "", ref.tag ? ref.tag : "");
	json_set_text(j, "reference", whole);
	*ret = j;
	return 0;
}

/* `kind` says how it is depended on; the runtime's base is also a "from". */
static int
add(struct scan *s, const char *name, const char *kind, bool is_runtime,
	struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	struct json *row;
	int r;

	r = describe(s->store, name, &j, err);
	if (r < 0)
		return r;
	row = json_new_object();
	json_set_text(row, "reference", json_get_text(j, "reference"));
	json_set_text(row, "kind", kind);
	json_append(s->kinds, row);
	if (is_runtime) {
		json_free(s->runtime);
		s->runtime = json_copy(j);
	} else if (!strv_has(&s->seen, json_get_text(j, "reference"))) {
		json_append(s->buildtime, json_copy(j));
	}
	strv_add(&s->seen, json_get_text(j, "reference"));
	return 0;
}

/* The stage whose image is below all of the target. */
static size_t
bottom_stage(const struct plan *p)
{
	size_t n = p->target;

	while (p->stages[n].base == PLAN_STAGE)
		n = p->stages[n].base_stage;
	return n;
}

static int
add_sources(struct scan *s, const struct plan_stage *stage,
	const struct instr *i, struct error *err)
{
	cleanup_value(plan_sources_release) struct plan_sources sources = { 0 };
	int r;

	r = plan_find_sources(s->plan, stage->number, i, &sources, err);
	for (size_t n = 0; r == 0 && n < sources.count; n++) {
		if (!sources.items[n].is_stage)
			r = add(s, sources.items[n].image,
				i->kind == INSTR_RUN ? "mount" : "copy-from",
				false, err);
	}
	return r < 0 ? blame_instr(s->plan->file, i, err) : 0;
}

static int
add_stage(struct scan *s, const struct plan_stage *stage, bool is_runtime,
	struct error *err)
{
	int r = 0;

	if (stage->base == PLAN_IMAGE)
		r = add(s, stage->base_image, "from", is_runtime, err);
	if (r < 0)
		return blame_instr(s->plan->file, &stage->stage->from, err);
	for (size_t n = 0; r == 0 && n < stage->count; n++)
		r = add_sources(s, stage, stage->instrs[n], err);
	return r;
}

/* The runtime's first, so that no other is taken for it. */
static int
gather(struct scan *s, struct error *err)
{
	size_t bottom = bottom_stage(s->plan);
	int r;

	r = add_stage(s, &s->plan->stages[bottom], true, err);
	for (size_t n = 0; r == 0 && n < s->plan->count; n++) {
		const struct plan_stage *stage = &s->plan->stages[n];

		if (stage->needed && n != bottom)
			r = add_stage(s, stage, false, err);
	}
	if (r == 0 && s->plan->file->syntax)
		r = add(s, s->plan->file->syntax, "syntax", false, err);
	return r;
}

static const char *
base_name(const struct plan *p, const struct plan_stage *stage)
{
	switch (stage->base) {
	case PLAN_SCRATCH:
		return "scratch";
	case PLAN_STAGE:
		return p->stages[stage->base_stage].title;
	case PLAN_IMAGE:
		return stage->base_image;
	}
	return NULL;
}

static struct json *
list_stages(const struct plan *p)
{
	struct json *list = json_new_array();

	for (size_t n = 0; n < p->count; n++) {
		struct json *row = json_new_object();

		json_set_text(row, "name", p->stages[n].title);
		json_set_text(row, "base", base_name(p, &p->stages[n]));
		json_set_bool(row, "used", p->stages[n].needed);
		json_append(list, row);
	}
	return list;
}

/* `image` is taken over. */
static struct json *
new_row(const struct scan *s, struct json *image, const char *commit)
{
	struct json *row = json_new_object();
	struct json *git = json_new_object();
	autofree char *platform =
		platform_format(&s->plan->stages[s->plan->target].platform);

	json_set(row, "image", image ? image : json_new_null());
	json_set(row, "runtime-dependency",
		s->runtime ? json_copy(s->runtime) : json_new_null());
	json_set(row, "buildtime-dependency",
		json_count(s->buildtime) ? json_copy(s->buildtime)
					 : json_new_null());
	json_set_text(git, "git-head-revision", commit ? commit : "");
	json_set(row, "git", git);
	json_set_text(row, "platform", platform);
	json_set(row, "stages", list_stages(s->plan));
	json_set(row, "kinds", json_copy(s->kinds));
	return row;
}

int
scan_plan(struct store *store, const struct plan *p, const struct strv *tags,
	const char *commit, struct json **ret, struct error *err)
{
	cleanup_value(scan_release) struct scan s = {
		.store = store,
		.plan = p,
		.buildtime = json_new_array(),
		.kinds = json_new_array(),
	};
	cleanup(json_free) struct json *rows = json_new_array();
	struct json *image;
	int r;

	r = gather(&s, err);
	for (size_t n = 0; r == 0 && n < tags->count; n++) {
		r = describe(store, tags->items[n], &image, err);
		if (r == 0)
			json_append(rows, new_row(&s, image, commit));
	}
	if (r < 0)
		return r;
	if (tags->count == 0)
		json_append(rows, new_row(&s, NULL, commit));
	*ret = take_ptr(&rows);
	return 0;
}
