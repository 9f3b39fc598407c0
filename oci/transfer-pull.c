/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/transfer-part.h"

#include <errno.h>

#include "oci/sighting.h"
#include "util/fs.h"
#include "util/mem.h"

/* One image on its way here. */
struct pull {
	struct transfer *t;
	const struct ref *ref;
	int64_t repository;
	progress_step step;
	bool unpack;
	bool bare;	/* no tag is set, nothing is looked into */
	struct manifest manifest;
	struct digest digest;		/* of the manifest */
	struct fetch *fetches;
	size_t count, fetched;
};

static void
pull_release(struct pull *p)
{
	manifest_release(&p->manifest);
	for (size_t i = 0; i < p->count; i++) {
		descriptor_release(&p->fetches[i].what);
		layer_release(&p->fetches[i].layer);
	}
	free(p->fetches);
}

/* From here when it is here, else from the registry. */
static int
get_document(struct pull *p, const struct digest *d, struct document *ret,
	struct error *err)
{
	int r = store_has_blob(p->t->store, d, err);

	if (r < 0)
		return r;
	if (r > 0)
		return transfer_document_load(p->t->store, d, ret, err);
	return transfer_document(p->t, p->ref, d, ret, err);
}

/* What the reference points to. A tag we know is only asked for its digest. */
static int
get_target(struct pull *p, struct document *ret, struct error *err)
{
	struct digest known, now;
	int r;

	if (ref_has_digest(p->ref))
		return get_document(p, &p->ref->digest, ret, err);
	if (store_ref_get(p->t->store, p->ref, &known, NULL) < 0)
		return transfer_document(p->t, p->ref, NULL, ret, err);
	r = transfer_resolve(p->t, p->ref, &now, err);
	return r < 0 ? r : get_document(p, &now, ret, err);
}

/* The entry of an index for the platform that is wanted. */
static int
choose_entry(const struct document *index, const struct platform *want,
	struct digest *ret, struct error *err)
{
	struct image_index parsed = { 0 };
	struct platform host;
	size_t at = 0;
	int r;

	if (!want) {
		platform_host(&host);
		want = &host;
	}
	r = image_index_parse(index->text.data, index->text.len, &parsed, err);
	if (r < 0)
		return r;
	r = image_index_choose(&parsed, want, &at, err);
	if (r >= 0)
		*ret = parsed.manifests[at].digest;
	image_index_release(&parsed);
	return r < 0 ? error_kind(err, ERROR_REMOTE) : 0;
}

/* Down to a manifest; an index in an index is met, four deep. */
static int
get_manifest(struct pull *p, const struct document *top,
	const struct platform *want, struct error *err)
{
	cleanup_value(transfer_document_release) struct document inner = { 0 };
	const struct document *at = top;
	struct digest next;
	int r = 0;

	for (int depth = 0; at->kind == MANIFEST_INDEX && depth < 4; depth++) {
		r = choose_entry(at, want, &next, err);
		transfer_document_release(&inner);
		inner = (struct document){ 0 };
		if (r >= 0)
			r = get_document(p, &next, &inner, err);
		if (r < 0)
			return r;
		at = &inner;
	}
	if (at->kind == MANIFEST_INDEX) {
		(void)error_set(err, ELOOP, "indexes are nested too deep");
		return error_kind(err, ERROR_REMOTE);
	}
	p->digest = at->digest;
	r = manifest_parse(at->text.data, at->text.len, &p->manifest, err);
	return r < 0 ? error_kind(err, ERROR_REMOTE) : 0;
}

/* The same blob may be listed twice; it comes once. */
static bool
is_listed(const struct pull *p, const struct digest *d)
{
	for (size_t i = 0; i < p->count; i++)
		if (digest_equal(&p->fetches[i].what.digest, d))
			return true;
	return false;
}

/* Add what is missing here. `layer` NULL: only the blob. */
static int
want_blob(struct pull *p, const struct descriptor *what,
	const struct layer *layer, struct error *err)
{
	int r = store_has_blob(p->t->store, &what->digest, err);
	struct fetch *f;

	if (r != 0 || is_listed(p, &what->digest))
		return r < 0 ? r : 0;
	f = &p->fetches[p->count++];
	transfer_fetch_init(f);
	descriptor_copy(what, &f->what);
	if (layer) {
		layer_copy(layer, &f->layer);
		f->unpack = true;
	}
	return 0;
}

static int
run_fetches(struct pull *p, struct error *err)
{
	autofree char *name = ref_format_name(p->ref);
	int r;

	if (p->fetched == p->count)
		return 0;
	r = transfer_repository(p->t, p->ref, &p->repository, err);
	if (r >= 0)
		r = transfer_fetch(p->t, p->repository,
			p->fetches + p->fetched, p->count - p->fetched,
			p->step, err);
	if (r < 0)
		return r;
	for (; p->fetched < p->count; p->fetched++)
		sighting_add(p->t->store,
			&p->fetches[p->fetched].what.digest, name);
	return 0;
}

/* Config and layers at once: nothing is made of them now. */
static int
fetch_blobs(struct pull *p, struct error *err)
{
	int r = want_blob(p, &p->manifest.config, NULL, err);

	for (size_t i = 0; r >= 0 && i < p->manifest.layer_count; i++)
		r = want_blob(p, &p->manifest.layers[i], NULL, err);
	return r < 0 ? r : run_fetches(p, err);
}

/* A layer whose blob is here, but not its tree, is unpacked from it. */
static int
want_tree(struct pull *p, const struct layer *layer, struct error *err)
{
	char name[128];
	int r, trees;

	trees = store_dir_fd(p->t->store, STORE_TREES, err);
	if (trees < 0)
		return trees;
	store_tree_name(p->t->store, &layer->diff_id, name);
	r = fs_has(trees, name, err);
	if (r < 0)
		return r;
	if (r > 0)
		return want_blob(p, &layer->blob, NULL, err);
	r = store_has_blob(p->t->store, &layer->blob.digest, err);
	if (r > 0)
		return layer_tree(p->t->store, layer, name, err);
	return r < 0 ? r : want_blob(p, &layer->blob, layer, err);
}

/* The config first: it has the diff ids that the trees must have. */
static int
fetch_trees(struct pull *p, struct error *err)
{
	cleanup(image_free) struct image *image = NULL;
	int r;

	r = want_blob(p, &p->manifest.config, NULL, err);
	if (r >= 0)
		r = run_fetches(p, err);
	if (r >= 0)
		r = image_load(p->t->store, &p->digest, NULL, &image, err);
	if (r < 0)
		return r;
	for (size_t i = 0; r >= 0 && i < image_layer_count(image); i++)
		r = want_tree(p, image_layer(image, i), err);
	return r < 0 ? r : run_fetches(p, err);
}

static int
pull_image(struct pull *p, const struct platform *want, struct digest *ret,
	struct error *err)
{
	cleanup_value(transfer_document_release) struct document top = { 0 };
	cleanup(image_free) struct image *image = NULL;
	int r;

	r = get_target(p, &top, err);
	if (r >= 0)
		r = get_manifest(p, &top, want, err);
	if (r < 0)
		return r;
	p->fetches = mem_array(p->manifest.layer_count + 1,
		sizeof(*p->fetches));
	r = p->unpack ? fetch_trees(p, err) : fetch_blobs(p, err);
	if (p->bare) {
		*ret = p->digest;
		return r;
	}
	/* Do manifest, config and layers agree? */
	if (r >= 0)
		r = image_load(p->t->store, &p->digest, NULL, &image, err);
	if (r >= 0)
		r = store_sync(p->t->store, err);
	if (r >= 0)
		r = store_ref_set(p->t->store, p->ref, &top.digest, err);
	if (r >= 0)
		*ret = top.digest;
	return r;
}

static int
pull(struct pull *p, const struct platform *want, struct digest *ret,
	struct error *err)
{
	struct progress *shown = p->t->settings.progress;
	autofree char *name = ref_format_short(p->ref);
	autofree char *title = mem_printf("pulling %s", name);
	int r;

	p->step = progress_begin(shown, title);
	r = pull_image(p, want, ret, err);
	progress_end(shown, p->step, r < 0 ? PROGRESS_FAILED : PROGRESS_DONE,
		NULL);
	return r < 0 ? error_wrap(err, "pull '%s'", name) : 0;
}

int
transfer_pull(struct transfer *t, const struct ref *ref,
	const struct platform *want, bool unpack, struct digest *ret,
	struct error *err)
{
	cleanup_value(pull_release) struct pull p = { .t = t, .ref = ref,
		.unpack = unpack };

	return pull(&p, want, ret, err);
}

int
transfer_take(struct transfer *t, const struct ref *ref,
	const struct platform *want, struct digest *ret, struct error *err)
{
	cleanup_value(pull_release) struct pull p = { .t = t, .ref = ref,
		.bare = true };

	return pull(&p, want, ret, err);
}
