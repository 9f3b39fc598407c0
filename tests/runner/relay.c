/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/relay.h"

static void
assert_port(const char *text, const char *address, int host_port, int port)
{
	struct relay_port p;
	char shown[16];

	assert_int_equal(relay_parse(text, &p, NULL), 0);
	(void)inet_ntop(AF_INET, &p.address, shown, sizeof(shown));
	assert_string_equal(shown, address);
	assert_int_equal(p.host_port, host_port);
	assert_int_equal(p.port, port);
}

static void
ports(void **state)
{
	(void)state;
	assert_port("80", "127.0.0.1", 0, 80);
	assert_port("8080:80", "127.0.0.1", 8080, 80);
	assert_port("8080:80/tcp", "127.0.0.1", 8080, 80);
	assert_port("0.0.0.0:8080:80", "0.0.0.0", 8080, 80);
	assert_port("127.0.0.2::80", "127.0.0.2", 0, 80);
}

static void
assert_refused(const char *text, const char *message)
{
	struct relay_port p;
	autoerror err = { 0 };

	assert_int_equal(relay_parse(text, &p, &err), -EINVAL);
	assert_string_equal(err.text, message);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

static void
no_ports(void **state)
{
	(void)state;
	assert_refused("", "port '': no port of a container");
	assert_refused("0", "port '0': no port of a container");
	assert_refused("80:x", "port '80:x': no port of a container");
	assert_refused("1-2:80", "port '1-2:80': no port of this host");
	assert_refused("70000:80", "port '70000:80': no port of this host");
	assert_refused("a:1:80", "port 'a:1:80': no address of this host");
	assert_refused("53:53/udp", "port '53:53/udp': only tcp is relayed");
	assert_refused("1:2:3:4", "port '1:2:3:4': no port of a container");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports),
		cmocka_unit_test(no_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
