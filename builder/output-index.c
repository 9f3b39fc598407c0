/* SPDX-License-Identifier: Apache-2.0 */
/* The index of an image for several platforms. */
#include "builder/output-part.h"

#include "oci/image.h"
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

int
output_make_index(struct output *o, struct digest *ret, struct error *err)
{
	cleanup_value(image_index_release) struct image_index index = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	int r = 0;

	index.media_type = mem_strdup(MEDIA_OCI_INDEX);
	index.manifests = mem_array(o->count, sizeof(*index.manifests));
	index.annotations =
		annotations_at(o->options->annotations, ANNOTATION_INDEX, NULL);
	for (size_t n = 0; r == 0 && n < o->count; n++) {
		r = add_entry(o, &o->images[n], &index.manifests[n], err);
		index.count = n + 1;
	}
	if (r < 0)
		return r;
	buf_init(&text, INDEX_MAX);
	image_index_format(&index, &text);
	r = buf_check(&text, "image index", err);
	return r < 0 ? r
		     : store_write_blob(
			       o->store, buf_text(&text), text.len, ret, err);
}
