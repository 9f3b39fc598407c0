/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/session.h"

#include <errno.h>
#include <string.h>

#include "oci/certs.h"
#include "oci/challenge.h"
#include "oci/ref.h"
#include "oci/token.h"
#include "oci/url.h"
#include "util/clock.h"
#include "util/mem.h"

enum host_state { HOST_NEW, HOST_ASKED, HOST_READY, HOST_FAILED };

struct host {
	struct host *next;
	struct session *session;
	char *name;
	enum host_state state;
	const char *const *schemes;	/* those still to be tried */
	char *base;			/* "https://name" */
	struct http_request ping;
	struct http_trust trust;
	struct retry_policy policy;
	struct challenges challenges;
	struct error failure;
	int strategy;
};

struct token {
	struct token *next;
	struct repository *repository;
	char *scope;
	char *authorization;		/* NULL: not here (yet) */
	int64_t until_ms;
	bool asked;
	enum token_form form;
	struct http_request request;
	struct error failure;
};

struct session {
	struct http *http;
	struct host *hosts;
	struct repository *repositories;
	struct exchange *waiting;	/* for a host or a token */
};

/* Loopback registries of tests and mirrors are plain more often than not, and
 * a TLS server says so when it hears plain http. */
static const char *const plain_first[] = { "http", "https", NULL };
static const char *const secure_first[] = { "https", "http", NULL };
static const char *const secure_only[] = { "https", NULL };

static void exchange_run(struct exchange *x);

struct session *
session_new(struct http *h)
{
	struct session *s = mem_zalloc(sizeof(*s));

	s->http = h;
	return s;
}

static void
token_free(struct token *t)
{
	if (t->authorization)
		explicit_bzero(t->authorization, strlen(t->authorization));
	free(t->authorization);
	free(t->scope);
	http_request_release(&t->request);
	error_release(&t->failure);
	free(t);
}

static void
repository_free(struct repository *r)
{
	struct token *t;

	while ((t = r->tokens)) {
		r->tokens = t->next;
		token_free(t);
	}
	credential_release(&r->who);
	free(r->path);
	free(r);
}

static void
host_free(struct host *h)
{
	http_request_release(&h->ping);
	certs_release(&h->trust);
	challenge_list_release(&h->challenges);
	error_release(&h->failure);
	free(h->base);
	free(h->name);
	free(h);
}

static void
exchange_free(struct exchange *x)
{
	http_request_release(&x->request);
	free(x->scope);
	free(x);
}

struct session *
session_free(struct session *s)
{
	struct repository *r;
	struct exchange *x;
	struct host *h;

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
	while ((h = s->hosts)) {
		s->hosts = h->next;
		host_free(h);
	}
	free(s);
	return NULL;
}

/* Hosts and repositories. */

static const char *const *
schemes_for(const char *host, int64_t tls_verify)
{
	if (tls_verify == 1)
		return secure_only;
	if (ref_host_is_loopback(host))
		return plain_first;
	return tls_verify == 0 ? secure_first : secure_only;
}

static int
host_add(struct session *s, const char *name, const struct json *packet,
	struct host **ret, struct error *err)
{
	cleanup_value(strv_release) struct strv dirs = { 0 };
	int64_t tls_verify = json_get_number(packet, "tls_verify", -1);
	struct host *h = mem_zalloc(sizeof(*h));
	int r;

	h->session = s;
	h->next = s->hosts;
	s->hosts = h;
	h->name = mem_strdup(name);
	h->schemes = schemes_for(name, tls_verify);
	h->trust.verify = tls_verify != 0;
	h->policy = (struct retry_policy){
		.retries = (int)json_get_number(packet, "retries", 5),
		.delay_ms = (int)json_get_number(packet, "retry_delay_ms", 500),
		.wait_max_ms = 60000,
		.refused_is_final = ref_host_is_loopback(name),
	};
	*ret = h;
	r = json_get_list(packet, "cert_dirs", &dirs, err);
	return r < 0 ? r : certs_load(&dirs, &h->trust, err);
}

static struct host *
host_find(const struct session *s, const char *name)
{
	struct host *h = s->hosts;

	while (h && strcmp(h->name, name) != 0)
		h = h->next;
	return h;
}

int
session_add_repository(struct session *s, const struct json *packet,
	struct error *err)
{
	const char *name = json_get_text(packet, "host");
	const char *path = json_get_text(packet, "path");
	struct repository *r;
	struct host *h;
	int failed = 0;

	if (!name || !path)
		return error_set(err, EBADMSG, "repository without a name");
	h = host_find(s, name);
	if (!h)
		failed = host_add(s, name, packet, &h, err);
	if (failed < 0)
		return failed;
	r = mem_zalloc(sizeof(*r));
	r->id = json_get_number(packet, "id", -1);
	r->host = h;
	r->path = mem_strdup(path);
	credential_from_packet(packet, &r->who);
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

const char *
repository_host(const struct repository *r)
{
	return r->host->name;
}

const struct retry_policy *
repository_policy(const struct repository *r)
{
	return &r->host->policy;
}

struct http *
repository_http(const struct repository *r)
{
	return r->host->session->http;
}

int *
repository_strategy(struct repository *r)
{
	return &r->host->strategy;
}

/* Waiting. */

static void
wait_in(struct session *s, struct exchange *x)
{
	x->next = s->waiting;
	s->waiting = x;
}

/* Something was learnt: those who waited look again. */
static void
wake(struct session *s)
{
	struct exchange *x, *all = s->waiting;

	s->waiting = NULL;
	while ((x = all)) {
		all = x->next;
		exchange_run(x);
	}
}

static void
copy_error(const struct error *from, struct error *to)
{
	(void)error_set(to, from->code, "%s", from->text);
	if (from->hint)
		(void)error_hint(to, "%s", from->hint);
	(void)error_kind(to, ERROR_REMOTE);
}

static void
exchange_fail(struct exchange *x, const struct error *why)
{
	struct http_answer a = { 0 };

	copy_error(why, &a.error);
	x->done(x->context, &a);
	http_answer_release(&a);
	exchange_free(x);
}

/* Asking a host how it wants to be talked to. */

static void
learn_challenges(struct host *h, const struct http_answer *a)
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

static void host_ask(struct host *h);

/* Did it hear a language it does not speak? */
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
host_failed(struct host *h, const struct http_answer *a)
{
	h->state = HOST_FAILED;
	if (a->error.code)
		(void)error_set(&h->failure, a->error.code,
			"cannot talk to registry '%s': %s", h->name,
			a->error.text);
	else
		(void)error_set(&h->failure, EIO,
			"registry '%s' answers with status %ld", h->name,
			a->status);
	if (a->error.code == EKEYREJECTED)
		(void)error_hint(&h->failure,
			"put its authority into a --cert-dir, or use "
			"--tls-verify=false");
	else if (a->error.code == EPROTO)
		(void)error_hint(&h->failure,
			"if it speaks plain http, use --tls-verify=false");
}

static void
host_answered(void *context, const struct http_answer *a)
{
	struct host *h = context;

	http_request_release(&h->ping);
	if (h->schemes[1] && is_wrong_scheme(a)) {
		h->schemes++;
		host_ask(h);
		return;
	}
	if (a->error.code || a->status >= 500 || a->status == 429) {
		host_failed(h, a);
	} else {
		h->state = HOST_READY;
		learn_challenges(h, a);
	}
	wake(h->session);
}

static void
host_ask(struct host *h)
{
	/* While another scheme may be the right one, failing is learning. */
	struct retry_policy policy = h->policy;

	if (h->schemes[1])
		policy.retries = 0;
	h->state = HOST_ASKED;
	free(h->base);
	h->base = mem_printf("%s://%s", h->schemes[0], h->name);
	http_request_init(&h->ping, "GET", mem_printf("%s/v2/", h->base));
	h->ping.trust = &h->trust;
	retry_start(h->session->http, &policy, &h->ping, host_answered, h);
}

/* Tokens. */

static void token_ask(struct token *t, const struct challenge *bearer);

static void
token_refused(struct token *t, const struct http_answer *a)
{
	const struct repository *r = t->repository;

	if (a->error.code) {
		(void)error_set(&t->failure, a->error.code,
			"cannot get a token for '%s/%s': %s", r->host->name,
			r->path, a->error.text);
		return;
	}
	(void)error_set(&t->failure, EACCES,
		"the token server of '%s' refused %s%s (status %ld)",
		r->host->name,
		credential_is_none(&r->who) ? "us" : "the credentials from ",
		r->who.origin ? r->who.origin : "", a->status);
	(void)error_hint(&t->failure,
		"check user and password, or use --creds or --authfile");
}

static void
token_answered(void *context, const struct http_answer *a)
{
	struct token *t = context;
	struct host *h = t->repository->host;
	int64_t life_ms = 0;

	http_request_release(&t->request);
	if (t->form == TOKEN_POST && (a->status == 404 || a->status == 405)) {
		t->form = TOKEN_GET;
		token_ask(t, challenge_list_find(&h->challenges, "bearer"));
		return;
	}
	t->asked = false;
	if (a->error.code || a->status != 200)
		token_refused(t, a);
	else
		(void)token_parse(buf_text(&a->body), a->body.len,
			&t->authorization, &life_ms, &t->failure);
	t->until_ms = clock_now_ms() + life_ms;
	wake(h->session);
}

static void
token_ask(struct token *t, const struct challenge *bearer)
{
	struct repository *r = t->repository;
	struct host *h = r->host;

	t->asked = true;
	if (token_request(bearer, h->base, &r->who, t->scope, t->form,
		    &h->trust, &t->request, &t->failure) < 0)
		return;
	retry_start(h->session->http, &h->policy, &t->request, token_answered,
		t);
}

static struct token *
token_find(struct repository *r, const char *scope)
{
	struct token *t = r->tokens;

	while (t && strcmp(t->scope, scope) != 0)
		t = t->next;
	if (t)
		return t;
	t = mem_zalloc(sizeof(*t));
	t->repository = r;
	t->scope = mem_strdup(scope);
	t->form = r->who.identity_token ? TOKEN_POST : TOKEN_GET;
	t->next = r->tokens;
	r->tokens = t;
	return t;
}

static void
token_forget(struct token *t)
{
	free(t->authorization);
	t->authorization = NULL;
}

/* 1 with the header's value set, 0 when it is on its way, or negative. */
static int
bearer_for(struct exchange *x, const struct challenge *bearer,
	struct error *err)
{
	struct repository *r = x->repository;
	struct token *t;

	if (r->who.registry_token) {
		x->request.authorization =
			mem_printf("Bearer %s", r->who.registry_token);
		return 1;
	}
	t = token_find(r, x->scope);
	if (t->authorization && clock_now_ms() >= t->until_ms)
		token_forget(t);
	if (!t->authorization && !t->asked && !t->failure.code)
		token_ask(t, bearer);
	if (t->failure.code) {
		copy_error(&t->failure, err);
		return -t->failure.code;
	}
	if (!t->authorization)
		return 0;
	x->request.authorization = mem_strdup(t->authorization);
	return 1;
}

/* As bearer_for(). Strangers (an upload's Location elsewhere) get nothing. */
static int
authorize(struct exchange *x, struct error *err)
{
	struct repository *r = x->repository;
	const struct challenges *c = &r->host->challenges;
	const struct challenge *bearer = challenge_list_find(c, "bearer");

	free(x->request.authorization);
	x->request.authorization = NULL;
	if (!url_same_origin(x->request.url, r->host->base))
		return 1;
	if (bearer)
		return bearer_for(x, bearer, err);
	if (challenge_list_find(c, "basic"))
		x->request.authorization = credential_basic(&r->who);
	return 1;
}

/* Exchanges. */

struct exchange *
exchange_new(struct repository *r, const char *method, char *url, char *scope)
{
	struct exchange *x = mem_zalloc(sizeof(*x));

	x->repository = r;
	http_request_init(&x->request, method, url);
	x->scope = scope;
	return x;
}

/* After a 401: is there something we have not tried? */
static bool
may_renew(struct exchange *x, const struct http_answer *a)
{
	struct host *h = x->repository->host;
	const struct challenge *bearer;
	const char *scope;
	char *joined;

	if (a->status != 401 || x->renewed || x->repository->who.registry_token)
		return false;
	x->renewed = true;
	learn_challenges(h, a);
	bearer = challenge_list_find(&h->challenges, "bearer");
	if (!bearer)
		return !x->request.authorization && x->repository->who.user &&
			challenge_list_find(&h->challenges, "basic");
	token_forget(token_find(x->repository, x->scope));
	scope = challenge_get(bearer, "scope");
	if (scope) {
		joined = token_join_scopes(x->scope, scope);
		free(x->scope);
		x->scope = joined;
	}
	return true;
}

static void
exchange_answered(void *context, const struct http_answer *a)
{
	struct exchange *x = context;

	if (may_renew(x, a)) {
		exchange_run(x);
		return;
	}
	x->done(x->context, a);
	exchange_free(x);
}

static void
exchange_go(struct exchange *x)
{
	struct host *h = x->repository->host;
	struct retry_policy policy = h->policy;

	if (x->once)
		policy.retries = 0;
	x->request.trust = &h->trust;
	retry_start(h->session->http, &policy, &x->request, exchange_answered,
		x);
}

static void
make_absolute(struct exchange *x)
{
	char *url;

	if (*x->request.url != '/')
		return;
	url = mem_printf("%s%s", x->repository->host->base, x->request.url);
	free(x->request.url);
	x->request.url = url;
}

static void
exchange_run(struct exchange *x)
{
	struct host *h = x->repository->host;
	autoerror err = { 0 };
	int r = 0;

	if (h->state == HOST_NEW)
		host_ask(h);
	if (h->state == HOST_FAILED) {
		exchange_fail(x, &h->failure);
		return;
	}
	if (h->state == HOST_READY) {
		make_absolute(x);
		r = authorize(x, &err);
	}
	if (r < 0)
		exchange_fail(x, &err);
	else if (r == 0)
		wait_in(h->session, x);
	else
		exchange_go(x);
}

void
exchange_send(struct exchange *x, http_done done, void *context)
{
	x->done = done;
	x->context = context;
	exchange_run(x);
}
