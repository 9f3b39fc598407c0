/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/host.h"

#include <errno.h>
#include <string.h>

#include "oci/certs.h"
#include "oci/ref.h"
#include "util/mem.h"

#define RETRY_AFTER_MAX_MS 60000

enum host_state { HOST_NEW, HOST_ASKED, HOST_READY, HOST_FAILED };

struct host {
	struct http *http;
	host_wake wake;
	void *context;
	char *name;
	enum host_state state;
	const char *const *schemes;	/* those still to be tried */
	char *base;
	struct http_request ping;
	struct http_trust trust;
	struct retry_policy policy;
	struct challenges challenges;
	struct error failure;
	int strategy;
};

/* Loopback registries of tests and mirrors are plain more often than not, and
 * a TLS server says so when it hears plain http. */
static const char *const plain_first[] = { "http", "https", NULL };
static const char *const secure_first[] = { "https", "http", NULL };
static const char *const secure_only[] = { "https", NULL };
static const char *const plain_only[] = { "http", NULL };

static const char *const *
schemes_for(const char *host, int64_t tls_verify)
{
	if (tls_verify == 1)
		return secure_only;
	if (ref_host_is_loopback(host))
		return plain_first;
	return tls_verify == 0 ? secure_first : secure_only;
}

static struct retry_policy
policy_for(const char *host, const struct json *packet)
{
	return (struct retry_policy){
		.retries = (int)json_get_number(packet, "retries", 5),
		.delay_ms = (int)json_get_number(packet, "retry_delay_ms", 500),
		.wait_max_ms = RETRY_AFTER_MAX_MS,
		.refused_is_final = ref_host_is_loopback(host),
	};
}

int
host_new(struct http *http, const struct json *packet, host_wake wake,
	void *context, struct host **ret, struct error *err)
{
	cleanup(host_free) struct host *h = mem_zalloc(sizeof(*h));
	cleanup_value(strv_release) struct strv dirs = { 0 };
	int64_t tls_verify = json_get_number(packet, "tls_verify", -1);
	int r;

	h->name = mem_strdup(json_get_text(packet, "host"));
	if (!h->name)
		return error_set(err, EBADMSG, "host without a name");
	h->http = http;
	h->wake = wake;
	h->context = context;
	h->schemes = schemes_for(h->name, tls_verify);
	h->trust.verify = tls_verify != 0;
	h->policy = policy_for(h->name, packet);
	r = json_get_list(packet, "cert_dirs", &dirs, err);
	if (r >= 0)
		r = certs_load(&dirs, &h->trust, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&h);
	return 0;
}

struct host *
host_free(struct host *h)
{
	if (!h)
		return NULL;
	http_request_release(&h->ping);
	certs_release(&h->trust);
	challenge_list_release(&h->challenges);
	error_release(&h->failure);
	free(h->base);
	free(h->name);
	free(h);
	return NULL;
}

const char *
host_name(const struct host *h)
{
	return h->name;
}

const char *
host_base(const struct host *h)
{
	return h->base;
}

const struct challenge *
host_challenge(const struct host *h, const char *scheme)
{
	return challenge_list_find(&h->challenges, scheme);
}

const struct http_trust *
host_trust(const struct host *h)
{
	return &h->trust;
}

const struct retry_policy *
host_policy(const struct host *h)
{
	return &h->policy;
}

int *
host_strategy(struct host *h)
{
	return &h->strategy;
}

void
host_learn(struct host *h, const struct http_answer *a)
{
	static const char name[] = "www-authenticate=";
	struct challenges new = { 0 };

	for (size_t i = 0; i < a->headers.count; i++)
		if (strncmp(a->headers.items[i], name, strlen(name)) == 0)
			/* A host may say things we do not understand. */
			(void)challenge_list_parse(&new,
				a->headers.items[i] + strlen(name), NULL);
	if (new.count == 0)
		return;
	challenge_list_release(&h->challenges);
	h->challenges = new;
}

/* Did it hear a language that it does not speak? */
static bool
is_wrong_scheme(const struct http_answer *a)
{
	switch (a->error.code) {
	case EPROTO:
	case ECONNRESET:
	case ECONNREFUSED:
		return true;
	case 0:
		return a->status == 400;
	}
	return false;
}

static void
fail(struct host *h, const struct http_answer *a)
{
	struct error *err = &h->failure;

	h->state = HOST_FAILED;
	if (a->error.code)
		(void)error_set(err, a->error.code,
			"cannot talk to registry '%s': %s", h->name,
			a->error.text);
	else
		(void)error_set(err, EIO,
			"registry '%s' answers with status %ld", h->name,
			a->status);
	(void)error_kind(err, ERROR_REMOTE);
	if (a->error.code == EKEYREJECTED)
		(void)error_hint(err,
			"put its authority into a --cert-dir, or use "
			"--tls-verify=false");
	else if (a->error.code == EPROTO)
		(void)error_hint(err,
			"if it speaks plain http, use --tls-verify=false");
}

static void ask(struct host *h);

static void
answered(void *context, const struct http_answer *a)
{
	struct host *h = context;

	http_request_release(&h->ping);
	if (h->schemes[1] && is_wrong_scheme(a)) {
		h->schemes++;
		ask(h);
		return;
	}
	if (h->schemes[1] && retry_is_worthwhile(a)) {
		h->schemes = h->schemes == plain_first ? plain_only :
			secure_only;
		ask(h);
		return;
	}
	if (a->error.code || a->status >= 500 || a->status == 429) {
		fail(h, a);
	} else {
		h->state = HOST_READY;
		host_learn(h, a);
	}
	h->wake(h->context);
}

static void
ask(struct host *h)
{
	struct retry_policy policy = h->policy;

	/* While another scheme may be the right one, failing is learning. */
	if (h->schemes[1])
		policy.retries = 0;
	h->state = HOST_ASKED;
	free(h->base);
	h->base = mem_printf("%s://%s", h->schemes[0], h->name);
	http_request_init(&h->ping, "GET", mem_printf("%s/v2/", h->base));
	h->ping.trust = &h->trust;
	retry_start(h->http, &policy, &h->ping, answered, h);
}

int
host_is_ready(struct host *h, struct error *err)
{
	if (h->state == HOST_NEW)
		ask(h);
	if (h->state == HOST_FAILED)
		return error_copy(err, &h->failure);
	return h->state == HOST_READY;
}
