/* SPDX-License-Identifier: Apache-2.0 */
/* http-sink: a body goes to a descriptor that may be full. */
#ifndef OCI_HTTP_SINK_H
#define OCI_HTTP_SINK_H

#include "oci/http.h"

/* `fd` is borrowed; it should not block. */
void http_sink_init(struct http_sink *k, int fd, uint64_t max_bytes);
void http_sink_release(struct http_sink *k);

/* Take all of `data` (0), or nothing because the descriptor is full
 * (-EAGAIN). -EFBIG past `max`, -EPIPE when nobody reads, other write errors
 * as they are. */
int http_sink_take(struct http_sink *k, const char *data, size_t len,
	struct error *err);
/* Write what is pending: 0 when nothing is left, -EAGAIN, or as above. */
int http_sink_flush(struct http_sink *k, struct error *err);

/*
 * An answer of `status` with this Content-Range (or NULL) begins: 206 must
 * start where we stand or -EBADMSG, 200 starts over and what we have is
 * skipped.
 */
int http_sink_begin(struct http_sink *k, long status,
	const char *content_range, struct error *err);

#endif
