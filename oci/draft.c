/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/draft.h"

#include <errno.h>
#include <string.h>

#include "oci/media.h"
#include "util/mem.h"

#define CONFIG_MAX MiB(8)
#define MANIFEST_MAX MiB(4)

struct draft {
	struct config *config;
	struct layer *layers;
	size_t layer_count;
	struct digest chain_id;
};

static struct draft *
draft_new(struct config *config)
{
	struct draft *d = mem_zalloc(sizeof(*d));

	d->config = config;
	return d;
}

/* The layer alone; its diff id is in the config already. */
static void
append_layer(struct draft *d, const struct layer *l)
{
	const struct digest below = d->chain_id;

	d->layers = mem_resize(d->layers, d->layer_count + 1,
		sizeof(*d->layers));
	layer_copy(l, &d->layers[d->layer_count++]);
	layer_chain_id(&below, &l->diff_id, &d->chain_id);
}

struct draft *
draft_from_image(const struct image *i)
{
	struct draft *d = draft_new(config_copy(image_config(i)));
	size_t n;

	for (n = 0; n < image_layer_count(i); n++)
		append_layer(d, image_layer(i, n));
	return d;
}

struct draft *
draft_from_nothing(const struct platform *p)
{
	return draft_new(config_new(p));
}

struct draft *
draft_copy(const struct draft *d)
{
	struct draft *copy = draft_new(config_copy(d->config));
	size_t n;

	for (n = 0; n < d->layer_count; n++)
		append_layer(copy, &d->layers[n]);
	return copy;
}

struct draft *
draft_free(struct draft *d)
{
	size_t n;

	if (!d)
		return NULL;
	for (n = 0; n < d->layer_count; n++)
		layer_release(&d->layers[n]);
	free(d->layers);
	config_free(d->config);
	free(d);
	return NULL;
}

struct config *
draft_config(struct draft *d)
{
	return d->config;
}

size_t
draft_layer_count(const struct draft *d)
{
	return d->layer_count;
}

const struct layer *
draft_layer(const struct draft *d, size_t n)
{
	return &d->layers[n];
}

const struct digest *
draft_chain_id(const struct draft *d)
{
	return &d->chain_id;
}

void
draft_add_layer(struct draft *d, const struct layer *l)
{
	append_layer(d, l);
	config_add_diff_id(d->config, &l->diff_id);
}

static int
write_config(const struct draft *d, struct store *s, struct descriptor *ret,
	struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	struct digest digest;
	int r;

	buf_init(&text, CONFIG_MAX);
	config_format(d->config, &text);
	r = buf_check(&text, "image config", err);
	if (r == 0)
		r = store_write_blob(s, buf_text(&text), text.len, &digest,
			err);
	if (r < 0)
		return r;
	descriptor_init(ret, MEDIA_OCI_CONFIG, &digest, text.len);
	return 0;
}

static void
list_layers(const struct draft *d, struct manifest *m)
{
	size_t n;

	m->layers = mem_array(d->layer_count ? d->layer_count : 1,
		sizeof(*m->layers));
	m->layer_count = d->layer_count;
	for (n = 0; n < d->layer_count; n++) {
		descriptor_copy(&d->layers[n].blob, &m->layers[n]);
		/* Registries that know OCI only refuse mixed types. */
		media_convert(&m->layers[n], MEDIA_OCI);
	}
}

int
draft_commit(struct draft *d, struct store *s, const struct json *annotations,
	struct digest *ret_manifest, struct error *err)
{
	cleanup_value(manifest_release) struct manifest m = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	r = write_config(d, s, &m.config, err);
	if (r < 0)
		return r;
	m.media_type = mem_strdup(MEDIA_OCI_MANIFEST);
	list_layers(d, &m);
	m.annotations = json_copy(annotations);
	buf_init(&text, MANIFEST_MAX);
	manifest_format(&m, &text);
	r = buf_check(&text, "image manifest", err);
	return r < 0 ? r : store_write_blob(s, buf_text(&text), text.len,
		ret_manifest, err);
}

struct json *
draft_format(const struct draft *d)
{
	struct json *j = json_new_object();
	struct json *layers = json_new_array();
	char text[DIGEST_TEXT_SIZE];
	size_t n;

	for (n = 0; n < d->layer_count; n++) {
		struct json *entry = json_new_object();

		json_set_text(entry, "diff_id",
			digest_format(&d->layers[n].diff_id, text));
		json_set(entry, "blob", descriptor_format(&d->layers[n].blob));
		json_append(layers, entry);
	}
	json_set(j, "config", json_copy(config_json(d->config)));
	json_set(j, "layers", layers);
	return j;
}

static int
parse_layer(const struct json *j, struct draft *d, struct error *err)
{
	cleanup_value(layer_release) struct layer l = { 0 };
	const char *diff_id = json_get_text(j, "diff_id");

	if (!diff_id || digest_parse(diff_id, &l.diff_id, NULL) < 0 ||
		descriptor_parse(json_get(j, "blob"), &l.blob, NULL) < 0)
		return error_set(err, EBADMSG, "draft has a damaged layer");
	append_layer(d, &l);
	return 0;
}

static int
parse_config(const struct json *j, struct config **ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };

	if (!j)
		return error_set(err, EBADMSG, "it has no config");
	buf_init(&text, CONFIG_MAX);
	json_format(j, &text);
	return config_parse(buf_text(&text), text.len, ret, err);
}

int
draft_parse(const struct json *j, struct draft **ret, struct error *err)
{
	cleanup(draft_free) struct draft *d = NULL;
	const struct json *layers = json_get(j, "layers");
	struct config *config = NULL;
	size_t n;
	int r;

	r = parse_config(json_get(j, "config"), &config, err);
	if (r < 0)
		return error_wrap(err, "draft");
	d = draft_new(config);
	for (n = 0; r == 0 && n < json_count(layers); n++)
		r = parse_layer(json_at(layers, n), d, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&d);
	return 0;
}
