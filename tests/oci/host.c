/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/host.h"
#include "tests/lib/web.h"

/* A host of a server, asked through one loop. */
struct line {
	struct http *http;
	struct host *host;
	bool woken;
};

static void
line_release(struct line *l)
{
	host_free(l->host);
	http_free(l->http);
}

#define autoline cleanup_value(line_release) struct line

static void
wake(void *context)
{
	((struct line *)context)->woken = true;
}

static int
open_host(struct line *l, const char *text, struct error *err)
{
	cleanup(json_free) struct json *packet = NULL;

	assert_ok(json_parse(text, strlen(text), KiB(4), "x", &packet, err),
		err);
	l->http = http_new();
	return host_new(l->http, packet, wake, l, &l->host, err);
}

/* What host_is_ready() says when it has been asked. */
static int
learn(struct line *l, const struct web *w, struct error *err)
{
	autofree char *text = mem_printf("{\"host\": \"127.0.0.1:%d\", "
		"\"retries\": 1, \"retry_delay_ms\": 1}", w->port);

	assert_ok(open_host(l, text, err), err);
	assert_int_equal(host_is_ready(l->host, err), 0);
	while (!l->woken)
		assert_true(http_step(l->http, -1, 0, err) >= 0);
	return host_is_ready(l->host, err);
}

static void
an_open_host_is_ready(void **state)
{
	struct web_row rows[] = { { "GET /v2/ ", WEB_OK("{}", "2"), 0 },
		{ 0 } };
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autofree char *base = mem_printf("http://127.0.0.1:%d", w.port);
	autoerror err = { 0 };
	autoline l = { 0 };

	(void)state;
	assert_int_equal(learn(&l, &w, &err), 1);
	assert_string_equal(host_base(l.host), base);
	assert_string_equal(host_name(l.host), base + strlen("http://"));
	assert_null(host_challenge(l.host, "basic"));
	assert_true(host_trust(l.host)->verify);
	assert_int_equal(host_policy(l.host)->retries, 1);
	*host_strategy(l.host) = 2;
	assert_int_equal(*host_strategy(l.host), 2);
	assert_int_equal(web_count(&w, "GET /v2/ "), 1);
}

static void
challenges_are_learnt_and_replaced(void **state)
{
	struct web_row rows[] = {
		{ "GET /v2/ ", WEB_STATUS("401",
			"WWW-Authenticate: Basic realm=\"r\"\r\n"), 0 },
		{ 0 },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	struct http_answer later = { 0 };
	autoerror err = { 0 };
	autoline l = { 0 };

	(void)state;
	assert_int_equal(learn(&l, &w, &err), 1);
	assert_non_null(host_challenge(l.host, "basic"));
	/* An answer without any says nothing. */
	host_learn(l.host, &later);
	assert_non_null(host_challenge(l.host, "basic"));
	strv_add(&later.headers,
		"www-authenticate=Bearer realm=\"https://h/t\"");
	host_learn(l.host, &later);
	assert_null(host_challenge(l.host, "basic"));
	assert_non_null(host_challenge(l.host, "bearer"));
	http_answer_release(&later);
}

static void
a_broken_host_stays_so(void **state)
{
	struct web_row rows[] = { { "GET /v2/ ", WEB_STATUS("500", ""), 0 },
		{ 0 } };
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autoerror err = { 0 };
	autoline l = { 0 };
	int asked;

	(void)state;
	assert_fails(learn(&l, &w, &err), &err, EIO, "status 500");
	asked = web_count(&w, "GET /v2/ ");
	assert_fails(host_is_ready(l.host, &err), &err, EIO, "status 500");
	assert_int_equal(web_count(&w, "GET /v2/ "), asked);
}

static void
nobody_is_there(void **state)
{
	struct web_row rows[] = { { 0 } };
	unit_dir_auto dir = unit_dir_make();
	struct web w = web_start(rows, dir.path, "log");
	autoerror err = { 0 };
	autoline l = { 0 };

	(void)state;
	web_stop(&w);
	assert_fails(learn(&l, &w, &err), &err, ECONNREFUSED,
		"cannot talk to registry '127.0.0.1:");
}

static void
packets_are_checked(void **state)
{
	autoerror err = { 0 };
	autoline l = { 0 };

	(void)state;
	assert_fails(open_host(&l, "{\"retries\": 1}", &err), &err, EBADMSG,
		"without a name");
	assert_null(l.host);
	assert_null(host_free(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_host_is_ready),
		cmocka_unit_test(challenges_are_learnt_and_replaced),
		cmocka_unit_test(a_broken_host_stays_so),
		cmocka_unit_test(nobody_is_there),
		cmocka_unit_test(packets_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
