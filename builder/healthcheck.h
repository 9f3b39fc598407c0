/* SPDX-License-Identifier: Apache-2.0 */
/* healthcheck: HEALTHCHECK as a value. */
#ifndef BUILDER_HEALTHCHECK_H
#define BUILDER_HEALTHCHECK_H

#include <stdint.h>

#include "builder/dockerfile.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/json.h"
#include "util/strv.h"

enum healthcheck_time {
	HEALTHCHECK_INTERVAL, HEALTHCHECK_TIMEOUT, HEALTHCHECK_START_PERIOD,
	HEALTHCHECK_START_INTERVAL, HEALTHCHECK_TIMES
};

/* All-zero is empty; times of 0 are inherited. */
struct healthcheck {
	struct strv test;	/* "NONE" | "CMD", argv... | "CMD-SHELL", text */
	int64_t times_ns[HEALTHCHECK_TIMES];
	uint32_t retries;
};

void healthcheck_release(struct healthcheck *h);
/* ERROR_REQUEST: -EINVAL for a bad duration or number and for flags of a
 * HEALTHCHECK NONE, -ERANGE for a number that is too large. */
int healthcheck_parse(const struct instr *i, struct healthcheck *ret,
	struct error *err);
/* The object in an image's config (Docker's, which OCI leaves out). */
struct json *healthcheck_format(const struct healthcheck *h);
/* The history text. */
void healthcheck_add_history(const struct healthcheck *h, struct buf *b);

#endif
