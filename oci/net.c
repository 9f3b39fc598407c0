/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/net.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "util/buf.h"
#include "util/mem.h"

/* Room for one descriptor beside a packet, aligned as cmsg(3) wants it. */
union net_control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static void
attach_fd(struct msghdr *m, union net_control *control, int fd)
{
	struct cmsghdr *c;

	m->msg_control = control->bytes;
	m->msg_controllen = sizeof(control->bytes);
	c = CMSG_FIRSTHDR(m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
}

static int
send_bytes(int socket, struct buf *bytes, int fd, int flags, struct error *err)
{
	union net_control control = { { 0 } };
	struct iovec part = { bytes->data, bytes->len };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n;

	if (fd >= 0)
		attach_fd(&m, &control, fd);
	do
		n = sendmsg(socket, &m, flags | MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_errno(err, "cannot send to the other program");
	return 0;
}

int
net_send(int socket, const struct json *packet, int fd, int flags,
	struct error *err)
{
	cleanup_value(buf_release) struct buf bytes = { 0 };
	int r;

	buf_init(&bytes, NET_PACKET_MAX);
	json_format(packet, &bytes);
	r = buf_check(&bytes, "packet", err);
	if (r < 0)
		return r;
	r = send_bytes(socket, &bytes, fd, flags, err);
	/* It may have held a password. */
	explicit_bzero(bytes.data, bytes.len);
	return r;
}

/* The descriptor that came with a packet, or -1. */
static int
detach_fd(struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	int fd;

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

int
net_receive(int socket, int flags, struct json **ret, int *ret_fd,
	struct error *err)
{
	autofree char *bytes = mem_alloc(NET_PACKET_MAX);
	union net_control control = { { 0 } };
	struct iovec part = { bytes, NET_PACKET_MAX };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	autoclose int fd = -1;
	ssize_t n;
	int r;

	/* ECONNRESET says, once, that the other side closed without having read
	 * everything; what it sent before is still there. */
	do
		n = recvmsg(socket, &m, flags | MSG_CMSG_CLOEXEC);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n == 0)
		return 0;
	if (n < 0)
		return error_errno(err, "cannot receive from the other program");
	fd = detach_fd(&m);
	if (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return error_set(err, EBADMSG, "packet is too large");
	r = json_parse(bytes, n, NET_PACKET_MAX, "packet", ret, err);
	explicit_bzero(bytes, n);
	if (r < 0)
		return r;
	*ret_fd = take_fd(&fd);
	return 1;
}

void
net_set_error(struct json *answer, const struct error *e)
{
	struct json *j = json_new_object();

	json_set_number(j, "code", e->code);
	json_set_number(j, "kind", e->kind);
	json_set_text(j, "text", e->text ? e->text : "unknown failure");
	if (e->hint)
		json_set_text(j, "hint", e->hint);
	json_set(answer, "error", j);
}

int
net_get_error(const struct json *answer, struct error *err)
{
	const struct json *j = json_get(answer, "error");
	const char *text, *hint;
	int64_t code;

	if (!j)
		return 0;
	code = json_get_number(j, "code", EIO);
	if (code <= 0 || code > 4095)
		code = EIO;
	text = json_get_text(j, "text");
	hint = json_get_text(j, "hint");
	(void)error_set(err, (int)code, "%s", text ? text : "unknown failure");
	if (json_get_number(j, "kind", 0) == ERROR_REMOTE)
		(void)error_kind(err, ERROR_REMOTE);
	if (hint)
		(void)error_hint(err, "%s", hint);
	return -(int)code;
}
