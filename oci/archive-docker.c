/* SPDX-License-Identifier: Apache-2.0 */
/* What docker save and podman save write: manifest.json and what it names. */
#include "oci/archive-part.h"

#include <errno.h>

#include "oci/blob.h"
#include "oci/image.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"

#define LAYERS_MAX 1000
#define MAGIC_SIZE 8

static int
codec_of_blob(struct store *s, const struct digest *d, enum codec *ret,
	struct error *err)
{
	char magic[MAGIC_SIZE];
	autoclose int fd = -1;
	uint64_t size;
	int r;

	r = blob_open(s, d, &fd, &size, err);
	if (r == 0 && size > MAGIC_SIZE)
		size = MAGIC_SIZE;
	if (r == 0)
		r = fs_read_at(fd, magic, size, 0, err);
	if (r == 0)
		*ret = codec_detect(magic, size);
	return r;
}

static int
read_layer(struct reading *r, const char *name, struct descriptor *ret,
	struct error *err)
{
	autofree char *clean = path_clean(name);
	enum codec codec = CODEC_NONE;
	struct digest digest;
	uint64_t size;
	int result;

	result = bag_take(r->bag, clean, &digest, &size, err);
	if (result == 0)
		result = codec_of_blob(r->store, &digest, &codec, err);
	if (result < 0)
		return result;
	descriptor_init(ret, codec_media_type(codec), &digest, size);
	return 0;
}

static int
read_layers(struct reading *r, const struct json *names, struct manifest *m,
	struct error *err)
{
	size_t count = json_count(names);
	int result = 0;

	if (count > LAYERS_MAX)
		return error_set(
			err, E2BIG, "it has over %d layers", LAYERS_MAX);
	m->layers = mem_array(count + 1, sizeof(*m->layers));
	for (size_t n = 0; result == 0 && n < count; n++) {
		const char *name = json_text(json_at(names, n));

		result = name
			? read_layer(r, name, &m->layers[n], err)
			: error_set(err, EBADMSG, "a layer of it has no name");
		m->layer_count = n + (result == 0);
	}
	return result;
}

static int
read_config(struct reading *r, const char *name, struct descriptor *ret,
	struct error *err)
{
	struct digest digest;
	uint64_t size;
	int result;

	if (!name)
		return error_set(err, EBADMSG, "an image of it has no config");
	result = bag_take(r->bag, name, &digest, &size, err);
	if (result == 0)
		descriptor_init(ret, MEDIA_OCI_CONFIG, &digest, size);
	return result;
}

/* Do its parts belong together? */
static int
check_image(struct store *s, const struct digest *d, struct error *err)
{
	cleanup(image_free) struct image *image = NULL;

	return image_load(s, d, NULL, &image, err);
}

static int
read_image(struct reading *r, const struct json *j, struct error *err)
{
	cleanup_value(manifest_release) struct manifest m = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	const struct json *tags = json_get(j, "RepoTags");
	struct archive_image *image;
	struct digest digest;
	int result;

	result = read_config(r, json_get_text(j, "Config"), &m.config, err);
	if (result == 0)
		result = read_layers(r, json_get(j, "Layers"), &m, err);
	if (result < 0)
		return result;
	m.media_type = mem_strdup(MEDIA_OCI_MANIFEST);
	buf_init(&text, BAG_TEXT_MAX);
	manifest_format(&m, &text);
	result = store_write_blob(
		r->store, buf_text(&text), text.len, &digest, err);
	if (result == 0)
		result = check_image(r->store, &digest, err);
	if (result < 0)
		return result;
	image = archive_image_of(r, &digest);
	for (size_t n = 0; n < json_count(tags); n++)
		archive_add_name(image, json_text(json_at(tags, n)));
	return 0;
}

int
archive_read_docker(struct reading *r, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup(json_free) struct json *j = NULL;
	int result;

	result = bag_read(r->bag, "manifest.json", &text, err);
	if (result == 0)
		result = json_parse(buf_text(&text), text.len, BAG_TEXT_MAX,
			"manifest.json", &j, err);
	if (result == 0 && json_kind(j) != JSON_ARRAY)
		result = error_set(err, EBADMSG, "manifest.json is no array");
	if (result == 0 && json_count(j) > ARCHIVE_IMAGES_MAX)
		result = error_set(err, E2BIG, "it has over %d images",
			ARCHIVE_IMAGES_MAX);
	for (size_t n = 0; result == 0 && n < json_count(j); n++)
		result = read_image(r, json_at(j, n), err);
	return result;
}
