/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <signal.h>

#include "oci/http-sink.h"

/* A pipe that does not block; the sink has its write end. */
struct line {
	struct http_sink sink;
	int read_fd, write_fd;
};

static struct line
line_make(uint64_t max_bytes)
{
	struct line l;
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	l.read_fd = fds[0];
	l.write_fd = fds[1];
	http_sink_init(&l.sink, fds[1], max_bytes);
	return l;
}

static void
line_release(struct line *l)
{
	http_sink_release(&l->sink);
	scope_close(&l->read_fd);
	scope_close(&l->write_fd);
}

#define autoline cleanup_value(line_release) struct line

static void
assert_came(const struct line *l, const char *text)
{
	char got[64] = "";

	assert_int_equal(read(l->read_fd, got, sizeof(got) - 1), strlen(text));
	assert_string_equal(got, text);
}

static void
bytes_go_through(void **state)
{
	autoline l = line_make(5);
	autoerror err = { 0 };

	(void)state;
	assert_ok(http_sink_take(&l.sink, "abc", 3, &err), &err);
	assert_came(&l, "abc");
	assert_int_equal(l.sink.written, 3);
	assert_fails(http_sink_take(&l.sink, "def", 3, &err), &err, EFBIG,
		"more than the 5 bytes");
	assert_ok(http_sink_take(&l.sink, "de", 2, &err), &err);
	assert_ok(http_sink_flush(&l.sink, &err), &err);
	assert_came(&l, "de");
}

static void
a_full_descriptor_is_waited_for(void **state)
{
	autofree char *much = mem_zalloc(KiB(128));
	autoline l = line_make(MiB(1));
	autoerror err = { 0 };
	size_t seen = 0;
	ssize_t n;
	int r;

	(void)state;
	assert_ok(http_sink_take(&l.sink, much, KiB(128), &err), &err);
	assert_int_equal(http_sink_take(&l.sink, "x", 1, &err), -EAGAIN);
	assert_int_equal(l.sink.written, KiB(128));
	do {
		r = http_sink_flush(&l.sink, &err);
		n = read(l.read_fd, much, KiB(128));
		seen += n > 0 ? (size_t)n : 0;
	} while (r == -EAGAIN);
	assert_ok(r, &err);
	assert_int_equal(seen, KiB(128));
	assert_ok(http_sink_take(&l.sink, "x", 1, &err), &err);
}

static void
nobody_reads(void **state)
{
	autoline l = line_make(10);
	autoerror err = { 0 };

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	scope_close(&l.read_fd);
	l.read_fd = -1;
	assert_fails(http_sink_take(&l.sink, "x", 1, &err), &err, EPIPE,
		"cannot pass on");
}

static void
a_second_attempt_goes_on(void **state)
{
	static const char *const bad[] = { NULL, "", "bytes 2-9/10",
		"bytes 4-9/10", "bytes -9/10", "bytes 3", "3-9",
		"bytes 99999999999999999999999-" };
	autoline l = line_make(10);
	autoerror err = { 0 };

	(void)state;
	assert_ok(http_sink_take(&l.sink, "abc", 3, &err), &err);
	assert_came(&l, "abc");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_fails(http_sink_begin(&l.sink, 206, bad[i], &err), &err,
			EBADMSG, "from byte 3");
	assert_ok(http_sink_begin(&l.sink, 206, "bytes 3-9/10", &err), &err);
	assert_ok(http_sink_take(&l.sink, "de", 2, &err), &err);
	assert_came(&l, "de");
	/* All of it again: what is there already is dropped. */
	assert_ok(http_sink_begin(&l.sink, 200, NULL, &err), &err);
	assert_ok(http_sink_take(&l.sink, "abc", 3, &err), &err);
	assert_ok(http_sink_take(&l.sink, "defg", 4, &err), &err);
	assert_came(&l, "fg");
	assert_int_equal(l.sink.written, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_go_through),
		cmocka_unit_test(a_full_descriptor_is_waited_for),
		cmocka_unit_test(nobody_reads),
		cmocka_unit_test(a_second_attempt_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
