/* SPDX-License-Identifier: Apache-2.0 */
/* What an image that travels needs, and its documents in other words. */
#include "oci/travel.h"

#include <stdlib.h>
#include <string.h>

#include "oci/image.h"
#include "util/log.h"
#include "util/mem.h"

int
travel_needs_packing(struct store *s, const struct packer_options *o,
	const struct descriptor *layer, struct error *err)
{
	enum codec now;
	int r;

	if (codec_of_media_type(layer->media_type, &now, NULL) < 0)
		return 0;
	if (now != o->codec && (now == CODEC_NONE || o->force))
		return 1;
	if (now != CODEC_NONE)
		return 0;
	/* A layer made here may be a tree only. */
	r = store_has_blob(s, &layer->digest, err);
	return r < 0 ? r : !r;
}

bool
travel_replace_layer(
	struct manifest *m, size_t i, const struct descriptor *with)
{
	struct descriptor copy = { 0 };

	if (digest_equal(&m->layers[i].digest, &with->digest))
		return false;
	descriptor_copy(with, &copy);
	descriptor_release(&m->layers[i]);
	m->layers[i] = copy;
	return true;
}

static void
convert_type(char **type, enum media_family family)
{
	char *now = mem_strdup(media_in(family, *type));

	free(*type);
	*type = now;
}

static void
drop_annotations(struct json **annotations, enum media_family family)
{
	if (family != MEDIA_DOCKER || !*annotations)
		return;
	if (json_count(*annotations))
		log_warning("annotations are left out: %s",
			"docker's media types cannot hold them");
	*annotations = json_free(*annotations);
}

void
travel_convert(struct manifest *m, enum media_family family)
{
	convert_type(&m->media_type, family);
	media_convert(&m->config, family);
	for (size_t i = 0; i < m->layer_count; i++)
		media_convert(&m->layers[i], family);
	drop_annotations(&m->annotations, family);
}

void
travel_convert_index(struct image_index *i, enum media_family family)
{
	convert_type(&i->media_type, family);
	for (size_t n = 0; n < i->count; n++)
		media_convert(&i->manifests[n], family);
	drop_annotations(&i->annotations, family);
}

static int
image_needs_trees(struct store *s, const struct digest *what, struct error *err)
{
	cleanup(image_free) struct image *image = NULL;

	/* What is no image, or not here, has its story told elsewhere. */
	if (image_load(s, what, NULL, &image, NULL) < 0)
		return 0;
	for (size_t n = 0; n < image_layer_count(image); n++) {
		int r = store_has_blob(
			s, &image_layer(image, n)->blob.digest, err);

		if (r <= 0)
			return r < 0 ? r : 1;
	}
	return 0;
}

int
travel_needs_trees(
	struct store *s, const struct digest *what, struct error *err)
{
	cleanup_value(image_index_release) struct image_index index = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	enum manifest_kind kind;
	int r = 0;

	if (store_read_blob(s, what, &text, NULL) < 0 ||
		manifest_detect(buf_text(&text), text.len, NULL, &kind, NULL) <
			0)
		return 0;
	if (kind == MANIFEST_IMAGE)
		return image_needs_trees(s, what, err);
	if (image_index_parse(buf_text(&text), text.len, &index, NULL) < 0)
		return 0;
	for (size_t n = 0; r == 0 && n < index.count; n++)
		r = image_needs_trees(s, &index.manifests[n].digest, err);
	return r;
}
