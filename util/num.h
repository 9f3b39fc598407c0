/* SPDX-License-Identifier: Apache-2.0 */
/* num: text to number and back, checked. */
#ifndef UTIL_NUM_H
#define UTIL_NUM_H

#include <stdint.h>

#include "util/error.h"

/* Whole text, decimal digits only, at most `max`; else -EINVAL or -ERANGE. */
int num_parse(const char *text, uint64_t max, uint64_t *ret, struct error *err);
int num_parse_octal(const char *text, uint64_t max, uint64_t *ret,
	struct error *err);
int num_parse_hex(const char *text, uint64_t max, uint64_t *ret,
	struct error *err);
/* Docker's sizes: a number, perhaps with a fraction, then b, k, m, g, t or p
 * with an optional b or iB, any case; powers of 1024 (docker/go-units
 * RAMInBytes). -EINVAL or -ERANGE. */
int num_parse_size(const char *text, uint64_t *ret_bytes, struct error *err);
/* Go's durations ("1m30s", "500ms", "0"); a bare number is an error.
 * -EINVAL or -ERANGE. */
int num_parse_duration(const char *text, int64_t *ret_ns, struct error *err);
/* RFC 3339 in UTC, "2026-11-23T05:42:36Z" or with nine digits of ns when there
 * are some. What has no year of four digits becomes the nearest that has.
 * Buffers of 40 bytes are large enough. */
void num_format_time(int64_t seconds, uint32_t nanoseconds, char ret[40]);
/* "12.3MB", for people: powers of 1000 as docker images prints them. */
void num_format_size(uint64_t bytes, char ret[24]);

#endif
