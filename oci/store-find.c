/* SPDX-License-Identifier: Apache-2.0 */
/* What a user means: a reference, a digest, or the first digits of one. */
#include "oci/store.h"

#include <errno.h>
#include <string.h>

#include "oci/manifest.h"
#include "util/mem.h"

#define PREFIX_MIN 12

struct search {
	struct store *store;
	const char *prefix;		/* hex digits */
	struct digest found;
	bool ambiguous;
};

static bool
matches(const struct search *f, const struct digest *d)
{
	char hex[DIGEST_HEX_SIZE];

	return strncmp(digest_format_hex(d, hex), f->prefix,
		strlen(f->prefix)) == 0;
}

static void
note(struct search *f, const struct digest *d)
{
	if (!digest_is_none(&f->found) && !digest_equal(&f->found, d))
		f->ambiguous = true;
	f->found = *d;
}

static void
look_at_manifest(struct search *f, const struct digest *d,
	const struct buf *text)
{
	cleanup_value(manifest_release) struct manifest m = { 0 };

	if (manifest_parse(buf_text(text), text->len, &m, NULL) == 0 &&
		matches(f, &m.config.digest))
		note(f, d);
}

static void look_at(struct search *f, const struct digest *d, bool inside);

static void
look_at_index(struct search *f, const struct buf *text)
{
	cleanup_value(image_index_release) struct image_index i = { 0 };
	size_t n;

	if (image_index_parse(buf_text(text), text->len, &i, NULL) < 0)
		return;
	for (n = 0; n < i.count; n++)
		look_at(f, &i.manifests[n].digest, true);
}

/* Damaged or missing ones are not what is meant; store check names them. An
 * index is looked into once, not for indexes in it. */
static void
look_at(struct search *f, const struct digest *d, bool inside)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	enum manifest_kind kind;

	if (matches(f, d)) {
		note(f, d);
		return;
	}
	if (store_read_blob(f->store, d, &text, NULL) < 0 ||
		manifest_detect(buf_text(&text), text.len, NULL, &kind,
			NULL) < 0)
		return;
	if (kind == MANIFEST_IMAGE)
		look_at_manifest(f, d, &text);
	else if (!inside)
		look_at_index(f, &text);
}

/* Among all tagged images. -ENOENT, -ENOTUNIQ. */
static int
find_by_prefix(struct search *f, struct error *err)
{
	cleanup_value(strv_release) struct strv refs = { 0 };
	size_t i;
	int r;

	r = store_ref_list(f->store, &refs, err);
	if (r < 0)
		return r;
	for (i = 0; i < refs.count; i++) {
		autoref ref = { 0 };
		struct digest d;

		if (ref_parse(refs.items[i], &ref, NULL) == 0 &&
			store_ref_get(f->store, &ref, &d, NULL) == 0)
			look_at(f, &d, false);
	}
	if (digest_is_none(&f->found))
		return -ENOENT;
	if (!f->ambiguous)
		return 0;
	(void)error_set(err, ENOTUNIQ, "'%s' is the start of several images",
		f->prefix);
	return error_kind(err, ERROR_REQUEST);
}

static const char *
without_algorithm(const char *text)
{
	return strncmp(text, "sha256:", 7) == 0 ? text + 7 : text;
}

static bool
is_prefix(const char *text)
{
	size_t len = strlen(text);

	return len >= PREFIX_MIN && len < DIGEST_HEX_SIZE &&
		strspn(text, "0123456789abcdef") == len;
}

/* A digest, whole or its start. */
static bool
is_id(const char *text)
{
	return is_prefix(without_algorithm(text));
}

/* The whole digest of a manifest that has no tag is as good. */
static int
find_untagged(struct store *s, const char *text, struct digest *ret)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	enum manifest_kind kind;
	struct digest d;

	if (digest_parse(text, &d, NULL) < 0 ||
		store_read_blob(s, &d, &b, NULL) < 0 ||
		manifest_detect(buf_text(&b), b.len, NULL, &kind, NULL) < 0)
		return -ENOENT;
	*ret = d;
	return 0;
}

static int
find_by_id(struct store *s, const char *text, struct digest *ret,
	struct error *err)
{
	struct search f = {
		.store = s,
		.prefix = without_algorithm(text),
	};
	int r;

	if (!is_id(text))
		return -ENOENT;
	r = find_by_prefix(&f, err);
	if (r == -ENOENT)
		return find_untagged(s, text, ret);
	if (r == 0)
		*ret = f.found;
	return r;
}

static int
find_by_ref(struct store *s, const char *text, struct digest *ret,
	struct ref *ret_ref, struct error *err)
{
	autoref ref = { 0 };
	int r;

	r = ref_parse(text, &ref, err);
	if (r == 0)
		r = store_ref_get(s, &ref, ret, err);
	if (r == 0 && ret_ref) {
		*ret_ref = ref;
		ref = (struct ref){ 0 };
	}
	return r;
}

int
store_find(struct store *s, const char *text, struct digest *ret,
	struct ref *ret_ref, struct error *err)
{
	autoerror as_ref = { 0 };
	int r;

	/* As docker does: what is a tag here is meant as a tag. */
	if (find_by_ref(s, text, ret, ret_ref, &as_ref) == 0)
		return 0;
	r = find_by_id(s, text, ret, err);
	if (r != -ENOENT)
		return r;
	/* A damaged tag, or no reference at all, is worth its own words. */
	if (!is_id(text))
		return error_move(err, &as_ref);
	return error_set(err, ENOENT, "no image '%s' here", text);
}
