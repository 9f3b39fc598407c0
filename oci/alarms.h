/* SPDX-License-Identifier: Apache-2.0 */
/* alarms: what a poll loop does later. */
#ifndef OCI_ALARMS_H
#define OCI_ALARMS_H

#include <stdint.h>

typedef void (*alarm_ring)(void *context);

/* All-zero is none set. */
struct alarms {
	struct alarm *first;
};

/* Call `ring` once, from alarms_ring(), when `delay_ms` have gone by. */
void alarms_add(struct alarms *a, int64_t delay_ms, alarm_ring ring,
	void *context);
/* Until the next one is due, at most a minute. */
int alarms_wait_ms(const struct alarms *a);
/* Ring those that are due; they may set new ones. */
void alarms_ring(struct alarms *a);
/* Forget all. */
void alarms_release(struct alarms *a);

#endif
