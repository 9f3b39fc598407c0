/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/travel.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "oci/image.h"
#include "util/mem.h"
#include "util/proc.h"

#define DEPTH_MAX 4
#define DOCUMENT_MAX MiB(4)
#define INTERRUPT_MS 250

struct travel {
	struct store *store;
	const struct travel_options *options;
};

static int
take_packed(void *context, size_t index, const struct descriptor *blob,
	struct error *err)
{
	struct descriptor *packed = context;

	(void)err;
	descriptor_copy(blob, &packed[index]);
	return 0;
}

static int
run_packer(const struct travel *t, const struct layer *const *layers,
	size_t count, struct descriptor *packed, struct error *err)
{
	cleanup(packer_free) struct packer *p = NULL;
	int r;

	r = packer_start(
		t->store, &t->options->packing, layers, count, &p, err);
	if (r < 0)
		return r;
	do {
		struct pollfd fd = { packer_fd(p), POLLIN, 0 };

		r = proc_check_interrupt(err);
		if (r < 0)
			return r;
		r = 1;
		if (poll(&fd, 1, INTERRUPT_MS) > 0)
			r = packer_read(p, take_packed, packed, err);
	} while (r > 0);
	return r;
}

static int
pack(const struct travel *t, const struct layer *const *layers, size_t count,
	struct descriptor *packed, struct error *err)
{
	struct progress *shown = t->options->progress;
	progress_step step = progress_begin(shown, "packing layers");
	int r;

	r = run_packer(t, layers, count, packed, err);
	progress_end(
		shown, step, r < 0 ? PROGRESS_FAILED : PROGRESS_DONE, NULL);
	return r;
}

/* Which layers must be packed; `*ret_image` knows their diff ids. */
static int
list_layers(const struct travel *t, const struct digest *what,
	const struct manifest *m, struct image **ret_image,
	const struct layer **layers, struct error *err)
{
	int wanted = 0;

	for (size_t i = 0; i < m->layer_count; i++) {
		int needs = travel_needs_packing(
			t->store, &t->options->packing, &m->layers[i], err);
		int r = needs;

		if (needs > 0 && !*ret_image)
			r = image_load(t->store, what, NULL, ret_image, err);
		if (r < 0)
			return r;
		if (needs > 0)
			layers[i] = image_layer(*ret_image, i);
		wanted += needs;
	}
	return wanted;
}

static int
pack_layers(const struct travel *t, const struct digest *what,
	struct manifest *m, bool *changed, struct error *err)
{
	cleanup(image_free) struct image *image = NULL;
	autofree const struct layer **layers =
		mem_array(m->layer_count + 1, sizeof(*layers));
	autofree struct descriptor *packed =
		mem_array(m->layer_count + 1, sizeof(*packed));
	int r;

	r = list_layers(t, what, m, &image, layers, err);
	if (r > 0)
		r = pack(t, layers, m->layer_count, packed, err);
	for (size_t i = 0; i < m->layer_count; i++) {
		if (r == 0 && packed[i].media_type)
			*changed |= travel_replace_layer(m, i, &packed[i]);
		descriptor_release(&packed[i]);
	}
	return r;
}

static int
check_docker(
	const struct travel *t, const struct manifest *m, struct error *err)
{
	enum codec codec;

	for (size_t i = 0; i < m->layer_count; i++) {
		if (t->options->family != MEDIA_DOCKER ||
			codec_of_media_type(
				m->layers[i].media_type, &codec, NULL) < 0 ||
			codec != CODEC_ZSTD)
			continue;
		(void)error_set(err, ENOTSUP,
			"docker's media types cannot hold zstd layers");
		(void)error_hint(err,
			"pack them anew: --compression gzip --force-compression");
		return error_kind(err, ERROR_REQUEST);
	}
	return 0;
}

static bool
is_of_family(const struct manifest *m, enum media_family family)
{
	bool same = media_in(family, m->media_type) == m->media_type &&
		media_in(family, m->config.media_type) == m->config.media_type;

	for (size_t i = 0; same && i < m->layer_count; i++)
		same = media_in(family, m->layers[i].media_type) ==
			m->layers[i].media_type;
	return same;
}

static int
write_document(struct store *s, const struct buf *text, const char *media_type,
	struct descriptor *ret, struct error *err)
{
	struct digest digest;
	int r;

	r = buf_check(text, "manifest", err);
	if (r == 0)
		r = store_write_blob(
			s, buf_text(text), text->len, &digest, err);
	if (r == 0)
		descriptor_init(ret, media_type, &digest, text->len);
	return r;
}

static int
make_manifest(const struct travel *t, const struct digest *what,
	const struct buf *text, struct descriptor *ret, struct error *err)
{
	cleanup_value(manifest_release) struct manifest m = { 0 };
	cleanup_value(buf_release) struct buf now = { 0 };
	bool changed = false;
	int r;

	r = manifest_parse(buf_text(text), text->len, &m, err);
	if (r == 0 && manifest_is_image(&m)) {
		r = pack_layers(t, what, &m, &changed, err);
		changed |= !is_of_family(&m, t->options->family);
		if (r == 0)
			r = check_docker(t, &m, err);
	}
	if (r < 0)
		return r;
	if (!changed) {
		descriptor_init(ret, m.media_type, what, text->len);
		return 0;
	}
	travel_convert(&m, t->options->family);
	buf_init(&now, DOCUMENT_MAX);
	manifest_format(&m, &now);
	return write_document(t->store, &now, m.media_type, ret, err);
}

static int make_document(const struct travel *t, const struct digest *what,
	unsigned depth, struct descriptor *ret, struct error *err);

/* What the entry points to travels as `now`. */
static int
make_entry(const struct travel *t, struct descriptor *entry, unsigned depth,
	bool *changed, struct error *err)
{
	cleanup_value(descriptor_release) struct descriptor now = { 0 };
	int r;

	r = make_document(t, &entry->digest, depth + 1, &now, err);
	if (r < 0 || digest_equal(&now.digest, &entry->digest))
		return r;
	entry->digest = now.digest;
	entry->size = now.size;
	free(entry->media_type);
	entry->media_type = take_ptr(&now.media_type);
	*changed = true;
	return 0;
}

static int
make_index(const struct travel *t, const struct digest *what,
	const struct buf *text, unsigned depth, struct descriptor *ret,
	struct error *err)
{
	cleanup_value(image_index_release) struct image_index index = { 0 };
	cleanup_value(buf_release) struct buf now = { 0 };
	enum media_family family = t->options->family;
	bool changed;
	int r;

	r = image_index_parse(buf_text(text), text->len, &index, err);
	if (r < 0)
		return r;
	changed = media_in(family, index.media_type) != index.media_type;
	for (size_t i = 0; r == 0 && i < index.count; i++)
		r = make_entry(t, &index.manifests[i], depth, &changed, err);
	if (r < 0)
		return r;
	if (!changed) {
		descriptor_init(ret, index.media_type, what, text->len);
		return 0;
	}
	travel_convert_index(&index, family);
	buf_init(&now, DOCUMENT_MAX);
	image_index_format(&index, &now);
	return write_document(t->store, &now, index.media_type, ret, err);
}

static int
make_document(const struct travel *t, const struct digest *what, unsigned depth,
	struct descriptor *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	char digest[DIGEST_TEXT_SIZE];
	enum manifest_kind kind;
	int r;

	if (depth > DEPTH_MAX)
		return error_set(err, ELOOP, "indexes are nested too deep");
	r = store_read_blob(t->store, what, &text, err);
	if (r == 0)
		r = manifest_detect(
			buf_text(&text), text.len, NULL, &kind, err);
	if (r < 0) {
		(void)error_wrap(
			err, "manifest '%s'", digest_format(what, digest));
		return r == -ENOENT
			? error_hint(err,
				  "choose one with --platform, or pull the others, too")
			: r;
	}
	return kind == MANIFEST_INDEX
		? make_index(t, what, &text, depth, ret, err)
		: make_manifest(t, what, &text, ret, err);
}

int
travel_make(struct store *s, const struct digest *what,
	const struct travel_options *options, struct digest *ret,
	struct error *err)
{
	cleanup_value(descriptor_release) struct descriptor top = { 0 };
	const struct travel t = { .store = s, .options = options };
	int r;

	r = make_document(&t, what, 0, &top, err);
	if (r == 0)
		*ret = top.digest;
	return r;
}
