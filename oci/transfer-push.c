/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/transfer-part.h"

#include <errno.h>
#include <string.h>

#include "oci/blob.h"
#include "oci/sighting.h"
#include "oci/transfer-send.h"
#include "oci/travel.h"
#include "util/mem.h"

#define DEPTH_MAX 4

/* One push to one repository. */
struct push {
	struct transfer *t;
	const struct ref *to;
	struct sender *sender;
	struct packer_options packing;
	progress_step step;
};

static void
describe(const struct document *d, const char *media_type,
	struct descriptor *ret)
{
	descriptor_init(ret, media_type, &d->digest, d->text.len);
}

/* The bytes as they are pushed: the very same ones if nothing changed. */
static int
write_manifest(struct push *p, const struct document *was, struct manifest *m,
	bool changed, struct descriptor *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	struct digest digest;
	int r;

	if (!changed) {
		describe(was, m->media_type, ret);
		return 0;
	}
	travel_convert(m, MEDIA_OCI);
	buf_init(&text, MiB(4));
	manifest_format(m, &text);
	r = buf_check(&text, "manifest", err);
	if (r >= 0)
		r = store_write_blob(p->t->store, text.data, text.len, &digest,
			err);
	if (r >= 0)
		descriptor_init(ret, m->media_type, &digest, text.len);
	return r;
}

/* Begin to send a layer, or put it down to be packed into `ret`. The image is
 * loaded for the first that needs it: it knows the diff ids. */
static int
begin_layer(struct push *p, const struct document *d,
	const struct manifest *m, size_t i, struct image **image,
	struct descriptor *ret, struct error *err)
{
	int needs = travel_needs_packing(p->t->store, &p->packing,
		&m->layers[i], err);
	int r = needs;

	if (needs == 0)
		return transfer_sender_add(p->sender, &m->layers[i], err);
	if (r >= 0 && !*image)
		r = image_load(p->t->store, &d->digest, NULL, image, err);
	if (r >= 0)
		transfer_sender_pack(p->sender, image_layer(*image, i), ret);
	return r;
}

/* Config and layers; `packed` gets those that were packed. */
static int
send_blobs(struct push *p, const struct document *d, const struct manifest *m,
	struct descriptor *packed, struct error *err)
{
	cleanup(image_free) struct image *image = NULL;
	int r;

	r = transfer_sender_add(p->sender, &m->config, err);
	for (size_t i = 0; r >= 0 && i < m->layer_count; i++)
		r = begin_layer(p, d, m, i, &image, &packed[i], err);
	if (r == -ENOENT)
		(void)error_hint(err, "pull the image again");
	return r < 0 ? r : transfer_sender_run(p->sender, err);
}

/* Send what the manifest names; `ret` describes what is to be put. */
static int
push_manifest(struct push *p, const struct document *d,
	struct descriptor *ret, struct error *err)
{
	autofree struct descriptor *packed = NULL;
	struct manifest m = { 0 };
	bool changed = false;
	int r;

	r = manifest_parse(d->text.data, d->text.len, &m, err);
	if (r < 0)
		return r;
	packed = mem_array(m.layer_count + 1, sizeof(*packed));
	r = send_blobs(p, d, &m, packed, err);
	for (size_t i = 0; i < m.layer_count; i++) {
		if (r >= 0 && packed[i].media_type)
			changed |= travel_replace_layer(&m, i, &packed[i]);
		descriptor_release(&packed[i]);
	}
	if (r >= 0)
		r = write_manifest(p, d, &m, changed, ret, err);
	manifest_release(&m);
	return r;
}

static int
put(struct push *p, const struct descriptor *d, const char *reference,
	struct error *err)
{
	cleanup_value(courier_errand_release) struct errand e = { 0 };
	cleanup(json_free) struct json *packet =
		transfer_packet("put", transfer_sender_repository(p->sender));
	char text[DIGEST_TEXT_SIZE];
	autoclose int fd = -1;
	uint64_t size;
	int r;

	json_set_text(packet, "reference", reference);
	json_set_text(packet, "media_type", d->media_type);
	json_set_text(packet, "digest", digest_format(&d->digest, text));
	json_set_number(packet, "size", (int64_t)d->size);
	r = blob_open(p->t->store, &d->digest, &fd, &size, err);
	if (r < 0)
		return r;
	r = courier_send(p->t->courier, packet, fd, &e, err);
	if (r >= 0)
		r = courier_wait(p->t->courier, &e, err);
	courier_forget(p->t->courier, &e);
	return r < 0 ? error_kind(err, ERROR_REMOTE) : 0;
}

static int push_document(struct push *p, const struct digest *what,
	unsigned depth, struct descriptor *ret, struct error *err);

/* One entry: its contents, then itself by digest. */
static int
push_entry(struct push *p, struct descriptor *entry, unsigned depth,
	bool *changed, struct error *err)
{
	struct descriptor now = { 0 };
	char text[DIGEST_TEXT_SIZE];
	int r;

	r = push_document(p, &entry->digest, depth + 1, &now, err);
	if (r >= 0)
		r = put(p, &now, digest_format(&now.digest, text), err);
	if (r >= 0 && !digest_equal(&now.digest, &entry->digest)) {
		entry->digest = now.digest;
		entry->size = now.size;
		free(entry->media_type);
		entry->media_type = take_ptr(&now.media_type);
		*changed = true;
	}
	descriptor_release(&now);
	return r;
}

static int
push_index(struct push *p, const struct document *d, unsigned depth,
	struct descriptor *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	struct image_index index = { 0 };
	struct digest digest = d->digest;
	bool changed = false;
	int r;

	r = image_index_parse(d->text.data, d->text.len, &index, err);
	if (r < 0)
		return r;
	for (size_t i = 0; r >= 0 && i < index.count; i++)
		r = push_entry(p, &index.manifests[i], depth, &changed, err);
	buf_init(&text, MiB(4));
	if (r >= 0 && changed) {
		travel_convert_index(&index, MEDIA_OCI);
		image_index_format(&index, &text);
		r = store_write_blob(p->t->store, text.data, text.len, &digest,
			err);
	}
	if (r >= 0)
		descriptor_init(ret, index.media_type, &digest,
			changed ? text.len : d->text.len);
	image_index_release(&index);
	return r;
}

static int
push_document(struct push *p, const struct digest *what, unsigned depth,
	struct descriptor *ret, struct error *err)
{
	cleanup_value(transfer_document_release) struct document d = { 0 };
	char text[DIGEST_TEXT_SIZE];
	int r;

	if (depth > DEPTH_MAX)
		return error_set(err, ELOOP, "indexes are nested too deep");
	r = transfer_document_load(p->t->store, what, &d, err);
	if (r == -ENOENT) {
		(void)error_wrap(err, "manifest '%s'",
			digest_format(what, text));
		return error_hint(err,
			"push one platform's manifest by its digest");
	}
	if (r < 0)
		return r;
	return d.kind == MANIFEST_INDEX ? push_index(p, &d, depth, ret, err)
					: push_manifest(p, &d, ret, err);
}

static bool
same_repository(const struct ref *a, const struct ref *b)
{
	return strcmp(a->host, b->host) == 0 && strcmp(a->path, b->path) == 0;
}

/* The contents once, then every tag that is for this repository. */
static int
push_repository(struct push *p, const struct digest *what,
	const struct ref *to, size_t count, struct digest *ret,
	struct error *err)
{
	struct descriptor top = { 0 };
	char text[DIGEST_TEXT_SIZE];
	int r;

	r = transfer_sender_new(p->t, p->to, &p->packing, p->step, &p->sender,
		err);
	if (r >= 0)
		r = push_document(p, what, 0, &top, err);
	for (size_t i = 0; r >= 0 && i < count; i++)
		if (same_repository(p->to, &to[i]))
			r = put(p, &top,
				to[i].tag ? to[i].tag :
					digest_format(&top.digest, text), err);
	if (r >= 0)
		*ret = top.digest;
	descriptor_release(&top);
	p->sender = transfer_sender_free(p->sender);
	return r;
}

static bool
is_first_of_repository(const struct ref *to, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (same_repository(&to[i], &to[at]))
			return false;
	return true;
}

int
transfer_push(struct transfer *t, const struct digest *what,
	const struct ref *to, size_t to_count, enum codec codec, int level,
	struct digest *ret, struct error *err)
{
	struct push p = { .t = t, .packing = { codec, level,
				  t->settings.force_compression } };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < to_count; i++) {
		autofree char *name = ref_format_short(&to[i]);
		autofree char *title = mem_printf("pushing %s", name);

		if (!is_first_of_repository(to, i))
			continue;
		p.to = &to[i];
		p.step = progress_begin(t->settings.progress, title);
		r = push_repository(&p, what, to, to_count, ret, err);
		progress_end(t->settings.progress, p.step,
			r < 0 ? PROGRESS_FAILED : PROGRESS_DONE, NULL);
		if (r < 0)
			(void)error_wrap(err, "push '%s'", name);
	}
	return r < 0 ? r : 0;
}
