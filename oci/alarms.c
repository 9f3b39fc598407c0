/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/alarms.h"

#include <stdlib.h>

#include "util/clock.h"
#include "util/mem.h"

#define WAIT_MAX_MS 60000

struct alarm {
	struct alarm *next;
	int64_t due_ms;
	alarm_ring ring;
	void *context;
};

void
alarms_add(struct alarms *s, int64_t delay_ms, alarm_ring ring, void *context)
{
	struct alarm *a = mem_zalloc(sizeof(*a));

	a->due_ms = clock_now_ms() + delay_ms;
	a->ring = ring;
	a->context = context;
	a->next = s->first;
	s->first = a;
}

int
alarms_wait_ms(const struct alarms *s)
{
	int64_t now = clock_now_ms(), wait = WAIT_MAX_MS;

	for (const struct alarm *a = s->first; a; a = a->next)
		if (a->due_ms - now < wait)
			wait = a->due_ms > now ? a->due_ms - now : 0;
	return (int)wait;
}

/* Take out those that are due, before any of them can set new ones. */
static struct alarm *
take_due(struct alarms *s)
{
	struct alarm **at = &s->first;
	int64_t now = clock_now_ms();
	struct alarm *due = NULL;
	struct alarm *a;

	while ((a = *at)) {
		if (a->due_ms > now) {
			at = &a->next;
			continue;
		}
		*at = a->next;
		a->next = due;
		due = a;
	}
	return due;
}

void
alarms_ring(struct alarms *s)
{
	struct alarm *due = take_due(s);
	struct alarm *a;

	while ((a = due)) {
		due = a->next;
		a->ring(a->context);
		free(a);
	}
}

void
alarms_release(struct alarms *s)
{
	struct alarm *a;

	while ((a = s->first)) {
		s->first = a->next;
		free(a);
	}
}
