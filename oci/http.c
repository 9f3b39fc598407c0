/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "oci/http-call.h"
#include "oci/http-sink.h"
#include "oci/url.h"
#include "util/log.h"
#include "util/mem.h"

#define HOST_CONNECTIONS 6
#define REDIRECTS_MAX 10

struct http {
	CURLM *multi;
	struct http_call *calls;
	struct alarms alarms;
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

struct http *
http_free(struct http *h)
{
	struct http_call *c;

	if (!h)
		return NULL;
	while ((c = h->calls)) {
		h->calls = c->next;
		http_call_free(c);
	}
	alarms_release(&h->alarms);
	(void)curl_multi_cleanup(h->multi);
	curl_global_cleanup();
	free(h);
	return NULL;
}

void
http_start(struct http *h, const struct http_request *q, http_done done,
	void *context)
{
	struct http_call *c = mem_zalloc(sizeof(*c));
	autofree char *shown = url_without_query(q->url);

	log_debug("%s %s", q->method, shown);
	c->multi = h->multi;
	c->request = q;
	c->done = done;
	c->context = context;
	c->url = mem_strdup(q->url);
	c->next = h->calls;
	h->calls = c;
	http_call_send(c);
}

/* Does the answer send us on, and may this request go? */
static bool
is_redirect(const struct http_call *c)
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
follow(struct http_call *c)
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
	http_call_send(c);
	return 0;
}

/* Take it out of the list and answer. */
static void
finish(struct http *h, struct http_call *c)
{
	struct http_call **at = &h->calls;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	http_call_conclude(c);
	c->done(c->context, &c->answer);
	http_call_free(c);
}

/* Not when it goes on elsewhere, nor before the sink has taken all. */
static bool
is_over(struct http_call *c)
{
	if (is_redirect(c))
		return follow(c) < 0;
	return !c->request->sink || c->request->sink->pending.len == 0 ||
		c->sink_error.code;
}

static void
take_ended(struct http *h)
{
	struct http_call *c;
	struct CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(h->multi, &left))) {
		CURLcode result = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &c);
		http_call_end(c, (int)result);
		if (is_over(c))
			finish(h, c);
	}
}

static bool
waits_for_sink(const struct http_call *c)
{
	return (c->paused || c->ended) && c->request->sink &&
		c->request->sink->pending.len > 0;
}

/* The sink's descriptor has room again (or broke). */
static void
sink_ready(struct http *h, struct http_call *c)
{
	int r = http_sink_flush(c->request->sink, &c->sink_error);

	if (r == -EAGAIN)
		return;
	if (r < 0 && !c->ended)
		c->result = CURLE_WRITE_ERROR;
	if (r < 0 || c->ended)
		finish(h, c);
	else
		http_call_go_on(c);
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
	struct http_call **who, struct error *err)
{
	unsigned n = 1;
	CURLMcode m;

	for (struct http_call *c = h->calls; c && n <= count; c = c->next)
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
		sink_ready(h, who[i]);
	return 0;
}

int
http_step(struct http *h, int fd, short events, struct error *err)
{
	autofree struct curl_waitfd *waits = NULL;
	autofree struct http_call **who = NULL;
	size_t count = 0;
	int running, r;

	for (struct http_call *c = h->calls; c; c = c->next)
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
