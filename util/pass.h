/* SPDX-License-Identifier: Apache-2.0 */
/* pass: a descriptor goes to another process, over a local socket. */
#ifndef UTIL_PASS_H
#define UTIL_PASS_H

#include <stddef.h>

#include "util/error.h"

/* Send `len` bytes (at least one) and with them `fd`, unless it is -1. */
int pass_send(int socket_fd, const void *data, size_t len, int fd,
	struct error *err);
/* Receive as many; `ret_fd` becomes what came with them, or -1. 1; 0 at the
 * end of the connection; -EPROTO for fewer bytes. */
int pass_receive(int socket_fd, void *data, size_t len, int *ret_fd,
	struct error *err);

#endif
