/* SPDX-License-Identifier: Apache-2.0 */
/* Also registry-upload, and bearer with the tokens it asks for. */
#include "tests/lib/unit.h"

#include "oci/registry.h"
#include "tests/lib/web.h"

#define D "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"

/* One session with the repository "foo/bar" of a server. */
struct line {
	struct http *http;
	struct session *session;
};

static void
line_close(struct line *l)
{
	session_free(l->session);
	http_free(l->http);
}

#define autoline cleanup_value(line_close) struct line

static struct line
line_open(const struct web *w, const char *more)
{
	struct line l = { .http = http_new() };
	autofree char *text = mem_printf("{\"id\": 7, \"path\": \"foo/bar\", "
		"\"host\": \"127.0.0.1:%d\", \"retries\": 2, "
		"\"retry_delay_ms\": 1%s}", w->port, more);
	cleanup(json_free) struct json *packet = NULL;
	autoerror err = { 0 };

	assert_ok(json_parse(text, strlen(text), KiB(4), "x", &packet, &err),
		&err);
	l.session = session_new(l.http);
	assert_ok(session_add_repository(l.session, packet, &err), &err);
	return l;
}

static void
mark(struct registry_job *job)
{
	*(bool *)job->context = true;
}

/* Do what `packet` says; `fd` is given away. */
static void
run(struct line *l, const char *packet, int fd, struct registry_job *job)
{
	cleanup(json_free) struct json *j = NULL;
	autoerror err = { 0 };
	bool done = false;

	assert_ok(json_parse(packet, strlen(packet), KiB(4), "x", &j, &err),
		&err);
	assert_ok(registry_job_init(job, l->session, j, fd, &err), &err);
	job->done = mark;
	job->context = &done;
	assert_ok(registry_start(job, json_get_text(j, "op"), &err), &err);
	while (!done)
		assert_true(http_step(l->http, -1, 0, &err) >= 0);
}

static int
file_with(const struct unit_dir *dir, const char *text)
{
	unit_write(dir->fd, "body", text);
	return openat(dir->fd, "body", O_RDWR | O_CLOEXEC);
}

#define PING { "GET /v2/ ", WEB_OK("{}", "2"), 0 }
#define MANIFEST_GET "{\"op\": \"manifest\", \"repository\": 7, "               \
	"\"reference\": \"1\", \"size\": 100}"
#define BLOB_GET "{\"op\": \"blob\", \"repository\": 7, \"digest\": \"" D       \
	"\", \"size\": 3}"
#define UPLOAD "{\"op\": \"upload\", \"repository\": 7, \"digest\": \"" D       \
	"\", \"size\": 3, \"mount\": [\"other\"]}"
#define PUT "{\"op\": \"put\", \"repository\": 7, \"digest\": \"" D             \
	"\", \"size\": 3, \"reference\": \"1\", \"media_type\": \"a/b\"}"

static void
a_manifest(void **state)
{
	struct web_row rows[] = {
		PING,
		{ "GET /v2/foo/bar/manifests/1 ", "HTTP/1.1 200 OK\r\n"
			"Content-Type: a/b; charset=x\r\n"
			"Docker-Content-Digest: " D "\r\n"
			"Content-Length: 3\r\n\r\nfoo", 0 },
		{ 0 },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autoline l = line_open(&w, "");
	struct registry_job job;

	(void)state;
	run(&l, MANIFEST_GET, file_with(&dir, ""), &job);
	assert_int_equal(job.error.code, 0);
	assert_string_equal(job.media_type, "a/b");
	assert_string_equal(job.ret_digest, D);
	assert_int_equal(job.size, 3);
	assert_int_equal(web_count(&w, "Accept: application/vnd.oci.image.ind"),
		1);
	registry_job_release(&job);
}

/* A status, with what the story must say. */
static void
refusals_are_told(void **state)
{
	static const struct {
		const char *reply;
		int code;
		const char *text;
	} cases[] = {
		{ WEB_STATUS("404", ""), ENOENT, "not there" },
		{ WEB_STATUS("403", ""), EACCES, "denied" },
		{ WEB_STATUS("401", ""), EACCES, "not authorised" },
		{ WEB_STATUS("418", ""), EIO, "status 418" },
		{ "HTTP/1.1 400 X\r\nContent-Length: 47\r\n\r\n"
			"{\"errors\":[{\"code\":\"C\",\"message\":\"a\\u0007b\"}]}  ",
			EIO, "C: a?b" },
		{ "HTTP/1.1 400 X\r\nContent-Length: 9\r\n\r\noh\x1b\r\nmore",
			EIO, "oh?)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct web_row rows[] = {
			PING,
			{ "GET /v2/foo/bar/manifests/1 ", cases[i].reply, 0 },
			{ 0 },
		};
		unit_dir_auto dir = unit_dir_make();
		web_auto w = web_start(rows, dir.path, "log");
		autoline l = line_open(&w, "");
		struct registry_job job;

		run(&l, MANIFEST_GET, file_with(&dir, ""), &job);
		assert_int_equal(job.error.code, cases[i].code);
		assert_int_equal(job.error.kind, ERROR_REMOTE);
		assert_non_null(strstr(job.error.text, "foo/bar:1"));
		assert_non_null(strstr(job.error.text, cases[i].text));
		registry_job_release(&job);
	}
}

static void
a_blob_is_exact(void **state)
{
	struct web_row rows[] = {
		PING,
		{ "GET /v2/foo/bar/blobs/" D, WEB_OK("f", "3"), 1 },
		{ "GET /v2/foo/bar/blobs/" D, "HTTP/1.1 206 X\r\n"
			"Content-Range: bytes 1-2/3\r\nContent-Length: 2\r\n"
			"\r\noo", 1 },
		{ "GET /v2/foo/bar/blobs/" D, WEB_OK("fo", "2"), 0 },
		{ 0 },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autoline l = line_open(&w, "");
	struct registry_job job;

	(void)state;
	run(&l, BLOB_GET, file_with(&dir, ""), &job);
	assert_int_equal(job.error.code, 0);
	assert_int_equal(web_count(&w, "Range: bytes=1-"), 1);
	registry_job_release(&job);
	run(&l, BLOB_GET, file_with(&dir, ""), &job);
	assert_int_equal(job.error.code, ECONNRESET);
	registry_job_release(&job);
}

static void
the_token_dance(void **state)
{
	struct web_row rows[] = {
		{ "GET /v2/ ", WEB_STATUS("401", "WWW-Authenticate: Bearer "
			"realm=\"http://127.0.0.1:@@/token\"\r\n"), 0 },
		{ "GET /token?scope=repository%3Afoo%2Fbar%3Apull&account=u",
			WEB_OK("{\"token\": \"one\"}    ", "20"), 1 },
		{ "GET /token?scope=repository%3Afoo%2Fbar%3Apull&scope=more",
			WEB_OK("{\"token\": \"two\"}    ", "20"), 1 },
		{ "GET /v2/foo/bar/manifests/1 ", WEB_STATUS("401",
			"WWW-Authenticate: Bearer "
			"realm=\"http://127.0.0.1:@@/token\",scope=\"more\","
			"error=\"insufficient_scope\"\r\n"), 1 },
		{ "GET /v2/foo/bar/manifests/1 ", WEB_OK("foo", "3"), 0 },
		{ 0 },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autoline l = line_open(&w,
		", \"user\": \"u\", \"password\": \"p\"");
	struct registry_job job;

	(void)state;
	run(&l, MANIFEST_GET, file_with(&dir, ""), &job);
	assert_int_equal(job.error.code, 0);
	assert_int_equal(web_count(&w, "Authorization: Bearer one"), 1);
	assert_int_equal(web_count(&w, "Authorization: Bearer two"), 1);
	assert_int_equal(web_count(&w, "Authorization: Basic dTpw"), 2);
	registry_job_release(&job);
}

static void
old_token_servers_are_asked_by_get(void **state)
{
	struct web_row rows[] = {
		{ "GET /v2/ ", WEB_STATUS("401", "WWW-Authenticate: Bearer "
			"realm=\"http://127.0.0.1:@@/token\"\r\n"), 0 },
		{ "POST /token ", WEB_STATUS("404", ""), 0 },
		{ "GET /token?", WEB_STATUS("401", ""), 0 },
		{ 0 },
	};
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autoline l = line_open(&w,
		", \"identity_token\": \"i\", \"origin\": \"the test\"");
	struct registry_job job;

	(void)state;
	run(&l, MANIFEST_GET, file_with(&dir, ""), &job);
	assert_int_equal(job.error.code, EACCES);
	assert_non_null(strstr(job.error.text, "the test"));
	assert_int_equal(web_count(&w, "refresh_token=i"), 1);
	/* Refused is refused, also for the next one. */
	registry_job_release(&job);
	run(&l, MANIFEST_GET, file_with(&dir, ""), &job);
	assert_int_equal(job.error.code, EACCES);
	assert_int_equal(web_count(&w, "GET /token"), 1);
	registry_job_release(&job);
}

static void
a_broken_host_fails_everything(void **state)
{
	struct web_row rows[] = { { "GET /v2/ ", WEB_STATUS("503", ""), 0 },
		{ 0 } };
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autoline l = line_open(&w, "");
	struct registry_job job;

	(void)state;
	for (int i = 0; i < 2; i++) {
		run(&l, BLOB_GET, file_with(&dir, ""), &job);
		assert_int_equal(job.error.code, EIO);
		assert_non_null(strstr(job.error.text, "status 503"));
		registry_job_release(&job);
	}
	assert_int_equal(web_count(&w, "GET /v2/foo"), 0);
}

static void
uploads(void **state)
{
	static const struct {
		struct web_row rows[8];
		const char *how;
		int code;
	} cases[] = {
		{ { { "HEAD /", WEB_OK("", "0"), 0 } }, "present", 0 },
		{ { { "HEAD /", WEB_STATUS("404", ""), 0 },
			{ "POST /v2/foo/bar/blobs/uploads/?mount=",
				WEB_STATUS("201", ""), 0 } }, "mounted", 0 },
		{ { { "HEAD /", WEB_STATUS("404", ""), 0 },
			{ "POST /", WEB_STATUS("202", "Location: /u?a=1\r\n"),
				0 },
			{ "PUT /u?a=1&digest=sha256%3A2c26b46b",
				WEB_STATUS("201", ""), 0 } }, "uploaded", 0 },
		{ { { "HEAD /", WEB_STATUS("404", ""), 0 },
			{ "POST /", WEB_STATUS("202", "Location: /u\r\n"), 0 },
			{ "PUT /u", WEB_STATUS("405", ""), 1 },
			{ "PATCH /u", WEB_STATUS("202", "Location: /v\r\n"),
				0 },
			{ "PUT /v?digest", WEB_STATUS("201", ""), 0 } },
			"uploaded", 0 },
		{ { { "HEAD /", WEB_STATUS("404", ""), 0 },
			{ "POST /", WEB_STATUS("202", ""), 0 } }, NULL, EIO },
		{ { { "HEAD /", WEB_STATUS("404", ""), 0 },
			{ "POST /", WEB_STATUS("202", "Location: /u\r\n"), 0 },
			{ "PUT /u", "HTTP/1.1 201 X\r\nContent-Length: 0\r\n"
				"Docker-Content-Digest: sha256:0\r\n\r\n",
				0 } }, "uploaded", EBADMSG },
		{ { { "HEAD /", WEB_STATUS("404", ""), 0 },
			{ "POST /", WEB_STATUS("403", ""), 0 } }, NULL,
			EACCES },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct web_row rows[10] = { PING };
		unit_dir_auto dir = unit_dir_make();
		struct registry_job job;

		memcpy(rows + 1, cases[i].rows, sizeof(cases[i].rows));
		{
			web_auto w = web_start(rows, dir.path, "log");
			autoline l = line_open(&w, "");

			run(&l, UPLOAD, file_with(&dir, "foo"), &job);
		}
		assert_int_equal(job.error.code, cases[i].code);
		if (cases[i].how)
			assert_string_equal(job.how, cases[i].how);
		else
			assert_null(job.how);
		registry_job_release(&job);
	}
}

static void
manifests_are_put(void **state)
{
	static const struct {
		const char *put, *head;
		int code;
	} cases[] = {
		{ WEB_STATUS("201", ""), NULL, 0 },
		{ WEB_STATUS("201", "Docker-Content-Digest: sha256:1\r\n"),
			NULL, EBADMSG },
		{ WEB_STATUS("409", ""), WEB_STATUS("200",
			"Docker-Content-Digest: " D "\r\n"), 0 },
		{ WEB_STATUS("409", ""), WEB_STATUS("200",
			"Docker-Content-Digest: sha256:1\r\n"), EIO },
		{ WEB_STATUS("404", ""), NULL, ENOENT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct web_row rows[] = {
			PING,
			{ "PUT /v2/foo/bar/manifests/1 ", cases[i].put, 0 },
			{ "HEAD /v2/foo/bar/manifests/1 ", cases[i].head, 0 },
			{ 0 },
		};
		unit_dir_auto dir = unit_dir_make();
		web_auto w = web_start(rows, dir.path, "log");
		autoline l = line_open(&w, "");
		struct registry_job job;

		run(&l, PUT, file_with(&dir, "foo"), &job);
		assert_int_equal(job.error.code, cases[i].code);
		assert_int_equal(web_count(&w, "Content-Type: a/b"), 1);
		registry_job_release(&job);
	}
}

static void
malformed_requests_are_refused(void **state)
{
	static const char *const bad[] = {
		"{\"op\": \"dance\", \"repository\": 7}",
		"{\"op\": \"blob\", \"repository\": 7, \"digest\": \"x\"}",
		"{\"op\": \"manifest\", \"repository\": 7}",
		"{\"op\": \"put\", \"repository\": 7, \"reference\": \"1\"}",
		"{\"op\": \"manifest\", \"repository\": 8}",
		"{\"op\": \"upload\", \"repository\": 7, \"mount\": 3}",
	};
	struct web_row rows[] = { PING, { 0 } };
	unit_dir_auto dir = unit_dir_make();
	web_auto w = web_start(rows, dir.path, "log");
	autoline l = line_open(&w, "");
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		cleanup(json_free) struct json *j = NULL;
		struct registry_job job;
		int r;

		assert_ok(json_parse(bad[i], strlen(bad[i]), KiB(4), "x", &j,
				&err), &err);
		r = registry_job_init(&job, l.session, j, -1, &err);
		if (r >= 0)
			r = registry_start(&job, json_get_text(j, "op"), &err);
		assert_int_equal(r, -EBADMSG);
		error_release(&err);
		registry_job_release(&job);
	}
}

static void
repositories_need_names(void **state)
{
	static const char *const bad[] = {
		"{\"path\": \"x\"}", "{\"host\": \"x\"}",
	};
	cleanup(http_free) struct http *h = http_new();
	cleanup(session_free) struct session *s = session_new(h);
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		cleanup(json_free) struct json *j = NULL;

		assert_ok(json_parse(bad[i], strlen(bad[i]), KiB(4), "x", &j,
				&err), &err);
		assert_fails(session_add_repository(s, j, &err), &err, EBADMSG,
			"without");
	}
	assert_null(session_repository(s, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_manifest),
		cmocka_unit_test(refusals_are_told),
		cmocka_unit_test(a_blob_is_exact),
		cmocka_unit_test(the_token_dance),
		cmocka_unit_test(old_token_servers_are_asked_by_get),
		cmocka_unit_test(a_broken_host_fails_everything),
		cmocka_unit_test(uploads),
		cmocka_unit_test(manifests_are_put),
		cmocka_unit_test(malformed_requests_are_refused),
		cmocka_unit_test(repositories_need_names),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
