/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "sandbox/spec.h"

static void
networks_have_names(void **state)
{
	enum network_mode mode = NETWORK_HOST;
	autoerror err = { 0 };

	(void)state;
	assert_ok(network_parse("none", &mode, &err), &err);
	assert_int_equal(mode, NETWORK_NONE);
	assert_ok(network_parse("host", &mode, &err), &err);
	assert_int_equal(mode, NETWORK_HOST);
	assert_int_equal(network_parse("bridge", &mode, &err), -EINVAL);
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_non_null(strstr(err.text, "'bridge'"));
	assert_int_equal(mode, NETWORK_HOST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
