/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/transfer-send.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "oci/blob.h"
#include "oci/sighting.h"
#include "util/mem.h"

#define INTERRUPT_MS 100

/* A blob under way; they are linked because errands must not move. */
struct parcel {
	struct parcel *next;
	struct errand errand;
	struct digest digest;
	uint64_t size;
	uint64_t shown;		/* bytes, when it was last shown */
};

/* A layer to be packed. */
struct packing {
	const struct layer *layer;
	struct descriptor *ret;
	bool packed;
};

struct sender {
	struct transfer *t;
	const struct ref *to;
	struct packer_options how;
	progress_step step;
	int64_t repository;
	struct parcel *parcels;
	struct packing *packings;
	size_t count;
	struct packer *packer;	/* NULL: none runs */
};

int
transfer_sender_new(struct transfer *t, const struct ref *to,
	const struct packer_options *packing, progress_step step,
	struct sender **ret, struct error *err)
{
	int64_t repository;
	struct sender *s;
	int r;

	r = transfer_repository(t, to, &repository, err);
	if (r < 0)
		return r;
	s = mem_zalloc(sizeof(*s));
	s->t = t;
	s->to = to;
	s->how = *packing;
	s->step = step;
	s->repository = repository;
	*ret = s;
	return 0;
}

struct sender *
transfer_sender_free(struct sender *s)
{
	struct parcel *p;

	if (!s)
		return NULL;
	while ((p = s->parcels)) {
		s->parcels = p->next;
		courier_forget(s->t->courier, &p->errand);
		courier_errand_release(&p->errand);
		free(p);
	}
	packer_free(s->packer);
	free(s->packings);
	free(s);
	return NULL;
}

int64_t
transfer_sender_repository(const struct sender *s)
{
	return s->repository;
}

/* Repositories from which the registry may take the blob itself. */
static void
add_mounts(struct sender *s, const struct digest *d, struct json *packet)
{
	cleanup_value(strv_release) struct strv paths = { 0 };

	sighting_list(s->t->store, d, s->to->host, s->to->path, &paths);
	json_set(packet, "mount", json_new_list(&paths));
}

static bool
is_on_its_way(const struct sender *s, const struct digest *d)
{
	const struct parcel *p = s->parcels;

	while (p && !digest_equal(&p->digest, d))
		p = p->next;
	return p != NULL;
}

int
transfer_sender_add(struct sender *s, const struct descriptor *blob,
	struct error *err)
{
	cleanup(json_free) struct json *packet = NULL;
	char text[DIGEST_TEXT_SIZE];
	autoclose int fd = -1;
	struct parcel *p;
	uint64_t size;
	int r;

	if (is_on_its_way(s, &blob->digest))
		return 0;
	r = blob_open(s->t->store, &blob->digest, &fd, &size, err);
	if (r < 0)
		return r;
	p = mem_zalloc(sizeof(*p));
	p->digest = blob->digest;
	p->size = size;
	p->next = s->parcels;
	s->parcels = p;
	packet = transfer_packet("upload", s->repository);
	json_set_text(packet, "digest", digest_format(&blob->digest, text));
	json_set_number(packet, "size", (int64_t)size);
	add_mounts(s, &blob->digest, packet);
	return courier_send(s->t->courier, packet, fd, &p->errand, err);
}

void
transfer_sender_pack(struct sender *s, const struct layer *layer,
	struct descriptor *ret)
{
	s->packings = mem_resize(s->packings, s->count + 1,
		sizeof(*s->packings));
	s->packings[s->count++] =
		(struct packing){ .layer = layer, .ret = ret };
}

static int
take_packed(void *context, size_t index, const struct descriptor *blob,
	struct error *err)
{
	struct sender *s = context;
	struct packing *p = &s->packings[index];

	descriptor_copy(blob, p->ret);
	p->packed = true;
	return transfer_sender_add(s, p->ret, err);
}

static int
start_packer(struct sender *s, struct error *err)
{
	autofree const struct layer **layers =
		mem_array(s->count, sizeof(*layers));

	for (size_t i = 0; i < s->count; i++)
		layers[i] = s->packings[i].packed ? NULL : s->packings[i].layer;
	return packer_start(s->t->store, &s->how, layers, s->count, &s->packer,
		err);
}

/* 0 also when it has ended. */
static int
hear_packer(struct sender *s, struct error *err)
{
	int r = packer_read(s->packer, take_packed, s, err);

	if (r == 0)
		s->packer = packer_free(s->packer);
	return r < 0 ? r : 0;
}

/* What was packed before needs no child. */
static int
take_remembered(struct sender *s, size_t *ret_left, struct error *err)
{
	int r = 0;

	*ret_left = 0;
	for (size_t i = 0; r >= 0 && i < s->count; i++) {
		struct packing *p = &s->packings[i];

		r = layer_find_packed(s->t->store, p->layer, s->how.codec,
			s->how.level, s->how.force, p->ret, err);
		p->packed = r > 0;
		if (r > 0)
			r = transfer_sender_add(s, p->ret, err);
		else if (r == 0)
			++*ret_left;
	}
	return r;
}

static bool
all_arrived(const struct sender *s)
{
	const struct parcel *p = s->parcels;

	while (p && p->errand.done)
		p = p->next;
	return !p && !s->packer;
}

/* Show what moved; the first failure ends it. */
static int
look_at_parcels(struct sender *s, struct error *err)
{
	char text[DIGEST_TEXT_SIZE];
	int r = 0;

	for (struct parcel *p = s->parcels; p && r >= 0; p = p->next) {
		if (p->errand.bytes != p->shown)
			progress_bytes(s->t->settings.progress, s->step,
				digest_format(&p->digest, text),
				p->errand.bytes, p->size);
		p->shown = p->errand.bytes;
		if (!p->errand.done || !p->errand.error.code)
			continue;
		r = error_move(err, &p->errand.error);
		(void)error_kind(err, ERROR_REMOTE);
	}
	return r;
}

static int
wait_for_some(struct sender *s, struct error *err)
{
	struct pollfd fds[2] = {
		{ .fd = courier_fd(s->t->courier), .events = POLLIN },
		{ .fd = s->packer ? packer_fd(s->packer) : -1,
			.events = POLLIN },
	};
	int r = proc_check_interrupt(err);

	if (r < 0 || poll(fds, 2, INTERRUPT_MS) <= 0)
		return r;
	if (fds[0].revents)
		r = courier_receive(s->t->courier, err);
	if (r >= 0 && fds[1].revents)
		r = hear_packer(s, err);
	return r;
}

int
transfer_sender_run(struct sender *s, struct error *err)
{
	autofree char *name = ref_format_name(s->to);
	size_t left = 0;
	int r;

	r = take_remembered(s, &left, err);
	if (r >= 0 && left > 0)
		r = start_packer(s, err);
	while (r >= 0 && !all_arrived(s)) {
		r = wait_for_some(s, err);
		if (r >= 0)
			r = look_at_parcels(s, err);
	}
	if (r >= 0)
		r = look_at_parcels(s, err);
	if (r < 0)
		return r;
	for (struct parcel *p = s->parcels; p; p = p->next)
		sighting_add(s->t->store, &p->digest, name);
	s->count = 0;
	return 0;
}
