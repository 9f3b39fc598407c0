/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/http-sink.h"
#include "oci/http.h"
#include "tests/lib/web.h"

/* What came, copied out of the callback. */
struct outcome {
	bool done;
	int code;
	long status;
	char *text;
	char *header;
	int64_t retry_after_ms;
};

static void
take(void *context, const struct http_answer *a)
{
	struct outcome *o = context;
	const char *header = http_answer_header(a, "x-test");

	o->done = true;
	o->code = a->error.code;
	o->status = a->status;
	o->text = mem_strdup(a->error.code ? a->error.text :
		buf_text(&a->body));
	o->header = mem_strdup(header);
	o->retry_after_ms = a->retry_after_ms;
}

static void
outcome_release(struct outcome *o)
{
	free(o->text);
	free(o->header);
}

#define autooutcome cleanup_value(outcome_release) struct outcome

static void
run(struct http_request *q, struct outcome *o)
{
	cleanup(http_free) struct http *h = http_new();
	autoerror err = { 0 };

	http_start(h, q, take, o);
	while (!o->done)
		assert_true(http_step(h, -1, 0, &err) >= 0);
}

static void
ask(const struct web *w, const char *path, struct outcome *o)
{
	struct http_request q;

	http_request_init(&q, "GET",
		mem_printf("http://127.0.0.1:%d%s", w->port, path));
	q.authorization = mem_strdup("Bearer secret");
	q.answer_max = 100;
	run(&q, o);
	http_request_release(&q);
}

static void
answers_come_whole(void **state)
{
	struct web_row rows[] = {
		{ "GET /a ", "HTTP/1.1 200 OK\r\nX-Test:  v \r\n"
			"Retry-After: 7\r\nContent-Length: 2\r\n\r\nhi", 0 },
		{ "GET /no ", WEB_STATUS("404", ""), 0 },
		{ 0 },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autooutcome a = { 0 }, no = { 0 };

	(void)state;
	ask(&w, "/a", &a);
	assert_int_equal(a.code, 0);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.text, "hi");
	assert_string_equal(a.header, "v");
	assert_int_equal(a.retry_after_ms, 7000);
	ask(&w, "/no", &no);
	assert_int_equal(no.status, 404);
	assert_int_equal(web_count(&w, "Authorization: Bearer secret"), 2);
}

static void
failures_have_codes(void **state)
{
	struct web_row rows[] = {
		{ "GET /cut ", NULL, 0 },
		{ "GET /short ", WEB_OK("abc", "10"), 0 },
		{ "GET /long ", "HTTP/1.1 200 OK\r\n\r\n"
			"0123456789012345678901234567890123456789012345678901"
			"0123456789012345678901234567890123456789012345678901",
			0 },
		{ "GET /odd ", "SSH-2.0-OpenSSH\r\n", 0 },
		{ 0 },
	};
	static const struct {
		const char *path;
		int code;
	} cases[] = {
		{ "/cut", ECONNRESET },
		{ "/short", ECONNRESET },
		{ "/long", EFBIG },
		{ "/odd", EPROTO },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autooutcome o = { 0 };

		ask(&w, cases[i].path, &o);
		assert_int_equal(o.code, cases[i].code);
	}
}

static void
nobody_listens(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	struct web_row rows[] = { { 0 } };
	struct web w = web_start(rows, dir.path, "log");
	autooutcome o = { 0 };

	(void)state;
	web_stop(&w);
	ask(&w, "/", &o);
	assert_int_equal(o.code, ECONNREFUSED);
	assert_non_null(strstr(o.text, "http://127.0.0.1:"));
}

static void
redirects_keep_credentials_at_home(void **state)
{
	struct web_row there[] = { { "GET /b ", WEB_OK("b", "1"), 0 }, { 0 } };
	struct web_row here[4] = {
		{ "GET /same ", WEB_STATUS("307", "Location: b\r\n"), 0 },
		{ "GET /b ", WEB_OK("b", "1"), 0 },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto other = web_start(there, dir.path, "other");
	autofree char *reply = mem_printf("HTTP/1.1 302 X\r\n"
		"Location: http://127.0.0.1:%d/b\r\nContent-Length: 0\r\n\r\n",
		other.port);
	autooutcome same = { 0 }, away = { 0 };

	(void)state;
	here[2] = (struct web_row){ "GET /away ", reply, 0 };
	{
		web_auto w = web_start(here, dir.path, "here");

		ask(&w, "/same", &same);
		assert_string_equal(same.text, "b");
		assert_int_equal(web_count(&w, "Authorization"), 2);
		ask(&w, "/away", &away);
		assert_string_equal(away.text, "b");
		assert_int_equal(web_count(&other, "GET /b"), 1);
		assert_int_equal(web_count(&other, "Authorization"), 0);
	}
}

static void
bad_redirects_end(void **state)
{
	struct web_row rows[] = {
		{ "GET /loop ", WEB_STATUS("307", "Location: /loop\r\n"), 0 },
		{ "GET /file ",
			WEB_STATUS("307", "Location: file:///etc/passwd\r\n"),
			0 },
		{ 0 },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autooutcome loop = { 0 }, file = { 0 };

	(void)state;
	ask(&w, "/loop", &loop);
	assert_int_equal(loop.code, ELOOP);
	assert_int_equal(web_count(&w, "GET /loop"), 11);
	ask(&w, "/file", &file);
	assert_int_equal(file.code, EPROTO);
}

static void
bodies_go_out_from_a_file(void **state)
{
	struct web_row rows[] = { { "PUT /u ", WEB_STATUS("201", ""), 0 },
		{ 0 } };
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autooutcome o = { 0 };
	struct http_request q;
	uint64_t sent = 0;
	autoclose int fd = -1;

	(void)state;
	unit_write(dir.fd, "body", "0123456789");
	fd = openat(dir.fd, "body", O_RDONLY | O_CLOEXEC);
	http_request_init(&q, "PUT",
		mem_printf("http://127.0.0.1:%d/u", w.port));
	q.body_fd = fd;
	q.body_offset = 3;
	q.body_size = 4;
	q.sent = &sent;
	run(&q, &o);
	http_request_release(&q);
	assert_int_equal(o.status, 201);
	assert_int_equal(sent, 7);
	assert_int_equal(web_count(&w, "\r\n\r\n3456"), 1);
	assert_int_equal(web_count(&w, "Expect"), 0);
}

/* A pipe that nobody empties for a while: the transfer pauses and goes on. */
static void
a_full_sink_pauses(void **state)
{
	static char big[300000];
	cleanup(http_free) struct http *h = http_new();
	struct web_row rows[] = { { "GET /big ", big, 0 }, { 0 } };
	unit_dir_auto dir = unit_dir_make();
	autoerror err = { 0 };
	struct http_sink sink;
	struct http_request q;
	autooutcome o = { 0 };
	size_t head, got = 0;
	char chunk[8192];
	int fds[2];

	(void)state;
	head = (size_t)snprintf(big, sizeof(big),
		"HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
		sizeof(big) - 51);
	memset(big + head, 'z', sizeof(big) - 1 - head);
	assert_int_equal(pipe2(fds, O_NONBLOCK | O_CLOEXEC), 0);
	web_auto w = web_start(rows, dir.path, "log");
	http_request_init(&q, "GET",
		mem_printf("http://127.0.0.1:%d/big", w.port));
	http_sink_init(&sink, fds[1], sizeof(big));
	q.sink = &sink;
	http_start(h, &q, take, &o);
	while (!o.done) {
		ssize_t n;

		assert_true(http_step(h, -1, 0, &err) >= 0);
		n = read(fds[0], chunk, sizeof(chunk));
		got += n > 0 ? (size_t)n : 0;
	}
	for (ssize_t n; (n = read(fds[0], chunk, sizeof(chunk))) > 0;)
		got += (size_t)n;
	assert_int_equal(got, sink.written);
	assert_true(got >= sizeof(big) - 64);
	http_sink_release(&sink);
	http_request_release(&q);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void
a_sink_has_limits(void **state)
{
	struct web_row rows[] = {
		{ "GET /four ", WEB_OK("abcd", "4"), 0 },
		{ "GET /rest ", "HTTP/1.1 206 OK\r\nContent-Range: "
			"bytes 2-3/4\r\nContent-Length: 2\r\n\r\ncd", 0 },
		{ 0 },
	};
	static const struct {
		const char *path;
		uint64_t written, max;
		bool exact;
		int code;
		uint64_t after;
	} cases[] = {
		{ "/four", 0, 4, true, 0, 4 },
		{ "/four", 2, 4, true, 0, 4 },	/* begins again: 2 skipped */
		{ "/four", 0, 3, false, EFBIG, 0 },
		{ "/four", 0, 5, true, ECONNRESET, 4 },
		{ "/rest", 2, 4, true, 0, 4 },
		{ "/rest", 1, 4, true, EBADMSG, 1 },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autoclose int fd = openat(dir.fd, "out", O_RDWR | O_CREAT | O_CLOEXEC,
		0600);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autooutcome o = { 0 };
		struct http_sink sink;
		struct http_request q;

		http_request_init(&q, "GET", mem_printf(
			"http://127.0.0.1:%d%s", w.port, cases[i].path));
		http_sink_init(&sink, fd, cases[i].max);
		sink.written = cases[i].written;
		sink.exact = cases[i].exact;
		q.sink = &sink;
		run(&q, &o);
		assert_int_equal(o.code, cases[i].code);
		assert_int_equal(sink.written, cases[i].after);
		http_sink_release(&sink);
		http_request_release(&q);
	}
	assert_int_equal(web_count(&w, "Range: bytes=2-"), 2);
}

static void
nobody_reads_the_sink(void **state)
{
	struct web_row rows[] = { { "GET /four ", WEB_OK("abcd", "4"), 0 },
		{ 0 } };
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autooutcome o = { 0 };
	struct http_sink sink;
	struct http_request q;
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_NONBLOCK | O_CLOEXEC), 0);
	(void)close(fds[0]);
	http_request_init(&q, "GET",
		mem_printf("http://127.0.0.1:%d/four", w.port));
	http_sink_init(&sink, fds[1], 4);
	q.sink = &sink;
	run(&q, &o);
	assert_int_equal(o.code, EPIPE);
	http_sink_release(&sink);
	http_request_release(&q);
	(void)close(fds[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_come_whole),
		cmocka_unit_test(failures_have_codes),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(redirects_keep_credentials_at_home),
		cmocka_unit_test(bad_redirects_end),
		cmocka_unit_test(bodies_go_out_from_a_file),
		cmocka_unit_test(a_full_sink_pauses),
		cmocka_unit_test(a_sink_has_limits),
		cmocka_unit_test(nobody_reads_the_sink),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
