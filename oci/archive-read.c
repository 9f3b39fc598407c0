/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/archive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "oci/archive-index.h"
#include "oci/archive-part.h"
#include "oci/manifest.h"
#include "util/mem.h"

#define DEPTH_MAX 4
#define DOCUMENTS_MAX 20000

void
archive_content_release(struct archive_content *c)
{
	for (size_t n = 0; n < c->count; n++)
		archive_image_release(&c->images[n]);
	free(c->images);
	*c = (struct archive_content){ 0 };
}

/* The same image may be listed once for each name. */
struct archive_image *
archive_image_of(struct reading *r, const struct digest *what)
{
	struct archive_content *c = &r->content;

	for (size_t n = 0; n < c->count; n++) {
		if (digest_equal(&c->images[n].what, what))
			return &c->images[n];
	}
	c->images = mem_resize(c->images, c->count + 1, sizeof(*c->images));
	c->images[c->count] = (struct archive_image){ .what = *what };
	return &c->images[c->count++];
}

/* What is no reference is no name: "latest" alone says nothing. */
void
archive_add_name(struct archive_image *i, const char *text)
{
	autofree char *name = NULL;
	autoref ref = { 0 };

	if (!text || ref_parse(text, &ref, NULL) < 0)
		return;
	name = ref_format(&ref);
	if (!strv_has(&i->names, name))
		strv_add(&i->names, name);
}

/* An image layout. */

static int
fetch(struct reading *r, const struct digest *d, struct error *err)
{
	char hex[DIGEST_HEX_SIZE];
	autofree char *name =
		mem_printf("blobs/sha256/%s", digest_format_hex(d, hex));
	struct digest got;
	uint64_t size;
	int there;

	there = store_has_blob(r->store, d, err);
	if (there != 0)
		return there < 0 ? there : 0;
	return bag_take(r->bag, name, &got, &size, err);
}

/* Layers that nobody may pass on come from where their descriptor says. */
static bool
may_be_elsewhere(const struct descriptor *d)
{
	return strstr(d->media_type, "nondistributable") ||
		strstr(d->media_type, ".foreign.");
}

static int
fetch_manifest(struct reading *r, const struct buf *text, struct error *err)
{
	cleanup_value(manifest_release) struct manifest m = { 0 };
	int result;

	result = manifest_parse(buf_text(text), text->len, &m, err);
	if (result == 0)
		result = fetch(r, &m.config.digest, err);
	for (size_t n = 0; result == 0 && n < m.layer_count; n++) {
		if (!may_be_elsewhere(&m.layers[n]))
			result = fetch(r, &m.layers[n].digest, err);
	}
	return result;
}

static int fetch_document(struct reading *r, const struct digest *d,
	unsigned depth, struct error *err);

/* What an index names need not be here, but something must be. */
static int
fetch_index(struct reading *r, const struct buf *text, unsigned depth,
	struct error *err)
{
	cleanup_value(image_index_release) struct image_index i = { 0 };
	size_t missing = 0;
	int result;

	result = image_index_parse(buf_text(text), text->len, &i, err);
	for (size_t n = 0; result == 0 && n < i.count; n++) {
		autoerror why = { 0 };

		result = fetch_document(
			r, &i.manifests[n].digest, depth + 1, &why);
		if (result == -ENOENT && ++missing < i.count)
			result = 0;
		if (result < 0)
			(void)error_move(err, &why);
	}
	return result;
}

static int
read_document(struct reading *r, const struct digest *d, unsigned depth,
	struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	enum manifest_kind kind;
	int result;

	result = fetch(r, d, err);
	if (result == 0)
		result = store_read_blob(r->store, d, &text, err);
	if (result == 0)
		result = manifest_detect(
			buf_text(&text), text.len, NULL, &kind, err);
	if (result < 0)
		return result;
	return kind == MANIFEST_INDEX ? fetch_index(r, &text, depth, err)
				      : fetch_manifest(r, &text, err);
}

/* Indexes of indexes may name the same thing over and over, and it would never
 * end: each document is read once. */
static int
fetch_document(struct reading *r, const struct digest *d, unsigned depth,
	struct error *err)
{
	char hex[DIGEST_HEX_SIZE];
	int result;

	if (depth > DEPTH_MAX)
		return error_set(err, EBADMSG, "indexes are nested too deep");
	if (map_get(r->documents, digest_format_hex(d, hex)))
		return 0;
	if (map_has(r->documents, hex))
		return error_set(err, ENOENT, "'%s' is not in it", hex);
	if (map_count(r->documents) == DOCUMENTS_MAX)
		return error_set(err, E2BIG, "it has over %d manifests",
			DOCUMENTS_MAX);
	map_set(r->documents, hex, NULL);
	result = read_document(r, d, depth, err);
	if (result == 0)
		map_set(r->documents, hex, r);
	return result;
}

static int
read_entry(struct reading *r, const struct descriptor *d, struct error *err)
{
	const char *whole = json_get_text(d->annotations, ARCHIVE_NAME);
	const char *ref = json_get_text(d->annotations, ARCHIVE_REF_NAME);
	struct archive_image *image;
	int result;

	result = fetch_document(r, &d->digest, 0, err);
	if (result < 0)
		return result;
	image = archive_image_of(r, &d->digest);
	if (ref && !strv_has(&image->tags, ref))
		strv_add(&image->tags, ref);
	if (whole)
		archive_add_name(image, whole);
	else if (ref && strpbrk(ref, ":/"))
		archive_add_name(image, ref);
	return 0;
}

static int
read_layout(struct reading *r, struct error *err)
{
	cleanup_value(image_index_release) struct image_index i = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	int result;

	result = bag_read(r->bag, "index.json", &text, err);
	if (result == 0)
		result = image_index_parse(buf_text(&text), text.len, &i, err);
	if (result == 0 && i.count > ARCHIVE_IMAGES_MAX)
		result = error_set(err, E2BIG, "it has over %d images",
			ARCHIVE_IMAGES_MAX);
	for (size_t n = 0; result == 0 && n < i.count; n++)
		result = read_entry(r, &i.manifests[n], err);
	return result;
}

static bool
has(struct bag *b, const char *name)
{
	cleanup_value(buf_release) struct buf text = { 0 };

	return bag_read(b, name, &text, NULL) == 0;
}

static int
read_bag(struct store *s, struct bag *b, struct archive_content *ret,
	struct error *err)
{
	struct reading r = { .store = s, .bag = b };
	int result;

	r.documents = map_new(NULL);
	if (has(b, "oci-layout") && has(b, "index.json")) {
		result = read_layout(&r, err);
	} else if (has(b, "manifest.json")) {
		result = archive_read_docker(&r, err);
	} else {
		result = error_set(err, EBADMSG,
			"it is no archive of images: it has neither index.json nor manifest.json");
		(void)error_hint(err,
			"slipway import makes an image of a root file system");
	}
	map_free(r.documents);
	if (result == 0)
		*ret = r.content;
	else
		archive_content_release(&r.content);
	return result;
}

int
archive_read_tar(struct store *s, struct source *from,
	struct archive_content *ret, struct error *err)
{
	cleanup(bag_free) struct bag *b = NULL;
	int r;

	r = bag_open_tar(s, from, &b, err);
	return r < 0 ? r : read_bag(s, b, ret, err);
}

int
archive_read_dir(struct store *s, const char *path, struct archive_content *ret,
	struct error *err)
{
	cleanup(bag_free) struct bag *b = NULL;
	int r;

	r = bag_open_dir(s, path, &b, err);
	return r < 0 ? r : read_bag(s, b, ret, err);
}
