/* SPDX-License-Identifier: Apache-2.0 */
#include "util/pass.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for one descriptor, aligned as the kernel wants it. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

int
pass_send(int socket_fd, const void *data, size_t len, int fd,
	struct error *err)
{
	union control control = { 0 };
	struct iovec vector = { (void *)(uintptr_t)data, len };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
	struct cmsghdr *head;

	if (fd >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		head = CMSG_FIRSTHDR(&message);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	}
	if (TEMP_FAILURE_RETRY(sendmsg(socket_fd, &message, MSG_NOSIGNAL)) !=
		(ssize_t)len)
		return error_errno(err, "cannot pass a descriptor");
	return 0;
}

int
pass_receive(int socket_fd, void *data, size_t len, int *ret_fd,
	struct error *err)
{
	union control control = { 0 };
	struct iovec vector = { data, len };
	struct msghdr message = { .msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *head;
	int fd = -1;
	ssize_t n;

	n = TEMP_FAILURE_RETRY(
		recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC));
	if (n < 0)
		return error_errno(err, "cannot receive a descriptor");
	head = CMSG_FIRSTHDR(&message);
	if (head && head->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	if (n == (ssize_t)len)
		*ret_fd = fd;
	else if (fd >= 0)
		(void)close(fd);
	if (n != 0 && n != (ssize_t)len)
		return error_set(err, EPROTO, "half a message");
	return n != 0;
}
