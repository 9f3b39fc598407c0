/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "sandbox/network.h"
#include "sandbox/spec.h"

static void
writes_hosts(void **state)
{
	cleanup_value(strv_release) struct strv extra = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	autoerror err = { 0 };

	(void)state;
	buf_init(&text, KiB(64));
	strv_add(&extra, "db:10.0.0.1");
	strv_add(&extra, "six=::1");
	strv_add(&extra, "seven:[fe80::7]");
	assert_ok(network_format_hosts("box", &extra, &text, &err), &err);
	assert_string_equal(buf_text(&text),
		"127.0.0.1\tlocalhost box\n"
		"::1\tlocalhost ip6-localhost ip6-loopback\n"
		"10.0.0.1\tdb\n::1\tsix\nfe80::7\tseven\n");
}

static void
refuses_bad_hosts(void **state)
{
	static const char *const items[] = {
		"", "db", "db:", "db:1.2.3", "db:x", ":1.2.3.4",
		"a b:1.2.3.4", "a\nb:1.2.3.4", "db:1.2.3.4\n5.6.7.8 evil",
	};
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
		cleanup_value(strv_release) struct strv extra = { 0 };
		cleanup_value(buf_release) struct buf text = { 0 };

		buf_init(&text, KiB(64));
		strv_add(&extra, items[i]);
		assert_int_equal(network_format_hosts("h", &extra, &text,
			&err), -EINVAL);
		assert_int_equal(err.kind, ERROR_REQUEST);
		error_release(&err);
	}
}

static void
has_a_ceiling(void **state)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autoerror err = { 0 };

	(void)state;
	buf_init(&text, 20);
	assert_fails(network_format_hosts("h", NULL, &text, &err), &err, EFBIG,
		"/etc/hosts");
}

static void
parses_modes(void **state)
{
	enum network_mode mode = NETWORK_NONE;
	autoerror err = { 0 };

	(void)state;
	assert_ok(network_parse("host", &mode, &err), &err);
	assert_int_equal(mode, NETWORK_HOST);
	assert_ok(network_parse("none", &mode, &err), &err);
	assert_int_equal(mode, NETWORK_NONE);
	assert_fails(network_parse("bridge", &mode, &err), &err, EINVAL,
		"unknown network 'bridge'");
	assert_int_equal(mode, NETWORK_NONE);
}

static void
names_a_resolver(void **state)
{
	(void)state;
	assert_int_equal(network_resolv_conf()[0], '/');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_hosts),
		cmocka_unit_test(refuses_bad_hosts),
		cmocka_unit_test(has_a_ceiling),
		cmocka_unit_test(parses_modes),
		cmocka_unit_test(names_a_resolver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
