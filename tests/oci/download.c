/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/download.h"
#include "tests/lib/web.h"

static void
finish(struct download *d)
{
	*(bool *)d->context = true;
}

/* Fetch `path` into dir/body; `d` has the outcome. */
static void
fetch(const struct web *w, const struct unit_dir *dir, const char *path,
	int64_t max, struct download *d)
{
	cleanup(http_free) struct http *h = http_new();
	cleanup(json_free) struct json *packet = json_new_object();
	autofree char *url = mem_printf("http://127.0.0.1:%d%s", w->port, path);
	autoerror err = { 0 };
	bool done = false;

	json_set_number(packet, "id", 7);
	json_set_text(packet, "url", url);
	json_set_number(packet, "size", max);
	assert_ok(download_init(d, packet,
			  openat(dir->fd, "body",
				  O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600),
			  &err),
		&err);
	d->done = finish;
	d->context = &done;
	download_start(h, d);
	while (!done)
		assert_true(http_step(h, -1, 0, &err) >= 0);
}

static void
bytes_and_time_come(void **state)
{
	struct web_row rows[] = {
		{ "GET /a ",
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: close\r\n\r\nhello",
			0 },
		{ 0 },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	cleanup_value(download_release) struct download d = { .fd = -1 };
	cleanup_value(buf_release) struct buf text = { 0 };
	autoerror err = { 0 };

	(void)state;
	fetch(&w, &dir, "/a", 100, &d);
	assert_int_equal(d.error.code, 0);
	assert_int_equal(d.id, 7);
	assert_int_equal(d.size, 5);
	assert_string_equal(d.last_modified, "Sun, 06 Nov 1994 08:49:37 GMT");
	assert_ok(fs_read_file(dir.fd, "body", 100, &text, &err), &err);
	assert_string_equal(buf_text(&text), "hello");
}

static void
what_goes_wrong_is_said_without_the_query(void **state)
{
	struct web_row rows[] = {
		{ "GET /gone", WEB_STATUS("410", ""), 0 },
		{ "GET /denied", WEB_STATUS("403", ""), 0 },
		{ "GET /large", WEB_OK("hello", "5"), 0 },
		{ 0 },
	};
	static const struct {
		const char *path;
		int code;
		const char *message;
	} wanted[] = {
		{ "/gone?secret", ENOENT, "/gone': status 410" },
		{ "/denied?secret", EIO, "/denied': status 403" },
		{ "/large?secret", EFBIG, "/large'" },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(wanted); n++) {
		cleanup_value(download_release) struct download d = { .fd =
									-1 };

		fetch(&w, &dir, wanted[n].path, 3, &d);
		assert_int_equal(d.error.code, wanted[n].code);
		assert_int_equal(d.error.kind, ERROR_REMOTE);
		assert_non_null(strstr(d.error.text, wanted[n].message));
		assert_null(strstr(d.error.text, "secret"));
	}
}

static void
what_did_not_change_does_not_come(void **state)
{
	struct web_row rows[] = {
		{ "GET /a ", WEB_STATUS("304", ""), 0 },
		{ 0 },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autofree char *url = mem_printf("http://127.0.0.1:%d/a", w.port);
	cleanup(http_free) struct http *h = http_new();
	cleanup(json_free) struct json *packet = json_new_object();
	cleanup_value(download_release) struct download d = { .fd = -1 };
	cleanup_value(buf_release) struct buf log = { 0 };
	autoerror err = { 0 };
	bool done = false;

	(void)state;
	json_set_text(packet, "url", url);
	json_set_text(packet, "etag", "\"e\"");
	json_set_text(packet, "last_modified", "then");
	json_set_text(packet, "authorization", "Bearer b");
	assert_ok(download_init(&d, packet,
			  open("/dev/null", O_RDWR | O_CLOEXEC), &err),
		&err);
	d.done = finish;
	d.context = &done;
	download_start(h, &d);
	while (!done)
		assert_true(http_step(h, -1, 0, &err) >= 0);
	assert_int_equal(d.error.code, 0);
	assert_true(d.is_unchanged);
	assert_ok(fs_read_file(AT_FDCWD, w.log, KiB(64), &log, &err), &err);
	assert_non_null(strstr(buf_text(&log), "If-None-Match: \"e\""));
	assert_non_null(strstr(buf_text(&log), "If-Modified-Since: then"));
	assert_non_null(strstr(buf_text(&log), "Authorization: Bearer b"));
}

static void
a_request_without_its_parts_is_refused(void **state)
{
	cleanup_value(download_release) struct download d = { .fd = -1 };
	cleanup(json_free) struct json *packet = json_new_object();
	autoerror err = { 0 };

	(void)state;
	assert_fails(download_init(&d, packet, -1, &err), &err, EBADMSG,
		"malformed request 'download'");
	json_set_text(packet, "url", "http://example.test/");
	assert_fails(download_init(&d, packet, -1, &err), &err, EBADMSG,
		"malformed request 'download'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_and_time_come),
		cmocka_unit_test(what_goes_wrong_is_said_without_the_query),
		cmocka_unit_test(what_did_not_change_does_not_come),
		cmocka_unit_test(a_request_without_its_parts_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
