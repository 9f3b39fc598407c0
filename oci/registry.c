/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "oci/descriptor.h"
#include "oci/http-sink.h"
#include "oci/registry-upload.h"
#include "util/mem.h"

/* Everything that can be meant; without it registries say 404. */
static const char accept_manifests[] =
	"Accept: " MEDIA_OCI_INDEX ", " MEDIA_DOCKER_LIST ", "
	MEDIA_OCI_MANIFEST ", " MEDIA_DOCKER_MANIFEST;

/* Statuses that say the same thing everywhere. */
static const struct {
	long status;
	int code;
	const char *meaning;
} refusals[] = {
	{ 401, EACCES, "not authorised" },
	{ 403, EACCES, "denied" },
	{ 404, ENOENT, "not there, or not for us to see" },
	{ 413, EFBIG, "too large" },
	{ 429, EBUSY, "too many requests" },
};

int
registry_job_init(struct registry_job *job, struct session *s,
	const struct json *packet, int fd, struct error *err)
{
	*job = (struct registry_job){
		.repository = session_repository(s,
			json_get_number(packet, "repository", -1)),
		.id = json_get_number(packet, "id", -1),
		.reference = mem_strdup(json_get_text(packet, "reference")),
		.digest = mem_strdup(json_get_text(packet, "digest")),
		.media_type = mem_strdup(json_get_text(packet, "media_type")),
		.head = json_get_bool(packet, "head", false),
		.size = (uint64_t)json_get_number(packet, "size", 0),
		.fd = fd,
	};
	if (!job->repository)
		return error_set(err, EBADMSG, "no such repository");
	return json_get_list(packet, "mount", &job->mounts, err);
}

void
registry_job_release(struct registry_job *job)
{
	free(job->reference);
	free(job->digest);
	free(job->media_type);
	free(job->ret_digest);
	strv_release(&job->mounts);
	error_release(&job->error);
	http_sink_release(&job->sink);
	if (job->fd >= 0)
		(void)close(job->fd);
	*job = (struct registry_job){ .fd = -1 };
}

char *
registry_scope(const struct registry_job *job, const char *actions)
{
	return mem_printf("repository:%s:%s", job->repository->path, actions);
}

/* The registry's own words: the first of its errors, else the first line of
 * what came, without control bytes. */
static char *
words_of(const struct http_answer *a)
{
	cleanup(json_free) struct json *j = NULL;
	const struct json *first;
	const char *code, *message;
	char *words;

	if (json_parse(buf_text(&a->body), a->body.len, KiB(64), "answer", &j,
		    NULL) < 0) {
		words = mem_strndup(buf_text(&a->body),
			strcspn(buf_text(&a->body), "\r\n"));
	} else {
		first = json_at(json_get(j, "errors"), 0);
		code = json_get_text(first, "code");
		message = json_get_text(first, "message");
		words = mem_printf("%s%s%s", code ? code : "",
			code && message ? ": " : "", message ? message : "");
	}
	for (char *c = words; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	if (strlen(words) > 300)
		words[300] = '\0';
	return words;
}

static void
hint_for(struct registry_job *job, const struct http_answer *a,
	const char *words)
{
	const struct credential *who = &job->repository->who;
	const char *host = host_name(job->repository->host);

	if (a->status == 429)
		(void)error_hint(&job->error,
			"log in, or wait until the quota is renewed");
	else if (job->pushes && strstr(words, "NAME_UNKNOWN"))
		(void)error_hint(&job->error,
			"this registry may want the repository created first");
	else if (strstr(words, "MANIFEST_UNKNOWN"))
		return;
	else if (credential_is_none(who))
		(void)error_hint(&job->error,
			"no credentials for '%s' were found: use --creds or "
			"--authfile", host);
	else
		(void)error_hint(&job->error, "the credentials are from %s",
			who->origin ? who->origin : "the caller");
}

void
registry_refused(struct registry_job *job, const char *doing,
	const struct http_answer *a)
{
	struct error *err = &job->error;
	autofree char *words = NULL;
	const char *meaning = "refused";
	int code = EIO;

	if (a->error.code) {
		(void)error_copy(err, &a->error);
		(void)error_wrap(err, "cannot %s", doing);
		(void)error_kind(err, ERROR_REMOTE);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		if (refusals[i].status == a->status) {
			code = refusals[i].code;
			meaning = refusals[i].meaning;
		}
	words = words_of(a);
	(void)error_set(err, code, "cannot %s: %s (status %ld%s%s)", doing,
		meaning, a->status, *words ? ", " : "", words);
	(void)error_kind(err, ERROR_REMOTE);
	if (code == EACCES || code == ENOENT || code == EBUSY)
		hint_for(job, a, words);
}

static char *
job_name(const struct registry_job *job, const char *verb)
{
	const char *what = job->reference ? job->reference : job->digest;

	return mem_printf("%s '%s/%s%c%s'", verb,
		host_name(job->repository->host), job->repository->path,
		strchr(what, ':') ? '@' : ':', what);
}

/* Manifests. */

static void
manifest_came(void *context, const struct http_answer *a)
{
	struct registry_job *job = context;
	autofree char *doing = job_name(job, "fetch manifest");
	const char *type = http_answer_header(a, "content-type");
	const char *digest = http_answer_header(a, "docker-content-digest");

	if (a->error.code || a->status != 200) {
		registry_refused(job, doing, a);
	} else {
		if (type)
			job->media_type = mem_strndup(type,
				strcspn(type, "; "));
		job->ret_digest = mem_strdup(digest);
		job->size = job->sink.written;
	}
	job->done(job);
}

static struct exchange *
manifest_exchange(struct registry_job *job, const char *method,
	const char *actions)
{
	return session_exchange(job->repository, method,
		mem_printf("/v2/%s/manifests/%s", job->repository->path,
			job->reference),
		registry_scope(job, actions));
}

static void
manifest_start(struct registry_job *job)
{
	struct exchange *x =
		manifest_exchange(job, job->head ? "HEAD" : "GET", "pull");

	strv_add(&x->request.headers, accept_manifests);
	http_sink_init(&job->sink, job->fd, job->size);
	if (!job->head)
		x->request.sink = &job->sink;
	session_send(x, manifest_came, job);
}

/* Blobs. */

static void
blob_came(void *context, const struct http_answer *a)
{
	struct registry_job *job = context;
	autofree char *doing = job_name(job, "fetch blob");

	if (a->error.code || (a->status != 200 && a->status != 206))
		registry_refused(job, doing, a);
	job->done(job);
}

static void
blob_start(struct registry_job *job)
{
	struct exchange *x = session_exchange(job->repository, "GET",
		mem_printf("/v2/%s/blobs/%s", job->repository->path,
			job->digest),
		registry_scope(job, "pull"));

	/* The other end of the pipe has flags of its own. */
	(void)fcntl(job->fd, F_SETFL, fcntl(job->fd, F_GETFL) | O_NONBLOCK);
	http_sink_init(&job->sink, job->fd, job->size);
	job->sink.exact = true;
	x->request.sink = &job->sink;
	session_send(x, blob_came, job);
}

/* Manifests on their way out. */

static void
put_done(void *context, const struct http_answer *a)
{
	struct registry_job *job = context;
	autofree char *doing = job_name(job, "push manifest");
	const char *digest = http_answer_header(a, "docker-content-digest");

	if (a->error.code || a->status < 200 || a->status > 299)
		registry_refused(job, doing, a);
	else if (digest && strcmp(digest, job->digest) != 0)
		(void)error_set(&job->error, EBADMSG,
			"cannot %s: the registry stored '%s' instead of '%s'",
			doing, digest, job->digest);
	job->done(job);
}

/* The tag may not be moved, but stands where we want it. */
static void
immutable_checked(void *context, const struct http_answer *a)
{
	struct registry_job *job = context;
	const char *digest = http_answer_header(a, "docker-content-digest");

	if (!a->error.code && a->status == 200 && digest &&
		strcmp(digest, job->digest) == 0)
		error_release(&job->error);
	job->done(job);
}

static void
put_answered(void *context, const struct http_answer *a)
{
	struct registry_job *job = context;
	autofree char *doing = job_name(job, "push manifest");
	struct exchange *x;

	if (a->error.code ||
		(a->status != 400 && a->status != 409 && a->status != 412)) {
		put_done(job, a);
		return;
	}
	registry_refused(job, doing, a);
	x = manifest_exchange(job, "HEAD", "pull,push");
	strv_add(&x->request.headers, accept_manifests);
	session_send(x, immutable_checked, job);
}

static void
put_start(struct registry_job *job)
{
	struct exchange *x = manifest_exchange(job, "PUT", "pull,push");

	job->pushes = true;
	strv_addf(&x->request.headers, "Content-Type: %s", job->media_type);
	x->request.body_fd = job->fd;
	x->request.body_size = job->size;
	session_send(x, put_answered, job);
}

/* Does the registry take who we are? */

static void
login_answered(void *context, const struct http_answer *a)
{
	struct registry_job *job = context;
	autofree char *doing = mem_printf(
		"log in to '%s'", host_name(job->repository->host));

	if (a->error.code || a->status != 200)
		registry_refused(job, doing, a);
	job->done(job);
}

static void
login_start(struct registry_job *job)
{
	session_send(session_exchange(job->repository, "GET",
			     mem_strdup("/v2/"), mem_strdup("")),
		login_answered, job);
}

/* What each request must bring along. */
static const struct {
	const char *op;
	void (*start)(struct registry_job *job);
	bool reference, digest, media_type, fd;
} operations[] = {
	{ "manifest", manifest_start, .reference = true },
	{ "login", login_start },
	{ "blob", blob_start, .digest = true, .fd = true },
	{ "upload", registry_upload, .digest = true, .fd = true },
	{ "put", put_start, .reference = true, .digest = true,
		.media_type = true, .fd = true },
};

int
registry_start(struct registry_job *job, const char *op, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++) {
		if (strcmp(operations[i].op, op) != 0)
			continue;
		if ((operations[i].reference && !job->reference) ||
			(operations[i].digest && !job->digest) ||
			(operations[i].media_type && !job->media_type) ||
			(operations[i].fd && job->fd < 0))
			break;
		operations[i].start(job);
		return 0;
	}
	return error_set(err, EBADMSG, "malformed request '%s'", op);
}
