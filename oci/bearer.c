/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/bearer.h"

#include <errno.h>
#include <string.h>

#include "oci/token.h"
#include "util/clock.h"
#include "util/mem.h"

/* What is known for one scope. */
struct grant {
	struct grant *next;
	struct bearer *bearer;
	char *scope;
	char *authorization;		/* NULL: not here (yet) */
	int64_t until_ms;
	bool asked;
	enum token_form form;
	struct http_request request;
	struct error failure;
};

struct bearer {
	struct http *http;
	struct host *host;
	const char *path;
	const struct credential *who;
	host_wake wake;
	void *context;
	struct grant *grants;
};

struct bearer *
bearer_new(struct http *http, struct host *host, const char *path,
	const struct credential *who, host_wake wake, void *context)
{
	struct bearer *b = mem_zalloc(sizeof(*b));

	*b = (struct bearer){ .http = http, .host = host, .path = path,
		.who = who, .wake = wake, .context = context };
	return b;
}

static void
forget(struct grant *g)
{
	if (g->authorization)
		explicit_bzero(g->authorization, strlen(g->authorization));
	free(g->authorization);
	g->authorization = NULL;
}

struct bearer *
bearer_free(struct bearer *b)
{
	struct grant *g;

	if (!b)
		return NULL;
	while ((g = b->grants)) {
		b->grants = g->next;
		forget(g);
		free(g->scope);
		http_request_release(&g->request);
		error_release(&g->failure);
		free(g);
	}
	free(b);
	return NULL;
}

static void
refused(struct grant *g, const struct http_answer *a)
{
	const struct bearer *b = g->bearer;
	struct error *err = &g->failure;

	if (a->error.code) {
		(void)error_set(err, a->error.code,
			"cannot get a token for '%s/%s': %s",
			host_name(b->host), b->path, a->error.text);
	} else {
		(void)error_set(err, EACCES,
			"the token server of '%s' refused %s%s (status %ld)",
			host_name(b->host),
			b->who->origin ? "the credentials from " : "us",
			b->who->origin ? b->who->origin : "", a->status);
		(void)error_hint(err,
			"check user and password, or use --creds or --authfile");
	}
	(void)error_kind(err, ERROR_REMOTE);
}

static void ask(struct grant *g);

static void
answered(void *context, const struct http_answer *a)
{
	struct grant *g = context;
	struct bearer *b = g->bearer;
	int64_t life_ms = 0;

	http_request_release(&g->request);
	/* OAuth2 is an extension; some servers only know the older form. */
	if (g->form == TOKEN_POST && (a->status == 404 || a->status == 405)) {
		g->form = TOKEN_GET;
		ask(g);
		return;
	}
	g->asked = false;
	if (a->error.code || a->status != 200)
		refused(g, a);
	else
		(void)token_parse(buf_text(&a->body), a->body.len,
			&g->authorization, &life_ms, &g->failure);
	g->until_ms = clock_now_ms() + life_ms;
	b->wake(b->context);
}

static void
ask(struct grant *g)
{
	struct bearer *b = g->bearer;
	int r;

	g->asked = true;
	r = token_request(host_challenge(b->host, "bearer"),
		host_base(b->host), b->who, g->scope, g->form,
		host_trust(b->host), &g->request, &g->failure);
	if (r >= 0)
		retry_start(b->http, host_policy(b->host), &g->request,
			answered, g);
}

static struct grant *
find(struct bearer *b, const char *scope)
{
	struct grant *g = b->grants;

	while (g && strcmp(g->scope, scope) != 0)
		g = g->next;
	if (g)
		return g;
	g = mem_zalloc(sizeof(*g));
	g->bearer = b;
	g->scope = mem_strdup(scope);
	g->form = b->who->identity_token ? TOKEN_POST : TOKEN_GET;
	g->next = b->grants;
	b->grants = g;
	return g;
}

int
bearer_get(struct bearer *b, const char *scope, char **ret, struct error *err)
{
	struct grant *g = find(b, scope);

	if (g->authorization && clock_now_ms() >= g->until_ms)
		forget(g);
	if (!g->authorization && !g->asked && !g->failure.code)
		ask(g);
	if (g->failure.code)
		return error_copy(err, &g->failure);
	if (!g->authorization)
		return 0;
	*ret = mem_strdup(g->authorization);
	return 1;
}

void
bearer_forget(struct bearer *b, const char *scope)
{
	forget(find(b, scope));
}
