/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/http-call.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>

#include "oci/http-sink.h"
#include "oci/url.h"
#include "util/fs.h"
#include "util/mem.h"

/* The largest buffers libcurl takes; they make loopback twice as fast. */
#define BUFFER_SIZE KiB(512)
#define CONNECT_TIMEOUT_S 30L
#define STALLED_S 60L
#define RETRY_AFTER_MAX_S 86400

_Static_assert(HTTP_CALL_MESSAGE_SIZE >= CURL_ERROR_SIZE,
	"libcurl writes as much");

/* What a failure of libcurl means to a caller; others are EIO. */
static const struct {
	CURLcode from;
	int code;
} failures[] = {
	{ CURLE_UNSUPPORTED_PROTOCOL, EPROTO },
	{ CURLE_COULDNT_RESOLVE_PROXY, EHOSTUNREACH },
	{ CURLE_COULDNT_RESOLVE_HOST, EHOSTUNREACH },
	{ CURLE_COULDNT_CONNECT, ECONNREFUSED },
	{ CURLE_WEIRD_SERVER_REPLY, EPROTO },
	{ CURLE_HTTP2, ECONNRESET },
	{ CURLE_HTTP2_STREAM, ECONNRESET },
	{ CURLE_PARTIAL_FILE, ECONNRESET },
	{ CURLE_OPERATION_TIMEDOUT, ETIMEDOUT },
	{ CURLE_SSL_CONNECT_ERROR, EPROTO },
	{ CURLE_PEER_FAILED_VERIFICATION, EKEYREJECTED },
	{ CURLE_SSL_CACERT_BADFILE, EKEYREJECTED },
	{ CURLE_SSL_CERTPROBLEM, EKEYREJECTED },
	{ CURLE_GOT_NOTHING, ECONNRESET },
	{ CURLE_SEND_ERROR, ECONNRESET },
	{ CURLE_RECV_ERROR, ECONNRESET },
	{ CURLE_SEND_FAIL_REWIND, ECONNRESET },
};

static void
stop(struct http_call *c)
{
	if (!c->easy)
		return;
	(void)curl_multi_remove_handle(c->multi, c->easy);
	curl_easy_cleanup(c->easy);
	curl_slist_free_all(c->headers);
	c->easy = NULL;
	c->headers = NULL;
}

void
http_call_free(struct http_call *c)
{
	stop(c);
	http_answer_release(&c->answer);
	error_release(&c->sink_error);
	free(c->url);
	free(c);
}

static bool
is_good(long status)
{
	return status >= 200 && status < 300;
}

static size_t
on_header(char *data, size_t size, size_t count, void *context)
{
	struct http_call *c = context;
	size_t len = size * count;

	/* A status line: what came before belongs to a 100 Continue. */
	if (len >= 5 && strncmp(data, "HTTP/", 5) == 0)
		strv_release(&c->answer.headers);
	else
		http_answer_add_header(&c->answer, data, len);
	return len;
}

static bool
goes_to_sink(const struct http_call *c)
{
	return c->request->sink && is_good(c->answer.status);
}

/* The first byte of the body: the status is known now. */
static int
begin_body(struct http_call *c)
{
	c->begun = true;
	(void)curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE,
		&c->answer.status);
	if (!goes_to_sink(c))
		return 0;
	return http_sink_begin(c->request->sink, c->answer.status,
		http_answer_header(&c->answer, "content-range"),
		&c->sink_error);
}

/* Into memory. Of a refusal only the beginning matters. */
static size_t
keep_body(struct http_call *c, const char *data, size_t len)
{
	struct buf *body = &c->answer.body;
	size_t room = body->max - body->len;

	if (is_good(c->answer.status) && len > room) {
		(void)error_set(&c->sink_error, EFBIG,
			"the answer is larger than %zu bytes", body->max);
		return 0;
	}
	buf_add(body, data, len < room ? len : room);
	return len;
}

static size_t
on_body(char *data, size_t size, size_t count, void *context)
{
	struct http_call *c = context;
	size_t len = size * count;
	int r = 0;

	if (!c->begun)
		r = begin_body(c);
	if (r < 0)
		return 0;
	if (!goes_to_sink(c))
		return keep_body(c, data, len);
	r = http_sink_take(c->request->sink, data, len, &c->sink_error);
	if (r == -EAGAIN) {
		c->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	return r < 0 ? 0 : len;
}

static size_t
on_send(char *to, size_t size, size_t count, void *context)
{
	struct http_call *c = context;
	const struct http_request *q = c->request;
	uint64_t left = q->body_size - c->body_sent;
	size_t len = size * count;

	if (len > left)
		len = (size_t)left;
	if (len == 0)
		return 0;
	if (fs_read_at(q->body_fd, to, len, q->body_offset + c->body_sent,
		    &c->sink_error) < 0)
		return CURL_READFUNC_ABORT;
	c->body_sent += len;
	if (q->sent)
		*q->sent = q->body_offset + c->body_sent;
	return len;
}

static int
on_rewind(void *context, curl_off_t offset, int origin)
{
	struct http_call *c = context;

	if (origin != SEEK_SET)
		return CURL_SEEKFUNC_CANTSEEK;
	c->body_sent = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

static void
set_pem(CURL *easy, CURLoption option, const char *pem)
{
	struct curl_blob blob = { 0 };

	if (!pem)
		return;
	blob.data = (void *)(uintptr_t)pem;
	blob.len = strlen(pem);
	blob.flags = CURL_BLOB_COPY;
	(void)curl_easy_setopt(easy, option, &blob);
}

static void
set_trust(struct http_call *c)
{
	const struct http_trust *t = c->request->trust;

	if (!t)
		return;
	(void)curl_easy_setopt(c->easy, CURLOPT_SSL_VERIFYPEER,
		(long)t->verify);
	(void)curl_easy_setopt(c->easy, CURLOPT_SSL_VERIFYHOST,
		t->verify ? 2L : 0L);
	set_pem(c->easy, CURLOPT_CAINFO_BLOB, t->ca_pem);
	if (c->elsewhere)
		return;
	set_pem(c->easy, CURLOPT_SSLCERT_BLOB, t->cert_pem);
	set_pem(c->easy, CURLOPT_SSLKEY_BLOB, t->key_pem);
}

static void
set_headers(struct http_call *c)
{
	const struct http_request *q = c->request;
	struct curl_slist *l = NULL;

	for (size_t i = 0; i < q->headers.count; i++)
		l = curl_slist_append(l, q->headers.items[i]);
	if (q->sink && q->sink->written > 0) {
		autofree char *range = mem_printf("Range: bytes=%ju-",
			(uintmax_t)q->sink->written);

		l = curl_slist_append(l, range);
	}
	if (q->authorization && !c->elsewhere) {
		autofree char *line =
			mem_printf("Authorization: %s", q->authorization);

		l = curl_slist_append(l, line);
		explicit_bzero(line, strlen(line));
	}
	/* Registries answer at once; waiting for 100 Continue costs 1 s. */
	l = curl_slist_append(l, "Expect:");
	c->headers = l;
	(void)curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, l);
}

static void
set_body(struct http_call *c)
{
	const struct http_request *q = c->request;
	CURL *e = c->easy;

	if (strcmp(q->method, "HEAD") == 0) {
		(void)curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
		return;
	}
	if (strcmp(q->method, "GET") == 0)
		return;
	if (q->body_fd < 0) {
		(void)curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE,
			q->text ? (long)strlen(q->text) : 0L);
		(void)curl_easy_setopt(e, CURLOPT_POSTFIELDS,
			q->text ? q->text : "");
	} else {
		(void)curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
		(void)curl_easy_setopt(e, CURLOPT_INFILESIZE_LARGE,
			(curl_off_t)q->body_size);
		(void)curl_easy_setopt(e, CURLOPT_READFUNCTION, on_send);
		(void)curl_easy_setopt(e, CURLOPT_READDATA, c);
		(void)curl_easy_setopt(e, CURLOPT_SEEKFUNCTION, on_rewind);
		(void)curl_easy_setopt(e, CURLOPT_SEEKDATA, c);
		(void)curl_easy_setopt(e, CURLOPT_UPLOAD_BUFFERSIZE,
			(long)BUFFER_SIZE);
	}
	(void)curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, q->method);
}

static void
set_limits(CURL *e)
{
	(void)curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(e, CURLOPT_BUFFERSIZE, (long)BUFFER_SIZE);
	(void)curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
	(void)curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1L);
	(void)curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, STALLED_S);
	(void)curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(e, CURLOPT_HTTP_VERSION,
		(long)CURL_HTTP_VERSION_2TLS);
	(void)curl_easy_setopt(e, CURLOPT_USERAGENT,
		"slipway/" SLIPWAY_VERSION);
}

void
http_call_send(struct http_call *c)
{
	stop(c);
	c->easy = curl_easy_init();
	c->begun = c->ended = c->paused = false;
	c->body_sent = 0;
	buf_init(&c->answer.body, c->request->answer_max);
	set_limits(c->easy);
	(void)curl_easy_setopt(c->easy, CURLOPT_URL, c->url);
	(void)curl_easy_setopt(c->easy, CURLOPT_PRIVATE, c);
	(void)curl_easy_setopt(c->easy, CURLOPT_ERRORBUFFER, c->message);
	(void)curl_easy_setopt(c->easy, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(c->easy, CURLOPT_HEADERDATA, c);
	(void)curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
	/* One connection is shared where HTTP/2 allows it. */
	(void)curl_easy_setopt(c->easy, CURLOPT_PIPEWAIT,
		url_is_https(c->url) ? 1L : 0L);
	set_body(c);
	set_headers(c);
	set_trust(c);
	(void)curl_multi_add_handle(c->multi, c->easy);
}

static void
tell_failure(struct http_call *c)
{
	autofree char *where = url_origin(c->url);
	const char *what = c->message;
	int code = EIO;

	for (size_t i = 0; i < ARRAY_SIZE(failures); i++)
		if ((int)failures[i].from == c->result)
			code = failures[i].code;
	if (!*what)
		what = curl_easy_strerror((CURLcode)c->result);
	(void)error_set(&c->answer.error, code, "%s: %s", where ? where : "?",
		what);
}

/* A body whose size is known is whole when its last byte is there, and only
 * then, whatever the connection did. */
static void
check_size(struct http_call *c)
{
	const struct http_sink *k = c->request->sink;

	if (!k || !k->exact || !is_good(c->answer.status))
		return;
	if (k->written == k->max && c->result != CURLE_WRITE_ERROR)
		c->result = CURLE_OK;
	else if (c->result == CURLE_OK)
		c->result = CURLE_PARTIAL_FILE;
}

static void
take_retry_after(struct http_call *c)
{
	curl_off_t s = 0;

	if (!c->easy || !http_answer_header(&c->answer, "retry-after"))
		return;
	(void)curl_easy_getinfo(c->easy, CURLINFO_RETRY_AFTER, &s);
	if (s > 0 && s < RETRY_AFTER_MAX_S)
		c->answer.retry_after_ms = s * 1000;
}

void
http_call_end(struct http_call *c, int result)
{
	c->ended = true;
	c->result = result;
	(void)curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE,
		&c->answer.status);
}

void
http_call_go_on(struct http_call *c)
{
	c->paused = false;
	(void)curl_easy_pause(c->easy, CURLPAUSE_CONT);
}

void
http_call_conclude(struct http_call *c)
{
	check_size(c);
	if (c->sink_error.code)
		(void)error_move(&c->answer.error, &c->sink_error);
	else if (c->result != CURLE_OK)
		tell_failure(c);
	take_retry_after(c);
	c->answer.url = mem_strdup(c->url);
}
