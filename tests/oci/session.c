/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/session.h"
#include "tests/lib/web.h"

#define BASIC "WWW-Authenticate: Basic realm=\"r\"\r\n"

struct line {
	struct http *http;
	struct session *session;
};

static struct line
line_make(void)
{
	struct line l = { .http = http_new() };

	l.session = session_new(l.http);
	return l;
}

static void
line_release(struct line *l)
{
	session_free(l->session);
	http_free(l->http);
}

#define autoline cleanup_value(line_release) struct line

static int
add(struct line *l, int id, int port, const char *more, struct error *err)
{
	autofree char *text = mem_printf("{\"id\": %d, \"path\": \"p%d\", "
		"\"host\": \"127.0.0.1:%d\", \"retries\": 0%s}", id, id, port,
		more);
	cleanup(json_free) struct json *packet = NULL;

	assert_ok(json_parse(text, strlen(text), KiB(4), "x", &packet, err),
		err);
	return session_add_repository(l->session, packet, err);
}

struct outcome {
	bool done;
	int code;
	long status;
};

static void
take(void *context, const struct http_answer *a)
{
	*(struct outcome *)context = (struct outcome){ true, a->error.code,
		a->status };
}

/* GET `url` for repository 1. */
static struct outcome
get(struct line *l, const char *url)
{
	struct outcome o = { 0 };
	autoerror err = { 0 };

	session_send(session_exchange(session_repository(l->session, 1), "GET",
			mem_strdup(url), mem_strdup("repository:p1:pull")),
		take, &o);
	while (!o.done)
		assert_true(http_step(l->http, -1, 0, &err) >= 0);
	return o;
}

static void
repositories_share_hosts(void **state)
{
	autoerror err = { 0 };
	autoline l = line_make();

	(void)state;
	assert_ok(add(&l, 1, 1, "", &err), &err);
	assert_ok(add(&l, 2, 1, "", &err), &err);
	assert_ok(add(&l, 3, 2, "", &err), &err);
	assert_ptr_equal(session_repository(l.session, 1)->host,
		session_repository(l.session, 2)->host);
	assert_ptr_not_equal(session_repository(l.session, 1)->host,
		session_repository(l.session, 3)->host);
	assert_null(session_repository(l.session, 4));
	assert_ptr_equal(session_http(session_repository(l.session, 3)),
		l.http);
}

static void
packets_are_checked(void **state)
{
	static const char text[] = "{\"id\": 1, \"host\": \"h\"}";
	cleanup(json_free) struct json *packet = NULL;
	autoerror err = { 0 };
	autoline l = line_make();

	(void)state;
	assert_ok(json_parse(text, strlen(text), KiB(4), "x", &packet, &err),
		&err);
	assert_fails(session_add_repository(l.session, packet, &err), &err,
		EBADMSG, "without a path");
	assert_null(session_free(NULL));
}

static void
passwords_stay_with_their_host(void **state)
{
	struct web_row rows[] = {
		{ "GET /v2/ ", WEB_STATUS("401", BASIC), 0 },
		{ "GET /a ", WEB_OK("a", "1"), 0 },
		{ 0 },
	};
	struct web_row theirs[] = { { "GET /b ", WEB_OK("b", "1"), 0 },
		{ 0 } };
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	web_auto other = web_start(theirs, dir.path, "other");
	autofree char *away = mem_printf("http://127.0.0.1:%d/b", other.port);
	autoerror err = { 0 };
	autoline l = line_make();

	(void)state;
	assert_ok(add(&l, 1, w.port, ", \"user\": \"u\", \"password\": \"p\"",
			&err), &err);
	assert_int_equal(get(&l, "/a").status, 200);
	assert_int_equal(web_count(&w, "Authorization: Basic dTpw"), 1);
	assert_int_equal(get(&l, away).status, 200);
	assert_int_equal(web_count(&other, "GET /b "), 1);
	assert_int_equal(web_count(&other, "Authorization"), 0);
}

static void
a_refusal_is_believed(void **state)
{
	struct web_row rows[] = {
		{ "GET /v2/ ", WEB_STATUS("401", BASIC), 0 },
		{ "GET /a ", WEB_STATUS("401", BASIC), 0 },
		{ 0 },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autoerror err = { 0 };
	autoline l = line_make();

	(void)state;
	assert_ok(add(&l, 1, w.port, ", \"user\": \"u\", \"password\": \"p\"",
			&err), &err);
	assert_int_equal(get(&l, "/a").status, 401);
	assert_int_equal(web_count(&w, "GET /a "), 1);
}

static void
a_host_that_failed_fails_all(void **state)
{
	struct web_row rows[] = { { "GET /v2/ ", WEB_STATUS("500", ""), 0 },
		{ 0 } };
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autoerror err = { 0 };
	autoline l = line_make();

	(void)state;
	assert_ok(add(&l, 1, w.port, "", &err), &err);
	assert_int_equal(get(&l, "/a").code, EIO);
	assert_int_equal(get(&l, "/a").code, EIO);
	assert_int_equal(web_count(&w, "GET /a "), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repositories_share_hosts),
		cmocka_unit_test(packets_are_checked),
		cmocka_unit_test(passwords_stay_with_their_host),
		cmocka_unit_test(a_refusal_is_believed),
		cmocka_unit_test(a_host_that_failed_fails_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
