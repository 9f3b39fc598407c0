/* SPDX-License-Identifier: Apache-2.0 */
#include "util/clock.h"

#include <limits.h>
#include <time.h>

int64_t
clock_now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
clock_wall_seconds(uint32_t *ret_nanoseconds)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	if (ret_nanoseconds)
		*ret_nanoseconds = (uint32_t)t.tv_nsec;
	return t.tv_sec;
}

int
clock_left_ms(int64_t deadline_ms)
{
	int64_t left;

	if (deadline_ms < 0)
		return -1;
	left = deadline_ms - clock_now_ms();
	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

int64_t
clock_deadline_ms(int64_t timeout_ms)
{
	return timeout_ms < 0 ? -1 : clock_now_ms() + timeout_ms;
}
