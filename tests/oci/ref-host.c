/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/ref-host.h"
#include "oci/ref.h"

static void
hosts_are_checked(void **state)
{
	static const struct {
		const char *host;
		bool valid;
	} hosts[] = {
		{ "localhost", true },
		{ "localhost:5000", true },
		{ "Registry.Example.org", true },
		{ "a-b.c", true },
		{ "127.0.0.1:80", true },
		{ "[::1]", true },
		{ "[2001:db8::1]:5000", true },
		{ "", false },
		{ "a..b", false },
		{ ".a", false },
		{ "a.", false },
		{ "-a", false },
		{ "a-", false },
		{ "a_b", false },
		{ "a:", false },
		{ "a:b", false },
		{ "a:123456", false },
		{ "a:1:2", false },
		{ "[::1", false },
		{ "[g::1]", false },
		{ "a/b", false },
		{ "a@b", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++)
		assert_int_equal(ref_host_is_valid(hosts[i].host),
			hosts[i].valid);
}

static void
a_first_component_is_a_host_or_not(void **state)
{
	(void)state;
	assert_true(ref_host_is_meant("localhost"));
	assert_true(ref_host_is_meant("a.b"));
	assert_true(ref_host_is_meant("a:1"));
	assert_false(ref_host_is_meant("library"));
	assert_false(ref_host_is_meant("Localhost"));
}

static void
loopback_is_known(void **state)
{
	(void)state;
	assert_true(ref_host_is_loopback("localhost"));
	assert_true(ref_host_is_loopback("localhost:5000"));
	assert_true(ref_host_is_loopback("127.0.0.1:1"));
	assert_true(ref_host_is_loopback("127.9.9.9"));
	assert_true(ref_host_is_loopback("[::1]:5000"));
	assert_false(ref_host_is_loopback("128.0.0.1"));
	assert_false(ref_host_is_loopback("localhost.example.org"));
	assert_false(ref_host_is_loopback("127.0.0.1.example.org"));
	assert_false(ref_host_is_loopback("[::2]"));
}

static void
docker_hub_answers_elsewhere(void **state)
{
	autoerror err = { 0 };
	autoref hub = { 0 }, other = { 0 };

	(void)state;
	assert_ok(ref_parse("busybox", &hub, &err), &err);
	assert_ok(ref_parse("h:1/busybox", &other, &err), &err);
	assert_string_equal(ref_api_host(&hub), "registry-1.docker.io");
	assert_string_equal(ref_api_host(&other), "h:1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_are_checked),
		cmocka_unit_test(a_first_component_is_a_host_or_not),
		cmocka_unit_test(loopback_is_known),
		cmocka_unit_test(docker_hub_answers_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
