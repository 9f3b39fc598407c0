/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/alarms.h"

struct bell {
	struct alarms *alarms;
	int rung;
};

static void
ring(void *context)
{
	struct bell *b = context;

	b->rung++;
	/* A new one that is due at once waits for the next turn. */
	if (b->alarms)
		alarms_add(b->alarms, 0, ring, b);
}

static void
rings_what_is_due_once(void **state)
{
	struct alarms all = { 0 };
	struct bell now = { 0 }, later = { 0 };

	(void)state;
	assert_int_equal(alarms_wait_ms(&all), 60000);
	alarms_add(&all, 0, ring, &now);
	alarms_add(&all, 30000, ring, &later);
	assert_int_equal(alarms_wait_ms(&all), 0);
	alarms_ring(&all);
	alarms_ring(&all);
	assert_int_equal(now.rung, 1);
	assert_int_equal(later.rung, 0);
	assert_in_range(alarms_wait_ms(&all), 20000, 30000);
	alarms_release(&all);
	assert_int_equal(alarms_wait_ms(&all), 60000);
}

static void
an_alarm_may_set_another(void **state)
{
	struct alarms all = { 0 };
	struct bell b = { &all, 0 };

	(void)state;
	alarms_add(&all, 0, ring, &b);
	alarms_ring(&all);
	assert_int_equal(b.rung, 1);
	alarms_ring(&all);
	assert_int_equal(b.rung, 2);
	alarms_release(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rings_what_is_due_once),
		cmocka_unit_test(an_alarm_may_set_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
