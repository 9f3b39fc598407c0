/* SPDX-License-Identifier: Apache-2.0 */
/* clock: time that only goes forward, for deadlines and durations. */
#ifndef UTIL_CLOCK_H
#define UTIL_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC. */
int64_t clock_now_ms(void);
/* Wall clock, seconds since 1970, for records people read. */
int64_t clock_wall_seconds(uint32_t *ret_nanoseconds);
/* What poll(2) wants: milliseconds until `deadline_ms`, 0 when it has passed,
 * -1 (for ever) when it is negative. */
int clock_left_ms(int64_t deadline_ms);
/* The deadline `timeout_ms` from now, negative for none. */
int64_t clock_deadline_ms(int64_t timeout_ms);

#endif
