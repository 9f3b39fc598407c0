/* SPDX-License-Identifier: Apache-2.0 */
/* Packets, so that several writers need no lock and no framing. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "util/mem.h"
#include "util/progress-view.h"

#define TEXT_MAX KiB(16)

/* Both ends are one program: its own layout will do. */
struct packet {
	uint32_t kind;
	uint32_t outcome;
	uint64_t step, done, total;
	uint32_t has_text;
	uint32_t len;
	char text[TEXT_MAX];
};

#define HEADER offsetof(struct packet, text)

int
progress_channel(int ret_fds[2], struct error *err)
{
	int type = SOCK_SEQPACKET | SOCK_CLOEXEC;

	if (socketpair(AF_UNIX, type, 0, ret_fds) < 0)
		return error_errno(err, "cannot make a channel for progress");
	return 0;
}

static void
send_part(int fd, const struct progress_event *event, size_t offset, size_t len)
{
	struct packet packet = {
		.kind = event->kind,
		.outcome = event->outcome,
		.step = event->step,
		.done = event->done,
		.total = event->total,
		.has_text = event->has_text,
		.len = (uint32_t)len,
	};
	ssize_t n;

	if (len)
		memcpy(packet.text, event->text + offset, len);
	do
		n = send(fd, &packet, HEADER + len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
}

/* Output is sent in parts; of a title or an item what fits. */
void
progress_send(int fd, const struct progress_event *event)
{
	size_t offset = 0;
	size_t len;

	do {
		len = event->len - offset;
		if (len > TEXT_MAX)
			len = TEXT_MAX;
		send_part(fd, event, offset, len);
		offset += len;
	} while (event->kind == EVENT_OUTPUT && offset < event->len);
}

static int
check_packet(const struct packet *packet, size_t size, struct error *err)
{
	if (size < HEADER || packet->kind >= EVENT_KINDS ||
		packet->outcome > PROGRESS_SKIPPED ||
		packet->len != size - HEADER)
		return error_set(
			err, EBADMSG, "a child's progress makes no sense");
	return 0;
}

static int
take_packet(struct progress *p, const struct packet *packet, size_t size,
	struct error *err)
{
	struct progress_event event = {
		.step = packet->step,
		.done = packet->done,
		.total = packet->total,
		.has_text = packet->has_text,
		.text = packet->text,
		.len = packet->len,
	};
	int r;

	r = check_packet(packet, size, err);
	if (r < 0)
		return r;
	event.kind = (enum progress_event_kind)packet->kind;
	event.outcome = (enum progress_outcome)packet->outcome;
	if (!p)
		return 1;
	if (p->view)
		progress_apply(p, &event);
	else
		progress_send(p->fd, &event);
	return 1;
}

int
progress_feed(struct progress *p, int read_fd, struct error *err)
{
	struct packet packet = { 0 };
	ssize_t n;
	int r;

	for (;;) {
		n = recv(read_fd, &packet, sizeof(packet), MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return 1;
		if (n < 0 && errno != ECONNRESET)
			return error_errno(err, "cannot read progress");
		if (n <= 0)
			return 0;
		r = take_packet(p, &packet, (size_t)n, err);
		if (r < 0)
			return r;
	}
}
