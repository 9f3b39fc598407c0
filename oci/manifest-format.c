/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests and indexes as bytes: compact, members in image-spec's order. */
#include "oci/manifest.h"

static struct json *
format_head(const char *media_type)
{
	struct json *j = json_new_object();

	json_set_number(j, "schemaVersion", 2);
	json_set_text(j, "mediaType", media_type);
	return j;
}

static struct json *
format_list(const struct descriptor *list, size_t count)
{
	struct json *j = json_new_array();
	size_t i;

	for (i = 0; i < count; i++)
		json_append(j, descriptor_format(&list[i]));
	return j;
}

void
manifest_format(const struct manifest *m, struct buf *ret)
{
	cleanup(json_free) struct json *j = format_head(m->media_type);

	json_set(j, "config", descriptor_format(&m->config));
	json_set(j, "layers", format_list(m->layers, m->layer_count));
	if (json_count(m->annotations))
		json_set(j, "annotations", json_copy(m->annotations));
	json_format(j, ret);
}

void
image_index_format(const struct image_index *i, struct buf *ret)
{
	cleanup(json_free) struct json *j = format_head(i->media_type);

	json_set(j, "manifests", format_list(i->manifests, i->count));
	if (json_count(i->annotations))
		json_set(j, "annotations", json_copy(i->annotations));
	json_format(j, ret);
}
