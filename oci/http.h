/* SPDX-License-Identifier: Apache-2.0 */
/* http: requests under way, all in one poll loop; the only place, with
 * http-call, that knows libcurl. */
#ifndef OCI_HTTP_H
#define OCI_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "oci/alarms.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/scope.h"
#include "util/strv.h"

/* Whom to believe, and who we are, towards one host. */
struct http_trust {
	bool verify;		/* certificates are checked */
	char *ca_pem;		/* more authorities, or NULL */
	char *cert_pem;		/* our certificate and key, or NULL */
	char *key_pem;
};

/*
 * Where the body of a good answer goes: a descriptor that may be full (then
 * the transfer pauses). `written` survives a failed attempt, so that the next
 * one can ask for the rest.
 */
struct http_sink {
	int fd;
	uint64_t written;
	uint64_t max;		/* more than this is -EFBIG */
	bool exact;		/* less than `max` is ECONNRESET */
	uint64_t skip;		/* bytes that come again and are dropped */
	struct buf pending;	/* taken, but not yet accepted by `fd` */
};

/* Borrowed by http_start() until the answer is there. */
struct http_request {
	const char *method;
	char *url;
	struct strv headers;		/* "Name: value" */
	char *authorization;		/* value of that header, or NULL; never
					 * follows a redirect to another scheme,
					 * host or port */
	const struct http_trust *trust;
	char *text;			/* body, or NULL */
	int body_fd;			/* or the body: a range of a file; -1 */
	uint64_t body_offset, body_size;
	uint64_t *sent;			/* counts body bytes sent, or NULL */
	struct http_sink *sink;		/* NULL: into the answer */
	size_t answer_max;		/* bytes of an answer kept in memory */
};

void http_request_init(struct http_request *q, const char *method, char *url);
void http_request_release(struct http_request *q);

/* What came. `error` is set when there was no whole answer: ECONNREFUSED,
 * EHOSTUNREACH, ETIMEDOUT, ECONNRESET (worth a retry), EKEYREJECTED (bad
 * certificate), EPROTO (does not speak TLS, or HTTP), EFBIG, EPIPE (nobody
 * reads the sink any more). */
struct http_answer {
	struct error error;
	long status;
	struct strv headers;		/* "name=value", lower-case names */
	struct buf body;
	char *url;			/* after redirects */
	int64_t retry_after_ms;		/* 0: not said */
};

void http_answer_release(struct http_answer *a);
/* Remember a header line "Name: value" as it came; the 65th and over-long ones
 * are dropped. */
void http_answer_add_header(struct http_answer *a, const char *line,
	size_t len);
/* Borrowed value of the first header of that name (lower case), or NULL. */
const char *http_answer_header(const struct http_answer *a, const char *name);

struct http;
typedef void (*http_done)(void *context, const struct http_answer *a);

struct http *http_new(void);
/* Drops what is under way without telling anybody. */
struct http *http_free(struct http *h);

/* Begin; `done` is called from http_step(), once. Redirects are followed: at
 * most 10, never from https to http. */
void http_start(struct http *h, const struct http_request *q, http_done done,
	void *context);
/* Call `ring` once, from http_step(), in `delay_ms`. */
void http_after(struct http *h, int64_t delay_ms, alarm_ring ring,
	void *context);

/* Wait until something moves, `fd` has one of `events` (poll(2)), or an alarm
 * rings; do what is due. Returns the events of `fd`, or negative. */
int http_step(struct http *h, int fd, short events, struct error *err);

DEFINE_CLEANUP(struct http *, http_free);

#endif
