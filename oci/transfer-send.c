/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/transfer-send.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "oci/blob.h"
#include "oci/net.h"
#include "oci/sighting.h"
#include "util/fs.h"
#include "util/mem.h"

#define INTERRUPT_MS 100
/* Lines of the packer, one a layer. */
#define LINES_MAX MiB(1)

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
	struct transfer_sender_packing how;
	progress_step step;
	int64_t repository;
	struct parcel *parcels;
	struct packing *packings;
	size_t count;
	struct proc packer;
	int lines_fd;		/* of the packer, -1: none runs */
	struct buf lines;
};

int
transfer_sender_new(struct transfer *t, const struct ref *to,
	const struct transfer_sender_packing *packing, progress_step step,
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
	s->lines_fd = -1;
	buf_init(&s->lines, LINES_MAX);
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
	proc_release(&s->packer);
	if (s->lines_fd >= 0)
		(void)close(s->lines_fd);
	buf_release(&s->lines);
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

/* The packer, a child that never forks: compression has threads. */

static void
say_packed(int fd, size_t index, const struct descriptor *d,
	const struct error *e)
{
	cleanup(json_free) struct json *line = json_new_object();
	cleanup_value(buf_release) struct buf text = { 0 };

	json_set_number(line, "layer", (int64_t)index);
	if (e->code)
		net_set_error(line, e);
	else
		json_set(line, "blob", descriptor_format(d));
	buf_init(&text, KiB(64));
	json_format(line, &text);
	buf_addc(&text, '\n');
	/* Nobody is left to be told when this fails. */
	(void)fs_write(fd, text.data, text.len, NULL);
}

static void
packer_main(struct sender *s, int fd)
{
	for (size_t i = 0; i < s->count; i++) {
		struct descriptor d = { 0 };
		autoerror err = { 0 };

		if (s->packings[i].packed)
			continue;
		(void)layer_pack(s->t->store, s->packings[i].layer,
			s->how.codec, s->how.level, s->how.force, &d, &err);
		say_packed(fd, i, &d, &err);
		if (err.code)
			_exit(1);
		descriptor_release(&d);
	}
	_exit(0);
}

static int
start_packer(struct sender *s, struct error *err)
{
	autoclose int out = -1;
	int fds[2];
	int r;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	s->lines_fd = fds[0];
	out = fds[1];
	r = proc_fork(&s->packer, err);
	if (r == 0)
		packer_main(s, out);
	return r < 0 ? r : 0;
}

static int
take_packed(struct sender *s, const char *line, size_t len, struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	struct packing *p;
	int64_t index;
	int r;

	r = json_parse(line, len, KiB(64), "line of the packer", &j, err);
	if (r >= 0)
		r = net_get_error(j, err);
	if (r < 0)
		return r;
	index = json_get_number(j, "layer", -1);
	if (index < 0 || (size_t)index >= s->count)
		return error_set(err, EBADMSG, "the packer is confused");
	p = &s->packings[index];
	r = descriptor_parse(json_get(j, "blob"), p->ret, err);
	if (r < 0)
		return r;
	p->packed = true;
	return transfer_sender_add(s, p->ret, err);
}

static int
packer_ended(struct sender *s, struct error *err)
{
	struct proc_end end = { 0 };
	int r;

	(void)close(s->lines_fd);
	s->lines_fd = -1;
	r = proc_wait(&s->packer, -1, &end, err);
	if (r >= 0 && proc_end_status(&end) != 0)
		r = error_set(err, EIO, "the packing process ended with "
			"status %d", proc_end_status(&end));
	return r;
}

static int
take_lines(struct sender *s, struct error *err)
{
	char *to = buf_room(&s->lines, KiB(16));
	ssize_t n = to ? read(s->lines_fd, to, KiB(16)) : 0;
	char *end;
	int r = 0;

	if (n < 0 && errno == EINTR)
		return 0;
	if (n <= 0)
		return packer_ended(s, err);
	buf_grew(&s->lines, (size_t)n);
	while (r >= 0 && (end = memchr(s->lines.data, '\n', s->lines.len))) {
		size_t len = (size_t)(end - s->lines.data);

		r = take_packed(s, s->lines.data, len, err);
		s->lines.len -= len + 1;
		memmove(s->lines.data, end + 1, s->lines.len);
	}
	return r;
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
	return !p && s->lines_fd < 0;
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
		{ .fd = s->lines_fd, .events = POLLIN },
	};
	int r = proc_check_interrupt(err);

	if (r < 0 || poll(fds, 2, INTERRUPT_MS) <= 0)
		return r;
	if (fds[0].revents)
		r = courier_receive(s->t->courier, err);
	if (r >= 0 && fds[1].revents)
		r = take_lines(s, err);
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
