/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "sandbox/hub.h"
#include "util/mem.h"
#include "util/proc.h"
#include "util/scope.h"

#define PORT 80

static struct sockaddr_in
place(unsigned member)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(PORT) };
	char text[16];

	hub_address(member, text);
	assert_int_equal(inet_pton(AF_INET, text, &a.sin_addr), 1);
	return a;
}

/* In a child: join, and listen or connect; 0 is success. */
static int
listen_as(int ns_fd, unsigned member, int ready_fd)
{
	struct sockaddr_in a = place(member);
	struct userns ns;
	int fd;

	if (userns_join(ns_fd, &ns, NULL) < 0 ||
		userns_join_network(ns_fd, NULL) < 0)
		return 1;
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
		listen(fd, 1) < 0 || write(ready_fd, "", 1) != 1)
		return 2;
	return accept(fd, NULL, NULL) < 0 ? 3 : 0;
}

static int
connect_as(int ns_fd, unsigned to)
{
	struct sockaddr_in a = place(to);
	struct userns ns;
	int fd;

	if (userns_join(ns_fd, &ns, NULL) < 0 ||
		userns_join_network(ns_fd, NULL) < 0)
		return 1;
	fd = socket(AF_INET, SOCK_STREAM, 0);
	return connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ? 2 : 0;
}

static int
open_hub(struct hub **ret)
{
	autoerror err = { 0 };

	if (hub_open(IDENTITY_AUTO, ret, &err) == 0)
		return 0;
	print_message("the host lacks user namespaces: %s\n", err.text);
	return -1;
}

static int
status_of(struct proc *p)
{
	struct proc_end end;

	assert_int_equal(proc_wait(p, 10000, &end, NULL), 0);
	return proc_end_status(&end);
}

static int
connect_in_child(int ns_fd, unsigned to)
{
	autoproc child = { 0 };

	if (proc_fork(&child, NULL) == 0)
		_exit(connect_as(ns_fd, to));
	return status_of(&child);
}

static void
members_reach_each_other(void **state)
{
	cleanup(hub_free) struct hub *h = NULL;
	autoclose int a = -1, b = -1, bridge = -1;
	autoproc server = { 0 };
	autoerror err = { 0 };
	int ready[2];
	char byte;

	(void)state;
	if (open_hub(&h) < 0)
		skip();
	if (hub_join(h, 0, 0, true, &a, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(hub_join(h, 0, 1, false, &b, NULL), 0);
	assert_int_equal(hub_network(h, 0, &bridge, NULL), 0);
	assert_int_equal(pipe(ready), 0);
	if (proc_fork(&server, NULL) == 0)
		_exit(listen_as(a, 0, ready[1]));
	(void)close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	assert_int_equal(connect_in_child(b, 0), 0);
	assert_int_equal(connect_in_child(bridge, 1), 2); /* refused */
	assert_int_equal(status_of(&server), 0);
}

/* The same address twice, on networks that know nothing of each other. */
static void
networks_are_apart(void **state)
{
	cleanup(hub_free) struct hub *h = NULL;
	autoclose int a = -1, b = -1, again = -1;

	(void)state;
	if (open_hub(&h) < 0)
		skip();
	assert_int_equal(hub_join(h, 0, 0, false, &a, NULL), 0);
	assert_int_equal(hub_join(h, 1, 0, false, &b, NULL), 0);
	assert_int_equal(hub_join(h, 1, 1, false, &again, NULL), 0);
	assert_int_equal(hub_join(h, HUB_NETWORKS_MAX, 1, false, &again, NULL),
		-E2BIG);
	assert_int_equal(hub_join(h, 0, HUB_MEMBERS_MAX, false, &again, NULL),
		-E2BIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_reach_each_other),
		cmocka_unit_test(networks_are_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
