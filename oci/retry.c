/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/retry.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "util/log.h"
#include "util/mem.h"

#define DELAY_MAX_MS 30000
/* An attempt that brought so much does not count as a failed one. */
#define PROGRESS_BYTES MiB(1)

struct retry {
	struct http *http;
	struct retry_policy policy;
	const struct http_request *request;
	http_done done;
	void *context;
	int tries;
	uint64_t written;	/* in the sink, before this attempt */
};

static const int passing_errors[] = {
	ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ETIMEDOUT,
};
static const long passing_statuses[] = {
	408, 425, 429, 500, 502, 503, 504,
};

/* Docker Hub's quota is not over in a minute; asking again deepens it. */
static bool
is_quota(const struct http_answer *a)
{
	return strstr(buf_text(&a->body), "pull rate limit") != NULL;
}

bool
retry_is_worthwhile(const struct http_answer *a)
{
	for (size_t i = 0; i < ARRAY_SIZE(passing_errors); i++)
		if (a->error.code == passing_errors[i])
			return true;
	if (a->error.code)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(passing_statuses); i++)
		if (a->status == passing_statuses[i])
			return !is_quota(a);
	return false;
}

int64_t
retry_delay_ms(const struct retry_policy *p, int tries,
	const struct http_answer *a)
{
	int64_t ceiling = p->delay_ms;
	uint32_t noise = 0;

	if (a->retry_after_ms > 0)
		return a->retry_after_ms < p->wait_max_ms ?
			a->retry_after_ms : p->wait_max_ms;
	for (int i = 0; i < tries && ceiling < DELAY_MAX_MS; i++)
		ceiling *= 2;
	if (ceiling > DELAY_MAX_MS)
		ceiling = DELAY_MAX_MS;
	/* Clients that failed together shall not come back together. */
	if (getrandom(&noise, sizeof(noise), GRND_NONBLOCK) < 0)
		noise = UINT32_MAX;
	return ceiling * noise / UINT32_MAX;
}

static void retry_ended(void *context, const struct http_answer *a);

static void
retry_again(void *context)
{
	struct retry *r = context;

	if (r->request->sink)
		r->written = r->request->sink->written;
	http_start(r->http, r->request, retry_ended, r);
}

static bool
is_final(const struct retry *r, const struct http_answer *a)
{
	if (r->policy.refused_is_final && a->error.code == ECONNREFUSED)
		return true;
	return !retry_is_worthwhile(a) || r->tries >= r->policy.retries;
}

static bool
made_progress(const struct retry *r)
{
	const struct http_sink *k = r->request->sink;

	return k && k->written - r->written >= PROGRESS_BYTES;
}

static void
retry_ended(void *context, const struct http_answer *a)
{
	struct retry *r = context;
	int64_t delay_ms;

	if (made_progress(r))
		r->tries = 0;
	if (is_final(r, a)) {
		r->done(r->context, a);
		free(r);
		return;
	}
	delay_ms = retry_delay_ms(&r->policy, r->tries++, a);
	log_debug("%s, again in %jd ms",
		a->error.text ? a->error.text : "refused for now",
		(intmax_t)delay_ms);
	http_after(r->http, delay_ms, retry_again, r);
}

void
retry_start(struct http *h, const struct retry_policy *p,
	const struct http_request *q, http_done done, void *context)
{
	struct retry *r = mem_zalloc(sizeof(*r));

	r->http = h;
	r->policy = *p;
	r->request = q;
	r->done = done;
	r->context = context;
	retry_again(r);
}
