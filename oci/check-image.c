/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/check-image.h"

#include <errno.h>

#include "oci/image.h"
#include "util/fs.h"
#include "util/mem.h"

struct walk {
	struct store *store;
	struct check_result *result;
	struct map *tree_only;
	struct map *seen;		/* manifests, by hex */
	const char *tag;
};

static void
problem(struct walk *w, const struct error *why)
{
	strv_addf(&w->result->problems, "refs/%s: %s", w->tag, why->text);
}

/* Trees of any identity count; this process need not be able to use them. */
static bool
has_some_tree(struct store *s, const char *hex)
{
	static const char *const suffixes[] = { "", ".single" };
	int fd = store_dir_fd(s, STORE_TREES, NULL);
	size_t i;

	for (i = 0; fd >= 0 && i < ARRAY_SIZE(suffixes); i++) {
		autofree char *name = mem_printf("%s%s", hex, suffixes[i]);

		if (fs_has(fd, name, NULL) > 0)
			return true;
	}
	return false;
}

/* A layer that is not here in any form is missing when it should have been
 * made here; a pulled one may be fetched again, and says so too. */
static void
check_layer(struct walk *w, const struct layer *l)
{
	char hex[DIGEST_HEX_SIZE];
	int r = layer_is_here(w->store, l, NULL);

	(void)digest_format_hex(&l->diff_id, hex);
	if (r <= 0 && !has_some_tree(w->store, hex))
		strv_addf(&w->result->problems,
			"refs/%s: layer with diff id 'sha256:%s' is not here",
			w->tag, hex);
	if (digest_equal(&l->diff_id, &l->blob.digest) &&
		store_has_blob(w->store, &l->diff_id, NULL) == 0)
		map_set(w->tree_only, hex, w);
}

static void
check_image(struct walk *w, const struct digest *d)
{
	cleanup(image_free) struct image *i = NULL;
	autoerror why = { 0 };
	size_t n;

	w->result->images++;
	if (image_load(w->store, d, NULL, &i, &why) < 0) {
		problem(w, &why);
		return;
	}
	for (n = 0; n < image_layer_count(i); n++)
		check_layer(w, image_layer(i, n));
}

/* What lies beside images has nothing of theirs. */
static bool
is_artifact(const struct buf *text)
{
	cleanup_value(manifest_release) struct manifest m = { 0 };

	return manifest_parse(buf_text(text), text->len, &m, NULL) == 0 &&
		!manifest_is_image(&m);
}

static void check_manifest(struct walk *w, const struct digest *d);

/* What an index names need not be here: other platforms are not fetched. */
static void
check_index(struct walk *w, const struct buf *text)
{
	cleanup_value(image_index_release) struct image_index index = { 0 };
	autoerror why = { 0 };
	size_t n;

	if (image_index_parse(buf_text(text), text->len, &index, &why) < 0) {
		problem(w, &why);
		return;
	}
	for (n = 0; n < index.count; n++)
		if (store_has_blob(w->store, &index.manifests[n].digest,
				NULL) > 0)
			check_manifest(w, &index.manifests[n].digest);
}

static void
check_manifest(struct walk *w, const struct digest *d)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autoerror why = { 0 };
	enum manifest_kind kind;
	char hex[DIGEST_HEX_SIZE];
	int r;

	if (map_has(w->seen, digest_format_hex(d, hex)))
		return;
	map_set(w->seen, hex, w);
	r = store_read_blob(w->store, d, &text, &why);
	if (r == 0)
		r = manifest_detect(buf_text(&text), text.len, NULL, &kind,
			&why);
	if (r < 0)
		problem(w, &why);
	else if (kind == MANIFEST_INDEX)
		check_index(w, &text);
	else if (!is_artifact(&text))
		check_image(w, d);
}

static void
check_ref(struct walk *w)
{
	autoerror why = { 0 };
	autoref ref = { 0 };
	struct digest d;
	int r;

	w->result->refs++;
	r = ref_parse(w->tag, &ref, &why);
	if (r == 0)
		r = store_ref_get(w->store, &ref, &d, &why);
	if (r < 0)
		problem(w, &why);
	else
		check_manifest(w, &d);
}

int
check_images(struct store *s, struct check_result *result,
	struct map *tree_only, struct error *err)
{
	cleanup_value(strv_release) struct strv refs = { 0 };
	cleanup(map_free) struct map *seen = map_new(NULL);
	struct walk w = {
		.store = s,
		.result = result,
		.tree_only = tree_only,
		.seen = seen,
	};
	size_t i;
	int r;

	r = store_ref_list(s, &refs, err);
	for (i = 0; r == 0 && i < refs.count; i++) {
		w.tag = refs.items[i];
		check_ref(&w);
	}
	return r;
}
