/* SPDX-License-Identifier: Apache-2.0 */
/* download: a file that is just fetched, without a registry (slipway-net's side
 * of ADD of a URL). */
#ifndef OCI_DOWNLOAD_H
#define OCI_DOWNLOAD_H

#include <stdbool.h>

#include "oci/http.h"
#include "oci/retry.h"
#include "util/error.h"
#include "util/json.h"

struct download;
typedef void (*download_done)(struct download *d);

/* Filled from a packet; the lower part is the outcome. */
struct download {
	int64_t id;
	int fd;			/* where the bytes go; ours */
	download_done done;
	void *context;

	struct error error;
	char *last_modified;	/* the header, or NULL */
	char *etag;		/* the same */
	bool is_unchanged;	/* what was asked about is still so (304) */
	uint64_t size;

	/* Private. */
	struct http_trust trust;
	struct http_request request;
	struct http_sink sink;
	struct retry_policy policy;
};

/* From a packet of oci/net.h; `fd` is taken over. -EBADMSG when something is
 * missing. */
int download_init(struct download *d, const struct json *packet, int fd,
	struct error *err);
void download_release(struct download *d);
/* `d->done` is called once, from http_step(). */
void download_start(struct http *h, struct download *d);

#endif
