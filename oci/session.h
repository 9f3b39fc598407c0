/* SPDX-License-Identifier: Apache-2.0 */
/* session: the repositories we talk to, and requests that carry all that their
 * registries ask for. */
#ifndef OCI_SESSION_H
#define OCI_SESSION_H

#include "oci/credential.h"
#include "oci/host.h"
#include "util/json.h"

/* All hosts and repositories of one slipway-net. */
struct session;

/* A repository as we know it. Lives as long as the session. */
struct repository {
	struct repository *next;
	struct session *session;
	int64_t id;
	struct host *host;
	char *path;
	struct credential who;
	struct bearer *bearer;
};

struct session *session_new(struct http *h);
struct session *session_free(struct session *s);

/* Learn a "repository" packet (oci/net.h). -EBADMSG when members are missing;
 * what certs_load() says. */
int session_add_repository(struct session *s, const struct json *packet,
	struct error *err);
/* By the id of its packet, or NULL. */
struct repository *session_repository(const struct session *s, int64_t id);
/* The loop in which the repository's requests run. */
struct http *session_http(const struct repository *r);

/*
 * One request to a repository with everything around it: which scheme the host
 * speaks, what it wants to know about us, tokens, retries. Filled by the
 * caller between new and send.
 */
struct exchange {
	struct repository *repository;
	struct http_request request;
	char *scope;		/* space list: "repository:NAME:pull" */
	bool once;		/* no retries: the caller starts anew */
	/* Set by session_send(). */
	http_done done;
	void *context;
	struct exchange *next;
	bool renewed;
};

/* `url` is a path ("/v2/...") or an absolute address, `scope` as above; both
 * are taken over. */
struct exchange *session_exchange(struct repository *r, const char *method,
	char *url, char *scope);
/* Takes it over; `done` is called once: from http_step(), or at once when the
 * host has failed before. */
void session_send(struct exchange *x, http_done done, void *context);

DEFINE_CLEANUP(struct session *, session_free);

#endif
