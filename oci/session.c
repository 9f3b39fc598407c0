/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/session.h"

#include <errno.h>
#include <string.h>

#include "oci/bearer.h"
#include "oci/token.h"
#include "oci/url.h"
#include "util/mem.h"

struct session {
	struct http *http;
	struct repository *repositories;
	struct exchange *waiting;	/* for a host or a token */
};

static void run(struct exchange *x);

struct session *
session_new(struct http *h)
{
	struct session *s = mem_zalloc(sizeof(*s));

	s->http = h;
	return s;
}

static void
exchange_free(struct exchange *x)
{
	http_request_release(&x->request);
	free(x->scope);
	free(x);
}

/* Hosts are shared: the last repository of one frees it. */
static void
repository_free(struct repository *r)
{
	const struct repository *other = r->next;

	while (other && other->host != r->host)
		other = other->next;
	bearer_free(r->bearer);
	if (!other)
		host_free(r->host);
	credential_release(&r->who);
	free(r->path);
	free(r);
}

struct session *
session_free(struct session *s)
{
	struct repository *r;
	struct exchange *x;

	if (!s)
		return NULL;
	while ((x = s->waiting)) {
		s->waiting = x->next;
		exchange_free(x);
	}
	while ((r = s->repositories)) {
		s->repositories = r->next;
		repository_free(r);
	}
	free(s);
	return NULL;
}

/* Something was learnt: those who waited look again. */
static void
wake(void *context)
{
	struct session *s = context;
	struct exchange *x, *all = s->waiting;

	s->waiting = NULL;
	while ((x = all)) {
		all = x->next;
		run(x);
	}
}

/* The host of another repository, or a new one. */
static int
get_host(struct session *s, const struct json *packet, struct host **ret,
	struct error *err)
{
	const char *name = json_get_text(packet, "host");

	for (struct repository *r = s->repositories; r && name; r = r->next)
		if (strcmp(host_name(r->host), name) == 0) {
			*ret = r->host;
			return 0;
		}
	return host_new(s->http, packet, wake, s, ret, err);
}

int
session_add_repository(struct session *s, const struct json *packet,
	struct error *err)
{
	const char *path = json_get_text(packet, "path");
	struct host *host = NULL;
	struct repository *r;
	int failed;

	if (!path)
		return error_set(err, EBADMSG, "repository without a path");
	failed = get_host(s, packet, &host, err);
	if (failed < 0)
		return failed;
	r = mem_zalloc(sizeof(*r));
	r->session = s;
	r->id = json_get_number(packet, "id", -1);
	r->host = host;
	r->path = mem_strdup(path);
	credential_from_packet(packet, &r->who);
	r->bearer = bearer_new(s->http, host, r->path, &r->who, wake, s);
	r->next = s->repositories;
	s->repositories = r;
	return 0;
}

struct repository *
session_repository(const struct session *s, int64_t id)
{
	struct repository *r = s->repositories;

	while (r && r->id != id)
		r = r->next;
	return r;
}

struct http *
session_http(const struct repository *r)
{
	return r->session->http;
}

struct exchange *
session_exchange(struct repository *r, const char *method, char *url,
	char *scope)
{
	struct exchange *x = mem_zalloc(sizeof(*x));

	x->repository = r;
	http_request_init(&x->request, method, url);
	x->scope = scope;
	return x;
}

/* 1 when the request has what the host wants, 0 when that is on its way, or
 * negative. Strangers (an upload's Location elsewhere) get nothing. */
static int
authorize(struct exchange *x, struct error *err)
{
	struct repository *r = x->repository;
	char **header = &x->request.authorization;

	free(*header);
	*header = NULL;
	if (!url_same_origin(x->request.url, host_base(r->host)))
		return 1;
	if (host_challenge(r->host, "bearer")) {
		if (!r->who.registry_token)
			return bearer_get(r->bearer, x->scope, header, err);
		*header = mem_printf("Bearer %s", r->who.registry_token);
	} else if (host_challenge(r->host, "basic")) {
		*header = credential_basic(&r->who);
	}
	return 1;
}

static void
widen_scope(struct exchange *x, const char *more)
{
	char *joined;

	if (!more)
		return;
	joined = token_join_scopes(x->scope, more);
	free(x->scope);
	x->scope = joined;
}

/* After a 401: is there something that we have not tried? */
static bool
may_renew(struct exchange *x, const struct http_answer *a)
{
	struct repository *r = x->repository;
	const struct challenge *bearer;

	if (a->status != 401 || x->renewed || r->who.registry_token)
		return false;
	x->renewed = true;
	host_learn(r->host, a);
	bearer = host_challenge(r->host, "bearer");
	if (!bearer)
		return !x->request.authorization && r->who.user &&
			host_challenge(r->host, "basic");
	bearer_forget(r->bearer, x->scope);
	widen_scope(x, challenge_get(bearer, "scope"));
	return true;
}

static void
answered(void *context, const struct http_answer *a)
{
	struct exchange *x = context;

	if (may_renew(x, a)) {
		run(x);
		return;
	}
	x->done(x->context, a);
	exchange_free(x);
}

static void
fail(struct exchange *x, struct error *why)
{
	struct http_answer a = { 0 };

	(void)error_move(&a.error, why);
	x->done(x->context, &a);
	http_answer_release(&a);
	exchange_free(x);
}

static void
go(struct exchange *x)
{
	struct retry_policy policy = *host_policy(x->repository->host);

	if (x->once)
		policy.retries = 0;
	x->request.trust = host_trust(x->repository->host);
	retry_start(session_http(x->repository), &policy, &x->request,
		answered, x);
}

static void
make_absolute(struct exchange *x)
{
	char *url;

	if (*x->request.url != '/')
		return;
	url = mem_printf("%s%s", host_base(x->repository->host),
		x->request.url);
	free(x->request.url);
	x->request.url = url;
}

static void
run(struct exchange *x)
{
	struct session *s = x->repository->session;
	autoerror err = { 0 };
	int r;

	r = host_is_ready(x->repository->host, &err);
	if (r > 0) {
		make_absolute(x);
		r = authorize(x, &err);
	}
	if (r < 0) {
		fail(x, &err);
	} else if (r == 0) {
		x->next = s->waiting;
		s->waiting = x;
	} else {
		go(x);
	}
}

void
session_send(struct exchange *x, http_done done, void *context)
{
	x->done = done;
	x->context = context;
	run(x);
}
