/* SPDX-License-Identifier: Apache-2.0 */
/* The index of an image for several platforms. */
#include "builder/output-part.h"

#include "oci/image.h"
#include "oci/travel.h"
#include "util/mem.h"

#define INDEX_MAX MiB(4)

static int
add_entry(struct output *o, const struct output_image *i,
	struct descriptor *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup(image_free) struct image *image = NULL;
	int r;

	r = image_load(o->store, &i->manifest, NULL, &image, err);
	if (r == 0)
		r = store_read_blob(o->store, &i->manifest, &text, err);
	if (r < 0)
		return r;
	descriptor_init(
		ret, image_manifest(image)->media_type, &i->manifest, text.len);
	ret->platform = image_platform(image);
	ret->annotations = annotations_at(o->options->annotations,
		ANNOTATION_MANIFEST_DESCRIPTOR, &i->platform);
	return 0;
}

static int
pack(struct output *o, const struct packer_options *packing,
	struct output_image *i, struct error *err)
{
	const struct digest was = i->manifest;
	struct travel_options travel = {
		.packing = *packing,
		.family = MEDIA_OCI,
	};

	if (!output_attests(o->options))
		return 0;
	travel.progress = o->options->transfer->progress;
	return travel_make(o->store, &was, &travel, &i->manifest, err);
}

static int
add_image(struct output *o, const struct packer_options *packing, size_t n,
	struct image_index *to, struct error *err)
{
	struct output_image image = o->images[n];
	int r;

	r = pack(o, packing, &image, err);
	return r < 0 ? r : add_entry(o, &image, &to->manifests[n], err);
}

/* Behind all images. */
static int
add_attestations(struct output *o, struct image_index *to, struct error *err)
{
	int r = 0;

	for (size_t n = 0; r == 0 && n < o->count; n++) {
		r = output_attest(o, &o->images[n], &to->manifests[n],
			&to->manifests[o->count + n], err);
		to->count++;
	}
	return r;
}

int
output_make_index(struct output *o, const struct packer_options *packing,
	struct digest *ret, struct error *err)
{
	cleanup_value(image_index_release) struct image_index index = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	int r = 0;

	index.media_type = mem_strdup(MEDIA_OCI_INDEX);
	index.manifests = mem_array(2 * o->count, sizeof(*index.manifests));
	index.annotations =
		annotations_at(o->options->annotations, ANNOTATION_INDEX, NULL);
	for (size_t n = 0; r == 0 && n < o->count; n++) {
		r = add_image(o, packing, n, &index, err);
		index.count = n + 1;
	}
	if (r == 0 && output_attests(o->options))
		r = add_attestations(o, &index, err);
	if (r < 0)
		return r;
	buf_init(&text, INDEX_MAX);
	image_index_format(&index, &text);
	r = buf_check(&text, "image index", err);
	return r < 0 ? r
		     : store_write_blob(
			       o->store, buf_text(&text), text.len, ret, err);
}
