/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/port.h"

static void
ports_are_spelled_out(void **state)
{
	static const struct {
		const char *text, *ports;
	} rows[] = {
		{ "80", "80/tcp" },
		{ "53/UDP", "53/udp" },
		{ "9/sctp", "9/sctp" },
		{ "8000-8002/tcp", "8000/tcp 8001/tcp 8002/tcp" },
		{ "127.0.0.1:80:8080", "8080/tcp" },
		{ "0", "0/tcp" },
		{ "65535", "65535/tcp" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		cleanup_value(strv_release) struct strv ports = { 0 };
		autoerror err = { 0 };

		assert_ok(port_parse(rows[n].text, &ports, &err), &err);
		assert_text(strv_join(&ports, " "), rows[n].ports);
	}
}

static void
a_port_is_listed_once(void **state)
{
	cleanup_value(strv_release) struct strv ports = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(port_parse("80", &ports, &err), &err);
	assert_ok(port_parse("79-81", &ports, &err), &err);
	assert_text(strv_join(&ports, " "), "80/tcp 79/tcp 81/tcp");
}

static void
others_are_refused(void **state)
{
	static const char *const bad[] = { "", "http", "65536", "80/icmp",
		"90-80", "80-", "-80", "80/", "8 0" };
	cleanup_value(strv_release) struct strv ports = { 0 };
	autoerror err = { 0 };

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++)
		assert_fails(port_parse(bad[n], &ports, &err), &err, EINVAL,
			"is not a port");
	assert_int_equal(ports.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_are_spelled_out),
		cmocka_unit_test(a_port_is_listed_once),
		cmocka_unit_test(others_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
