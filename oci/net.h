/* SPDX-License-Identifier: Apache-2.0 */
/* net: what slipway and slipway-net say to each other. */
#ifndef OCI_NET_H
#define OCI_NET_H

#include <stddef.h>

#include "util/error.h"
#include "util/json.h"

/*
 * One JSON object a packet over a SOCK_SEQPACKET pair; a descriptor travels
 * beside it when bytes belong to it (where a body goes, or where it is read
 * from). No body is ever part of a packet, so packets stay small.
 *
 * slipway asks, with "op" and "id":
 *   hello       read: directories that may be read from here on; no answer
 *   repository  id, host, path, tls_verify (-1, 0, 1), cert_dirs, retries,
 *               retry_delay_ms, user, password, identity_token,
 *               registry_token, origin (where these come from); no answer.
 *               Later requests name it by its id, in "repository".
 *   login       are the credentials good? (the path is "")
 *   manifest    reference, head, max; the body goes to the descriptor
 *   blob        digest, size; the body goes to the descriptor
 *   upload      digest, size, mount (paths that may hold it); from the
 *               descriptor
 *   put         reference, media_type, digest; from the descriptor
 *   download    url, size (at most), authorization, etag, last_modified (what
 *               is known), verify, retries, retry_delay_ms, no
 *               repository; the body goes to the descriptor
 * slipway-net answers each "id" once, with "error" (see net_set_error) or
 *   media_type, digest, size (manifest), how (upload), last_modified and size
 *   (download); before that it may send
 *   "progress" with the bytes sent so far.
 */
#define NET_PACKET_MAX ((size_t)64 << 10)
/* The end of slipway-net, as it is started. */
#define NET_FD 3

/* Send one packet and `fd` (-1: none; borrowed). `flags` as send(2), so that
 * MSG_DONTWAIT gives -EAGAIN. -EFBIG over NET_PACKET_MAX, -EPIPE when the
 * other side is gone. */
int net_send(int socket, const struct json *packet, int fd, int flags,
	struct error *err);

/* Receive one: 1 with the packet (yours) and its descriptor or -1 (yours), 0
 * when the other side has closed, -EAGAIN when there is none and `flags` has
 * MSG_DONTWAIT, -EBADMSG for what is no packet. */
int net_receive(int socket, int flags, struct json **ret, int *ret_fd,
	struct error *err);

/* Put an error into an answer as its member "error". */
void net_set_error(struct json *answer, const struct error *e);
/* 0, or the error that the answer carries, as negative errno with `err`. */
int net_get_error(const struct json *answer, struct error *err);

#endif
