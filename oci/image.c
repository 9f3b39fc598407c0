/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/image.h"

#include <errno.h>
#include <string.h>

#include "util/log.h"
#include "util/mem.h"

/* Indexes may lie in indexes; a cycle is impossible among digests. */
#define INDEX_DEPTH_MAX 4

struct image {
	struct digest digest;
	struct manifest manifest;
	struct config *config;
	struct layer *layers;
	size_t layer_count;
};

struct image *
image_free(struct image *i)
{
	size_t n;

	if (!i)
		return NULL;
	for (n = 0; n < i->layer_count; n++)
		layer_release(&i->layers[n]);
	free(i->layers);
	config_free(i->config);
	manifest_release(&i->manifest);
	free(i);
	return NULL;
}

/* Replace `*d`, an index, by the entry of it that fits. */
static int
step_into_index(const struct buf *text, const struct platform *want,
	struct digest *d, struct error *err)
{
	cleanup_value(image_index_release) struct image_index index = { 0 };
	size_t best;
	int r;

	r = image_index_parse(buf_text(text), text->len, &index, err);
	if (r == 0)
		r = image_index_choose(&index, want, &best, err);
	if (r == 0)
		*d = index.manifests[best].digest;
	return r;
}

/* The manifest's bytes, and in `*d` their digest. */
static int
find_manifest(struct store *s, const struct platform *want, struct digest *d,
	struct buf *ret, struct error *err)
{
	enum manifest_kind kind;
	int depth, r;

	for (depth = 0; depth <= INDEX_DEPTH_MAX; depth++) {
		r = store_read_blob(s, d, ret, err);
		if (r == 0)
			r = manifest_detect(buf_text(ret), ret->len, NULL,
				&kind, err);
		if (r < 0 || kind == MANIFEST_IMAGE)
			return r;
		r = step_into_index(ret, want, d, err);
		if (r < 0)
			return r;
	}
	return error_set(err, EBADMSG,
		"indexes are nested more than %d levels deep", INDEX_DEPTH_MAX);
}

static int
load_config(struct store *s, struct image *i, struct error *err)
{
	const char *type = i->manifest.config.media_type;
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	if (strcmp(type, MEDIA_OCI_CONFIG) != 0 &&
		strcmp(type, MEDIA_DOCKER_CONFIG) != 0)
		return error_set(err, EBADMSG,
			"it is no image but an artifact of type '%.100s'",
			type);
	r = store_read_blob(s, &i->manifest.config.digest, &text, err);
	if (r < 0)
		return error_wrap(err, "image config");
	return config_parse(buf_text(&text), text.len, &i->config, err);
}

/* What is not compressed is its own diff id. */
static int
check_layer(const struct descriptor *blob, const struct digest *diff_id,
	struct error *err)
{
	char text[DIGEST_TEXT_SIZE];

	if (strcmp(blob->media_type, MEDIA_OCI_LAYER) != 0 ||
		digest_equal(&blob->digest, diff_id))
		return 0;
	return error_set(err, EBADMSG,
		"layer '%s' is uncompressed but has another diff id",
		digest_format(&blob->digest, text));
}

static int
make_layers(struct image *i, struct error *err)
{
	autofree struct digest *diff_ids = NULL;
	size_t n, count = 0;
	int r;

	r = config_diff_ids(i->config, &diff_ids, &count, err);
	if (r < 0)
		return r;
	if (count != i->manifest.layer_count)
		return error_set(err, EBADMSG,
			"manifest has %zu layers, config %zu",
			i->manifest.layer_count, count);
	i->layers = mem_array(count ? count : 1, sizeof(*i->layers));
	for (n = 0; n < count; n++) {
		r = check_layer(&i->manifest.layers[n], &diff_ids[n], err);
		if (r < 0)
			return r;
		i->layers[n].diff_id = diff_ids[n];
		descriptor_copy(&i->manifest.layers[n], &i->layers[n].blob);
		i->layer_count = n + 1;
	}
	return 0;
}

/* Wrong in many images and of no consequence. */
static void
check_history(const struct image *i)
{
	const struct json *history = config_history(i->config);
	size_t n, layers = 0;

	for (n = 0; n < json_count(history); n++)
		layers += !json_get_bool(json_at(history, n), "empty_layer",
			false);
	if (history && layers != i->layer_count)
		log_debug("image has %zu layers, its history %zu",
			i->layer_count, layers);
}

static int
load(struct store *s, const struct platform *want, struct image *i,
	struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	r = find_manifest(s, want, &i->digest, &text, err);
	if (r == 0)
		r = manifest_parse(buf_text(&text), text.len, &i->manifest,
			err);
	if (r == 0)
		r = load_config(s, i, err);
	if (r == 0)
		r = make_layers(i, err);
	if (r == 0)
		check_history(i);
	return r;
}

int
image_load(struct store *s, const struct digest *d,
	const struct platform *want, struct image **ret, struct error *err)
{
	cleanup(image_free) struct image *i = mem_zalloc(sizeof(*i));
	char text[DIGEST_TEXT_SIZE];
	struct platform host;
	int r;

	if (!want) {
		platform_host(&host);
		want = &host;
	}
	i->digest = *d;
	r = load(s, want, i, err);
	if (r < 0)
		return error_wrap(err, "image '%s'", digest_format(d, text));
	*ret = take_ptr(&i);
	return 0;
}

const struct digest *
image_digest(const struct image *i)
{
	return &i->digest;
}

const struct digest *
image_config_digest(const struct image *i)
{
	return &i->manifest.config.digest;
}

const struct config *
image_config(const struct image *i)
{
	return i->config;
}

const struct manifest *
image_manifest(const struct image *i)
{
	return &i->manifest;
}

size_t
image_layer_count(const struct image *i)
{
	return i->layer_count;
}

const struct layer *
image_layer(const struct image *i, size_t n)
{
	return &i->layers[n];
}

uint64_t
image_size(const struct image *i)
{
	uint64_t sum = 0;
	size_t n;

	/* Sizes are below 2^63 each; a sum that wraps is nobody's image. */
	for (n = 0; n < i->layer_count; n++)
		if (__builtin_add_overflow(sum, i->layers[n].blob.size, &sum))
			return UINT64_MAX;
	return sum;
}

/* Members of a config that its entry repeats, in the index's order. */
static const char *const platform_words[] = {
	"architecture",
	"os",
	"os.version",
	"os.features",
	"variant",
};

struct json *
image_platform(const struct image *i)
{
	const struct json *config = config_json(i->config);
	struct json *platform = json_new_object();

	for (size_t n = 0; n < ARRAY_SIZE(platform_words); n++) {
		const char *name = platform_words[n];
		const struct json *value = json_get(config, name);

		if (value)
			json_set(platform, name, json_copy(value));
	}
	return platform;
}
