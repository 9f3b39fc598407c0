/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "oci/http-sink.h"
#include "oci/url.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"

/* The largest buffers libcurl takes; they make loopback twice as fast. */
#define BUFFER_SIZE KiB(512)
#define HOST_CONNECTIONS 6
#define REDIRECTS_MAX 10
#define CONNECT_TIMEOUT_S 30L
#define STALLED_S 60L

/* One request under way. */
struct call {
	struct call *next;
	struct http *http;
	const struct http_request *request;
	http_done done;
	void *context;
	CURL *easy;
	struct curl_slist *headers;
	char *url;			/* where it is by now */
	bool elsewhere;			/* redirected to another origin */
	bool paused;			/* the sink is full */
	bool ended;			/* curl is done, the sink may not be */
	bool begun;			/* the body of a good answer began */
	unsigned redirects;
	uint64_t body_sent;
	CURLcode result;
	struct error sink_error;
	struct http_answer answer;
	char message[CURL_ERROR_SIZE];
};

struct http {
	CURLM *multi;
	struct call *calls;
	struct alarms alarms;
};

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

struct http *
http_new(void)
{
	struct http *h = mem_zalloc(sizeof(*h));

	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	h->multi = curl_multi_init();
	(void)curl_multi_setopt(h->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
		(long)HOST_CONNECTIONS);
	return h;
}

static void
call_stop(struct call *c)
{
	if (!c->easy)
		return;
	(void)curl_multi_remove_handle(c->http->multi, c->easy);
	curl_easy_cleanup(c->easy);
	curl_slist_free_all(c->headers);
	c->easy = NULL;
	c->headers = NULL;
}

static void
call_free(struct call *c)
{
	call_stop(c);
	http_answer_release(&c->answer);
	error_release(&c->sink_error);
	free(c->url);
	free(c);
}

struct http *
http_free(struct http *h)
{
	struct call *c;

	if (!h)
		return NULL;
	while ((c = h->calls)) {
		h->calls = c->next;
		call_free(c);
	}
	alarms_release(&h->alarms);
	(void)curl_multi_cleanup(h->multi);
	curl_global_cleanup();
	free(h);
	return NULL;
}

static bool
is_good(long status)
{
	return status >= 200 && status < 300;
}

static size_t
on_header(char *data, size_t size, size_t count, void *context)
{
	struct call *c = context;
	size_t len = size * count;

	/* A status line: what came before belongs to a 100 Continue. */
	if (len >= 5 && strncmp(data, "HTTP/", 5) == 0)
		strv_release(&c->answer.headers);
	else
		http_answer_add_header(&c->answer, data, len);
	return len;
}

static bool
goes_to_sink(const struct call *c)
{
	return c->request->sink && is_good(c->answer.status);
}

/* The first byte of the body: the status is known now. */
static int
begin_body(struct call *c)
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
keep_body(struct call *c, const char *data, size_t len)
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
	struct call *c = context;
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
	struct call *c = context;
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
	struct call *c = context;

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
set_trust(struct call *c)
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
set_headers(struct call *c)
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
set_body(struct call *c)
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

/* Send the request to c->url, for the first time or after a redirect. */
static void
call_send(struct call *c)
{
	call_stop(c);
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
	(void)curl_multi_add_handle(c->http->multi, c->easy);
}

void
http_start(struct http *h, const struct http_request *q, http_done done,
	void *context)
{
	struct call *c = mem_zalloc(sizeof(*c));
	autofree char *shown = url_without_query(q->url);

	log_debug("%s %s", q->method, shown);
	c->http = h;
	c->request = q;
	c->done = done;
	c->context = context;
	c->url = mem_strdup(q->url);
	c->next = h->calls;
	h->calls = c;
	call_send(c);
}

/* Does the answer send us on, and may this request go? */
static bool
is_redirect(const struct call *c)
{
	const char *method = c->request->method;
	bool reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
	long s = c->answer.status;

	if (c->result != CURLE_OK ||
		!http_answer_header(&c->answer, "location"))
		return false;
	return s == 307 || s == 308 ||
		(reads && (s == 301 || s == 302 || s == 303));
}

static int
follow(struct call *c)
{
	struct error *err = &c->answer.error;
	const char *location = http_answer_header(&c->answer, "location");
	autofree char *url = url_resolve(c->url, location);

	if (!url)
		return error_set(err, EPROTO, "bad redirect");
	if (++c->redirects > REDIRECTS_MAX)
		return error_set(err, ELOOP, "more than %d redirects",
			REDIRECTS_MAX);
	if (url_is_https(c->url) && !url_is_https(url))
		return error_set(err, EACCES,
			"refused to be sent from https to http");
	if (!url_same_origin(url, c->request->url))
		c->elsewhere = true;
	free(c->url);
	c->url = take_ptr(&url);
	strv_release(&c->answer.headers);
	buf_release(&c->answer.body);
	call_send(c);
	return 0;
}

static void
tell_failure(struct call *c)
{
	autofree char *where = url_origin(c->url);
	int code = EIO;

	for (size_t i = 0; i < ARRAY_SIZE(failures); i++)
		if (failures[i].from == c->result)
			code = failures[i].code;
	(void)error_set(&c->answer.error, code, "%s: %s", where ? where : "?",
		*c->message ? c->message : curl_easy_strerror(c->result));
}

/* A body whose size is known is whole when its last byte is there, and only
 * then, whatever the connection did. */
static void
check_size(struct call *c)
{
	const struct http_sink *k = c->request->sink;

	if (!k || !k->exact || !is_good(c->answer.status))
		return;
	if (k->written == k->max && c->result != CURLE_WRITE_ERROR)
		c->result = CURLE_OK;
	else if (c->result == CURLE_OK)
		c->result = CURLE_PARTIAL_FILE;
}

/* Take it out of the list and answer. */
static void
call_finish(struct call *c)
{
	struct call **at = &c->http->calls;
	const char *wait = http_answer_header(&c->answer, "retry-after");

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	check_size(c);
	if (c->sink_error.code)
		(void)error_move(&c->answer.error, &c->sink_error);
	else if (c->result != CURLE_OK)
		tell_failure(c);
	if (wait && c->easy) {
		curl_off_t s = 0;

		(void)curl_easy_getinfo(c->easy, CURLINFO_RETRY_AFTER, &s);
		c->answer.retry_after_ms = s > 0 && s < 86400 ? s * 1000 : 0;
	}
	c->answer.url = mem_strdup(c->url);
	c->done(c->context, &c->answer);
	call_free(c);
}

static void
call_ended(struct call *c, CURLcode result)
{
	c->ended = true;
	c->result = result;
	(void)curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE,
		&c->answer.status);
	if (is_redirect(c)) {
		if (follow(c) < 0)
			call_finish(c);
		return;
	}
	if (!c->request->sink || c->request->sink->pending.len == 0 ||
		c->sink_error.code)
		call_finish(c);
}

static void
take_ended(struct http *h)
{
	struct CURLMsg *m;
	struct call *c;
	int left;

	while ((m = curl_multi_info_read(h->multi, &left))) {
		CURLcode result = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &c);
		call_ended(c, result);
	}
}

static bool
waits_for_sink(const struct call *c)
{
	return (c->paused || c->ended) && c->request->sink &&
		c->request->sink->pending.len > 0;
}

/* The sink's descriptor has room again (or broke). */
static void
sink_ready(struct call *c)
{
	int r = http_sink_flush(c->request->sink, &c->sink_error);

	if (r == -EAGAIN)
		return;
	if (c->ended) {
		call_finish(c);
		return;
	}
	c->paused = false;
	if (r < 0) {
		c->result = CURLE_WRITE_ERROR;
		call_finish(c);
		return;
	}
	(void)curl_easy_pause(c->easy, CURLPAUSE_CONT);
}

void
http_after(struct http *h, int64_t delay_ms, alarm_ring ring, void *context)
{
	alarms_add(&h->alarms, delay_ms, ring, context);
}

/* Wait for curl's sockets, for `fd`, and for sinks that were full; `count` is
 * how many calls there are. */
static int
wait_for_all(struct http *h, size_t count, struct curl_waitfd *waits,
	struct call **who, struct error *err)
{
	unsigned n = 1;
	CURLMcode m;

	for (struct call *c = h->calls; c && n <= count; c = c->next)
		if (waits_for_sink(c)) {
			waits[n] = (struct curl_waitfd){
				.fd = c->request->sink->fd,
				.events = CURL_WAIT_POLLOUT };
			who[n++] = c;
		}
	m = curl_multi_poll(h->multi, waits, n, alarms_wait_ms(&h->alarms),
		NULL);
	if (m != CURLM_OK)
		return error_set(err, EIO, "cannot wait: %s",
			curl_multi_strerror(m));
	/* A pipe that nobody reads has no POLLOUT; libcurl hides POLLERR. */
	for (unsigned i = 1; i < n; i++)
		sink_ready(who[i]);
	return 0;
}

int
http_step(struct http *h, int fd, short events, struct error *err)
{
	autofree struct curl_waitfd *waits = NULL;
	autofree struct call **who = NULL;
	size_t count = 0;
	int running, r;

	for (struct call *c = h->calls; c; c = c->next)
		count++;
	waits = mem_array(count + 1, sizeof(*waits));
	who = mem_array(count + 1, sizeof(*who));
	waits[0].fd = fd;
	waits[0].events = (events & POLLIN ? CURL_WAIT_POLLIN : 0) |
		(events & POLLOUT ? CURL_WAIT_POLLOUT : 0);
	r = wait_for_all(h, count, waits, who, err);
	if (r < 0)
		return r;
	(void)curl_multi_perform(h->multi, &running);
	take_ended(h);
	alarms_ring(&h->alarms);
	return waits[0].revents;
}
