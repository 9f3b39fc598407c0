/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/retry.h"
#include "tests/lib/web.h"

struct outcome {
	bool done;
	int code;
	long status;
};

static void
take(void *context, const struct http_answer *a)
{
	struct outcome *o = context;

	*o = (struct outcome){ true, a->error.code, a->status };
}

static struct outcome
ask(const struct web *w, const char *path, struct retry_policy policy)
{
	cleanup(http_free) struct http *h = http_new();
	struct outcome o = { 0 };
	autoerror err = { 0 };
	struct http_request q;

	http_request_init(&q, "GET",
		mem_printf("http://127.0.0.1:%d%s", w->port, path));
	retry_start(h, &policy, &q, take, &o);
	while (!o.done)
		assert_true(http_step(h, -1, 0, &err) >= 0);
	http_request_release(&q);
	return o;
}

static void
tries_until_it_is_good(void **state)
{
	struct web_row rows[] = {
		{ "GET /x ", WEB_STATUS("503", ""), 2 },
		{ "GET /x ", NULL, 1 },
		{ "GET /x ", WEB_OK("", "0"), 0 },
		{ 0 },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	struct outcome o;

	(void)state;
	o = ask(&w, "/x", (struct retry_policy){ 5, 1, 100, false });
	assert_int_equal(o.status, 200);
	assert_int_equal(web_count(&w, "GET /x"), 4);
}

static void
gives_up(void **state)
{
	struct web_row rows[] = {
		{ "GET /busy ", WEB_STATUS("500", ""), 0 },
		{ "GET /no ", WEB_STATUS("404", ""), 0 },
		{ "GET /quota ", "HTTP/1.1 429 X\r\nContent-Length: 15\r\n\r\n"
			"pull rate limit", 0 },
		{ 0 },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	struct retry_policy policy = { 2, 1, 100, false };

	(void)state;
	assert_int_equal(ask(&w, "/busy", policy).status, 500);
	assert_int_equal(web_count(&w, "GET /busy"), 3);
	assert_int_equal(ask(&w, "/no", policy).status, 404);
	assert_int_equal(web_count(&w, "GET /no"), 1);
	assert_int_equal(ask(&w, "/quota", policy).status, 429);
	assert_int_equal(web_count(&w, "GET /quota"), 1);
}

static void
refused_may_be_final(void **state)
{
	struct web_row rows[] = { { 0 } };
	unit_dir_auto dir = unit_dir_make();
	struct web w = web_start(rows, dir.path, "log");

	(void)state;
	web_stop(&w);
	/* A retry would take a minute. */
	assert_int_equal(ask(&w, "/",
		(struct retry_policy){ 9, 60000, 100, true }).code,
		ECONNREFUSED);
}

static void
delays_grow_and_end(void **state)
{
	struct retry_policy p = { 9, 500, 2000, false };
	struct http_answer a = { 0 };

	(void)state;
	for (int tries = 0; tries < 40; tries++) {
		int64_t ms = retry_delay_ms(&p, tries, &a);

		assert_true(ms >= 0 && ms <= 30000);
		if (tries < 5)
			assert_true(ms <= (int64_t)500 << tries);
	}
	a.retry_after_ms = 1500;
	assert_int_equal(retry_delay_ms(&p, 0, &a), 1500);
	a.retry_after_ms = 99999;
	assert_int_equal(retry_delay_ms(&p, 0, &a), 2000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tries_until_it_is_good),
		cmocka_unit_test(gives_up),
		cmocka_unit_test(refused_may_be_final),
		cmocka_unit_test(delays_grow_and_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
