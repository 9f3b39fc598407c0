/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/download.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "oci/http-sink.h"
#include "oci/url.h"
#include "util/mem.h"

#define WAIT_MAX_MS 60000

static void
add_condition(struct download *d, const char *name, const char *value)
{
	if (value)
		strv_addf(&d->request.headers, "%s: %s", name, value);
}

int
download_init(struct download *d, const struct json *packet, int fd,
	struct error *err)
{
	const char *url = json_get_text(packet, "url");

	*d = (struct download){
		.id = json_get_number(packet, "id", -1),
		.fd = fd,
		.trust.verify = json_get_bool(packet, "verify", true),
		.policy = {
			.retries = (int)json_get_number(packet, "retries", 0),
			.delay_ms = (int)json_get_number(
				packet, "retry_delay_ms", 500),
			.wait_max_ms = WAIT_MAX_MS,
			.refused_is_final = true,
		},
	};
	if (!url || fd < 0)
		return error_set(err, EBADMSG, "malformed request 'download'");
	http_request_init(&d->request, "GET", mem_strdup(url));
	http_sink_init(&d->sink, fd,
		(uint64_t)json_get_number(packet, "size", 0));
	d->request.authorization =
		mem_strdup(json_get_text(packet, "authorization"));
	add_condition(d, "If-None-Match", json_get_text(packet, "etag"));
	add_condition(d, "If-Modified-Since",
		json_get_text(packet, "last_modified"));
	d->request.sink = &d->sink;
	d->request.trust = &d->trust;
	return 0;
}

void
download_release(struct download *d)
{
	error_release(&d->error);
	free(d->last_modified);
	free(d->etag);
	http_request_release(&d->request);
	http_sink_release(&d->sink);
	if (d->fd >= 0)
		(void)close(d->fd);
	*d = (struct download){ .fd = -1 };
}

/* What is not there and what is broken are told apart; the query of an address
 * may be a secret. */
static void
came(void *context, const struct http_answer *a)
{
	struct download *d = context;
	autofree char *shown = url_without_query(d->request.url);
	bool is_missing = a->status == 404 || a->status == 410;

	if (a->error.code) {
		(void)error_copy(&d->error, &a->error);
		(void)error_wrap(&d->error, "cannot fetch '%s'", shown);
	} else if (a->status == 304 && d->request.headers.count) {
		d->is_unchanged = true;
	} else if (a->status != 200 && a->status != 206) {
		(void)error_set(&d->error, is_missing ? ENOENT : EIO,
			"cannot fetch '%s': status %ld", shown, a->status);
	} else {
		d->last_modified =
			mem_strdup(http_answer_header(a, "last-modified"));
		d->etag = mem_strdup(http_answer_header(a, "etag"));
		d->size = d->sink.written;
	}
	if (d->error.code)
		(void)error_kind(&d->error, ERROR_REMOTE);
	d->done(d);
}

void
download_start(struct http *h, struct download *d)
{
	retry_start(h, &d->policy, &d->request, came, d);
}
