/* SPDX-License-Identifier: Apache-2.0 */
/* retry: requests that are sent again while that may help. */
#ifndef OCI_RETRY_H
#define OCI_RETRY_H

#include <stdbool.h>

#include "oci/http.h"

struct retry_policy {
	int retries;		/* after the first attempt */
	int delay_ms;		/* before the first retry, doubled each time */
	int wait_max_ms;	/* longest Retry-After that is honoured */
	bool refused_is_final;	/* nobody listens: no retry, nobody will */
};

/* May another attempt succeed: connections lost or refused, 408, 425, 429 (but
 * not a used-up quota), 500, 502, 503, 504? */
bool retry_is_worthwhile(const struct http_answer *a);
/* How long to wait before attempt `tries` + 1: Retry-After, else somewhere
 * between 0 and delay_ms doubled `tries` times, at most 30 s. */
int64_t retry_delay_ms(const struct retry_policy *p, int tries,
	const struct http_answer *a);

/*
 * http_start() until the answer is good or final, or the retries are used up.
 * A sink goes on where the failed attempt stopped. `q` is borrowed until
 * `done`.
 */
void retry_start(struct http *h, const struct retry_policy *p,
	const struct http_request *q, http_done done, void *context);

#endif
