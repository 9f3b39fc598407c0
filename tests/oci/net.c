/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/socket.h>

#include "oci/net.h"

static void
make_pair(int ret[2])
{
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret), 0);
}

static void
a_packet_and_its_descriptor(void **state)
{
	cleanup(json_free) struct json *out = json_new_object();
	cleanup(json_free) struct json *in = NULL;
	autoerror err = { 0 };
	autoclose int fd = -1;
	int pair[2], pipe_fds[2];
	char c;

	(void)state;
	make_pair(pair);
	assert_int_equal(pipe(pipe_fds), 0);
	json_set_text(out, "op", "blob");
	assert_ok(net_send(pair[0], out, pipe_fds[1], 0, &err), &err);
	assert_ok(net_send(pair[0], out, -1, 0, &err), &err);
	assert_int_equal(net_receive(pair[1], 0, &in, &fd, &err), 1);
	assert_string_equal(json_get_text(in, "op"), "blob");
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(read(pipe_fds[0], &c, 1), 1);
	in = json_free(in);
	(void)close(fd);
	fd = -1;
	assert_int_equal(net_receive(pair[1], 0, &in, &fd, &err), 1);
	assert_int_equal(fd, -1);
	(void)close(pipe_fds[0]);
	(void)close(pipe_fds[1]);
	(void)close(pair[0]);
	(void)close(pair[1]);
}

static void
nothing_there_and_nobody_there(void **state)
{
	cleanup(json_free) struct json *out = json_new_object();
	struct json *in = NULL;
	autoerror err = { 0 };
	int pair[2], fd = -1;

	(void)state;
	make_pair(pair);
	assert_int_equal(net_receive(pair[0], MSG_DONTWAIT, &in, &fd, &err),
		-EAGAIN);
	error_release(&err);
	(void)close(pair[1]);
	assert_int_equal(net_receive(pair[0], 0, &in, &fd, &err), 0);
	assert_fails(net_send(pair[0], out, -1, 0, &err), &err, EPIPE, "send");
	(void)close(pair[0]);
	assert_null(in);
}

static void
full_is_eagain(void **state)
{
	cleanup(json_free) struct json *out = json_new_object();
	autoerror err = { 0 };
	int pair[2], r = 0;

	(void)state;
	make_pair(pair);
	for (int i = 0; r == 0 && i < 10000; i++)
		r = net_send(pair[0], out, -1, MSG_DONTWAIT, &err);
	assert_int_equal(r, -EAGAIN);
	error_release(&err);
	(void)close(pair[0]);
	(void)close(pair[1]);
}

static void
too_large_and_no_packet(void **state)
{
	cleanup(json_free) struct json *out = json_new_object();
	autofree char *long_text = mem_alloc(NET_PACKET_MAX + 1);
	struct json *in = NULL;
	autoerror err = { 0 };
	int pair[2], fd = -1;

	(void)state;
	make_pair(pair);
	memset(long_text, 'a', NET_PACKET_MAX);
	long_text[NET_PACKET_MAX] = '\0';
	json_set_text(out, "x", long_text);
	assert_fails(net_send(pair[0], out, -1, 0, &err), &err, EFBIG,
		"packet");
	assert_int_equal(send(pair[0], "{", 1, 0), 1);
	assert_fails(net_receive(pair[1], 0, &in, &fd, &err), &err, EBADMSG,
		"packet");
	assert_int_equal(send(pair[0], long_text, NET_PACKET_MAX + 1, 0),
		NET_PACKET_MAX + 1);
	assert_fails(net_receive(pair[1], 0, &in, &fd, &err), &err, EBADMSG,
		"too large");
	(void)close(pair[0]);
	(void)close(pair[1]);
}

static void
errors_travel(void **state)
{
	cleanup(json_free) struct json *answer = json_new_object();
	struct error out = { 0 }, in = { 0 };

	(void)state;
	assert_int_equal(net_get_error(answer, &in), 0);
	(void)error_set(&out, ENOENT, "not there");
	(void)error_kind(&out, ERROR_REMOTE);
	(void)error_hint(&out, "look elsewhere");
	net_set_error(answer, &out);
	assert_int_equal(net_get_error(answer, &in), -ENOENT);
	assert_string_equal(in.text, "not there");
	assert_string_equal(in.hint, "look elsewhere");
	assert_int_equal(in.kind, ERROR_REMOTE);
	error_release(&in);
	error_release(&out);
}

static void
strange_codes_are_eio(void **state)
{
	static const char text[] = "{\"error\": {\"code\": -5}}";
	cleanup(json_free) struct json *answer = NULL;
	autoerror err = { 0 };

	(void)state;
	assert_ok(json_parse(text, strlen(text), 100, "x", &answer, &err),
		&err);
	assert_fails(net_get_error(answer, &err), &err, EIO, "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_and_its_descriptor),
		cmocka_unit_test(nothing_there_and_nobody_there),
		cmocka_unit_test(full_is_eagain),
		cmocka_unit_test(too_large_and_no_packet),
		cmocka_unit_test(errors_travel),
		cmocka_unit_test(strange_codes_are_eio),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
