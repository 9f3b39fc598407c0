/* SPDX-License-Identifier: Apache-2.0 */
/* host: a registry's host; which scheme it speaks and what it asks of us. */
#ifndef OCI_HOST_H
#define OCI_HOST_H

#include "oci/challenge.h"
#include "oci/http.h"
#include "oci/retry.h"
#include "util/json.h"

struct host;
/* Something that was waited for is there, or has failed: look again. */
typedef void (*host_wake)(void *context);

/*
 * From a "repository" packet (oci/net.h): host, tls_verify, cert_dirs, retries,
 * retry_delay_ms. Nothing is sent yet. What certs_load() says. `wake` is called
 * from http_step().
 */
int host_new(struct http *http, const struct json *packet, host_wake wake,
	void *context, struct host **ret, struct error *err);
struct host *host_free(struct host *h);

/* 1 when it has told how it wants to be talked to; 0 when it is being asked
 * (then `wake` follows); negative when it cannot be talked to. */
int host_is_ready(struct host *h, struct error *err);
/* Take over the challenges of a later answer, if it has any. */
void host_learn(struct host *h, const struct http_answer *a);

/* Borrowed. `base` ("https://name") is there once it is ready. */
const char *host_name(const struct host *h);
const char *host_base(const struct host *h);
const struct challenge *host_challenge(const struct host *h,
	const char *scheme);
const struct http_trust *host_trust(const struct host *h);
const struct retry_policy *host_policy(const struct host *h);
/* Which upload strategy it accepted so far; registry-upload.c's. */
int *host_strategy(struct host *h);

DEFINE_CLEANUP(struct host *, host_free);

#endif
