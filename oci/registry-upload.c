/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/registry-upload.h"

#include <errno.h>
#include <string.h>

#include "oci/url.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/num.h"

/* How a body is sent, most widely accepted first; registries differ. */
enum strategy { UPLOAD_PUT, UPLOAD_PATCH, UPLOAD_CHUNKS, UPLOAD_STRATEGIES };

#define CHUNK_SIZE MiB(16)
#define CHUNK_MIN MiB(4)
#define CHUNK_MAX MiB(512)
/* Above this, progress is worth keeping after losses. */
#define LARGE_BLOB MiB(64)
#define MOUNTS_MAX 2

struct upload {
	struct registry_job *job;
	char *location;		/* of the session, as last told */
	size_t mounts_tried;
	enum strategy used;	/* in this session */
	uint64_t chunk;
	uint64_t offset;	/* chunks: bytes that are there */
	int tries;
	int losses;
};

/* Statuses by which a registry says that it wants it done differently. */
static const long other_ways[] = { 404, 405, 411, 413, 416, 501 };

static void ask_whether_there(struct upload *u);
static void open_session(struct upload *u);
static void send_body(struct upload *u);

static void
upload_end(struct upload *u, const char *how)
{
	struct registry_job *job = u->job;

	job->how = how;
	free(u->location);
	free(u);
	job->done(job);
}

static void
upload_fail(struct upload *u, const struct http_answer *a)
{
	autofree char *doing = mem_printf("push blob '%s' to '%s/%s'",
		u->job->digest, host_name(u->job->repository->host),
		u->job->repository->path);

	registry_refused(u->job, doing, a);
	upload_end(u, NULL);
}

static int *
strategy(struct upload *u)
{
	return host_strategy(u->job->repository->host);
}

static struct exchange *
upload_exchange(struct upload *u, const char *method, char *url)
{
	return session_exchange(u->job->repository, method, url,
		registry_scope(u->job, "pull,push"));
}

/* The session: its address changes with every answer. */
static bool
take_location(struct upload *u, const struct http_answer *a)
{
	const char *location = http_answer_header(a, "location");
	char *url = location ? url_resolve(a->url, location) : NULL;

	if (!url)
		return false;
	free(u->location);
	u->location = url;
	return true;
}

static void
start_over(void *context)
{
	struct upload *u = context;

	u->offset = 0;
	open_session(u);
}

/* A session that broke cannot be used again: begin another one, later. */
static bool
may_start_over(struct upload *u, const struct http_answer *a)
{
	const struct retry_policy *p = host_policy(u->job->repository->host);

	if (!retry_is_worthwhile(a) || u->tries >= p->retries)
		return false;
	if (a->error.code && u->job->size > LARGE_BLOB && ++u->losses >= 2)
		*strategy(u) = UPLOAD_CHUNKS;
	http_after(session_http(u->job->repository),
		retry_delay_ms(p, u->tries++, a), start_over, u);
	return true;
}

/* Refused for the way it was done: take the next way, or smaller chunks. */
static bool
may_do_otherwise(struct upload *u, const struct http_answer *a)
{
	bool is_one = false;

	for (size_t i = 0; i < ARRAY_SIZE(other_ways); i++)
		is_one = is_one || a->status == other_ways[i];
	if (a->error.code || !is_one)
		return false;
	/* Another upload may have found out already. */
	if (u->used == (enum strategy)*strategy(u) &&
		u->used + 1 < UPLOAD_STRATEGIES)
		++*strategy(u);
	else if (u->used != (enum strategy)*strategy(u))
		log_debug("another way was found meanwhile");
	else if (u->chunk / 2 >= CHUNK_MIN)
		u->chunk /= 2;
	else
		return false;
	log_debug("upload refused with status %ld, trying otherwise",
		a->status);
	start_over(u);
	return true;
}

static void
body_failed(struct upload *u, const struct http_answer *a)
{
	if (!may_do_otherwise(u, a) && !may_start_over(u, a))
		upload_fail(u, a);
}

static void
put_ended(void *context, const struct http_answer *a)
{
	struct upload *u = context;
	const char *digest = http_answer_header(a, "docker-content-digest");

	if (a->error.code || a->status < 200 || a->status > 299) {
		body_failed(u, a);
		return;
	}
	if (digest && strcmp(digest, u->job->digest) != 0)
		(void)error_set(&u->job->error, EBADMSG,
			"the registry stored '%s' instead of '%s'", digest,
			u->job->digest);
	u->job->sent = u->job->size;
	upload_end(u, "uploaded");
}

/* The last request of a session: with the body, or after it. */
static void
put_last(struct upload *u, bool with_body)
{
	struct exchange *x = upload_exchange(u, "PUT",
		url_add_query(u->location, "digest", u->job->digest));

	x->once = true;
	strv_add(&x->request.headers,
		"Content-Type: application/octet-stream");
	if (with_body) {
		x->request.body_fd = u->job->fd;
		x->request.body_size = u->job->size;
		x->request.sent = &u->job->sent;
	}
	session_send(x, put_ended, u);
}

static uint64_t
next_length(const struct upload *u)
{
	uint64_t left = u->job->size - u->offset;

	if (u->used == UPLOAD_PATCH)
		return left;
	return left < u->chunk ? left : u->chunk;
}

static void
patch_ended(void *context, const struct http_answer *a)
{
	struct upload *u = context;

	/* The specification says 202; ECR says 201. */
	if (a->error.code || (a->status != 202 && a->status != 201) ||
		!take_location(u, a)) {
		body_failed(u, a);
		return;
	}
	u->offset += next_length(u);
	if (u->offset < u->job->size)
		send_body(u);
	else
		put_last(u, false);
}

static void
patch_next(struct upload *u, bool with_range)
{
	uint64_t len = next_length(u);
	struct exchange *x =
		upload_exchange(u, "PATCH", mem_strdup(u->location));

	x->once = true;
	strv_add(&x->request.headers,
		"Content-Type: application/octet-stream");
	if (with_range && len > 0)
		strv_addf(&x->request.headers, "Content-Range: %ju-%ju",
			(uintmax_t)u->offset, (uintmax_t)(u->offset + len - 1));
	x->request.body_fd = u->job->fd;
	x->request.body_offset = u->offset;
	x->request.body_size = len;
	x->request.sent = &u->job->sent;
	session_send(x, patch_ended, u);
}

static void
send_body(struct upload *u)
{
	if (u->used == UPLOAD_PUT)
		put_last(u, true);
	else
		patch_next(u, u->used == UPLOAD_CHUNKS);
}

static void
begin_body(struct upload *u)
{
	u->used = (enum strategy)*strategy(u);
	send_body(u);
}

static void
take_chunk_min(struct upload *u, const struct http_answer *a)
{
	const char *text = http_answer_header(a, "oci-chunk-min-length");
	uint64_t min;

	if (text && num_parse(text, CHUNK_MAX, &min, NULL) == 0 &&
		min > u->chunk)
		u->chunk = min;
}

static void
session_opened(void *context, const struct http_answer *a)
{
	struct upload *u = context;

	if (a->error.code || a->status != 202 || !take_location(u, a)) {
		upload_fail(u, a);
		return;
	}
	take_chunk_min(u, a);
	begin_body(u);
}

static void
open_session(struct upload *u)
{
	session_send(upload_exchange(u, "POST",
			      mem_printf("/v2/%s/blobs/uploads/",
				      u->job->repository->path)),
		session_opened, u);
}

static void mount_next(struct upload *u);

static void
mount_answered(void *context, const struct http_answer *a)
{
	struct upload *u = context;

	if (!a->error.code && a->status == 201)
		upload_end(u, "mounted");
	else if (!a->error.code && a->status == 202 && take_location(u, a))
		begin_body(u);
	else
		mount_next(u);
}

static void
mount_next(struct upload *u)
{
	struct registry_job *job = u->job;
	struct exchange *x;
	const char *from;
	autofree char *digest = NULL;
	autofree char *escaped = NULL;

	if (u->mounts_tried >= job->mounts.count ||
		u->mounts_tried >= MOUNTS_MAX) {
		open_session(u);
		return;
	}
	from = job->mounts.items[u->mounts_tried++];
	digest = url_escape(job->digest);
	escaped = url_escape(from);
	x = session_exchange(job->repository, "POST",
		mem_printf("/v2/%s/blobs/uploads/?mount=%s&from=%s",
			job->repository->path, digest, escaped),
		mem_printf("repository:%s:pull,push repository:%s:pull",
			job->repository->path, from));
	session_send(x, mount_answered, u);
}

static void
head_answered(void *context, const struct http_answer *a)
{
	struct upload *u = context;

	if (a->error.code || a->status == 401)
		upload_fail(u, a);
	else if (a->status == 200)
		upload_end(u, "present");
	else
		mount_next(u);
}

static void
ask_whether_there(struct upload *u)
{
	session_send(upload_exchange(u, "HEAD",
			      mem_printf("/v2/%s/blobs/%s",
				      u->job->repository->path,
				      u->job->digest)),
		head_answered, u);
}

void
registry_upload(struct registry_job *job)
{
	struct upload *u = mem_zalloc(sizeof(*u));

	job->pushes = true;
	u->job = job;
	u->chunk = CHUNK_SIZE;
	ask_whether_there(u);
}
