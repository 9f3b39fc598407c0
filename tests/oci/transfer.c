/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/blob.h"
#include "oci/transfer-options.h"
#include "oci/transfer.h"
#include "tests/lib/web.h"

/* A store and a transfer over the real slipway-net. */
struct bench {
	struct unit_dir dir;
	struct store *store;
	struct transfer *transfer;
};

static struct bench
bench_make(void)
{
	struct bench b = { .dir = unit_dir_make() };
	autofree char *path = mem_printf("%s/store", b.dir.path);
	struct transfer_settings settings;
	autoerror err = { 0 };

	assert_ok(store_open(path, &b.store, &err), &err);
	transfer_settings_init(&settings);
	settings.retries = 1;
	settings.retry_delay_ms = 1;
	settings.creds = "a:b";
	assert_ok(transfer_open(b.store, &settings, &b.transfer, &err), &err);
	return b;
}

static void
bench_release(struct bench *b)
{
	transfer_free(b->transfer);
	store_free(b->store);
	unit_dir_remove(&b->dir);
}

#define autobench cleanup_value(bench_release) struct bench

static void
ref_for(const struct web *w, struct ref *ret)
{
	autofree char *text = mem_printf("127.0.0.1:%d/foo:1", w->port);
	autoerror err = { 0 };

	assert_ok(ref_parse(text, ret, &err), &err);
}

/* An image of an empty config and one layer "foo", with answers for it. */
struct image_rows {
	struct web_row rows[6];
	char *manifest, *config, *replies[3];
	struct digest digest;
};

static char *
reply_with(const char *body, const char *type)
{
	return mem_printf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\n"
		"Connection: close\r\nContent-Length: %zu\r\n\r\n%s", type,
		strlen(body), body);
}

static void
image_rows_make(struct image_rows *i, const char *layer_reply)
{
	char layer[DIGEST_TEXT_SIZE], config[DIGEST_TEXT_SIZE];
	struct digest d;

	digest_of("foo", 3, &d);
	digest_format(&d, layer);
	i->config = mem_printf("{\"os\":\"linux\",\"architecture\":\"amd64\","
		"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}",
		layer);
	digest_of(i->config, strlen(i->config), &d);
	digest_format(&d, config);
	i->manifest = mem_printf("{\"schemaVersion\":2,\"mediaType\":\"%s\","
		"\"config\":{\"mediaType\":\"%s\",\"digest\":\"%s\","
		"\"size\":%zu},\"layers\":[{\"mediaType\":\"%s\","
		"\"digest\":\"%s\",\"size\":3}]}", MEDIA_OCI_MANIFEST,
		MEDIA_OCI_CONFIG, config, strlen(i->config), MEDIA_OCI_LAYER,
		layer);
	digest_of(i->manifest, strlen(i->manifest), &i->digest);
	i->replies[0] = reply_with(i->manifest, MEDIA_OCI_MANIFEST);
	i->replies[1] = reply_with(i->config, "x/y");
	i->replies[2] = mem_printf("GET /v2/foo/blobs/%s", config);
	i->rows[0] = (struct web_row){ "GET /v2/ ", WEB_OK("", "0"), 0 };
	i->rows[1] = (struct web_row){ "GET /v2/foo/manifests/1 ",
		i->replies[0], 0 };
	i->rows[2] = (struct web_row){ i->replies[2], i->replies[1], 0 };
	i->rows[3] = (struct web_row){ "GET /v2/foo/blobs/", layer_reply, 0 };
	i->rows[4] = (struct web_row){ 0 };
}

static void
image_rows_release(struct image_rows *i)
{
	free(i->manifest);
	free(i->config);
	for (size_t n = 0; n < ARRAY_SIZE(i->replies); n++)
		free(i->replies[n]);
}

static void
pulls_and_sets_the_tag(void **state)
{
	struct image_rows image = { 0 };
	autobench b = bench_make();
	autoerror err = { 0 };
	struct digest got, tagged;
	autoref ref = { 0 };

	(void)state;
	image_rows_make(&image, WEB_OK("foo", "3"));
	web_auto w = web_start(image.rows, b.dir.path, "log");
	ref_for(&w, &ref);
	assert_ok(transfer_pull(b.transfer, &ref, NULL, false, &got, &err),
		&err);
	assert_true(digest_equal(&got, &image.digest));
	assert_ok(store_ref_get(b.store, &ref, &tagged, &err), &err);
	assert_true(digest_equal(&tagged, &image.digest));
	image_rows_release(&image);
}

/* A pull that fails leaves no tag, and says whose fault it is. */
static void
pulls_that_fail(void **state)
{
	static const struct {
		const char *layer_reply;
		bool unpack;
		int code;
	} cases[] = {
		{ WEB_OK("fop", "3"), false, EBADMSG },
		{ WEB_OK("foofoo", "6"), false, EFBIG },
		{ WEB_OK("fo", "2"), false, ECONNRESET },
		{ WEB_STATUS("404", ""), false, ENOENT },
		{ WEB_STATUS("404", ""), true, ENOENT },
		/* "foo" is what was asked for, but it is no tar. */
		{ WEB_OK("foo", "3"), true, EBADMSG },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(cases); n++) {
		struct image_rows image = { 0 };
		autobench b = bench_make();
		autoerror err = { 0 };
		struct digest got;
		autoref ref = { 0 };

		image_rows_make(&image, cases[n].layer_reply);
		{
			web_auto w = web_start(image.rows, b.dir.path, "log");

			ref_for(&w, &ref);
			assert_int_equal(transfer_pull(b.transfer, &ref, NULL,
				cases[n].unpack, &got, &err), -cases[n].code);
		}
		assert_int_equal(error_exit_status(&err), ERROR_REMOTE);
		error_release(&err);
		assert_int_equal(store_ref_get(b.store, &ref, &got, &err),
			-ENOENT);
		error_release(&err);
		image_rows_release(&image);
	}
}

static void
resolves_by_head_or_get(void **state)
{
	char text[DIGEST_TEXT_SIZE];
	struct digest d, got;
	autoerror err = { 0 };

	(void)state;
	digest_of("x", 1, &d);
	digest_format(&d, text);
	for (int with_head = 0; with_head < 2; with_head++) {
		struct image_rows image = { 0 };
		autobench b = bench_make();
		autofree char *head = mem_printf("HTTP/1.1 200 OK\r\n"
			"Docker-Content-Digest: %s\r\n\r\n", text);
		autoref ref = { 0 };

		image_rows_make(&image, NULL);
		image.rows[4] = (struct web_row){ "HEAD /v2/foo/manifests/1 ",
			with_head ? head : WEB_STATUS("405", ""), 0 };
		{
			web_auto w = web_start(image.rows, b.dir.path, "log");

			ref_for(&w, &ref);
			assert_ok(transfer_resolve(b.transfer, &ref, &got,
				&err), &err);
		}
		assert_true(digest_equal(&got,
			with_head ? &d : &image.digest));
		image_rows_release(&image);
	}
}

static void
push_needs_its_blobs(void **state)
{
	struct image_rows image = { 0 };
	autobench b = bench_make();
	autoerror err = { 0 };
	struct digest digest, got;
	autoref ref = { 0 };

	(void)state;
	image_rows_make(&image, NULL);
	web_auto w = web_start(image.rows, b.dir.path, "log");
	ref_for(&w, &ref);
	assert_ok(store_write_blob(b.store, image.manifest,
			strlen(image.manifest), &digest, &err), &err);
	assert_int_equal(transfer_push(b.transfer, &digest, &ref, 1,
		CODEC_GZIP, 0, &got, &err), -ENOENT);
	error_release(&err);
	digest_of("nothing", 7, &digest);
	assert_fails(transfer_push(b.transfer, &digest, &ref, 1, CODEC_GZIP, 0,
			&got, &err), &err, ENOENT, "manifest");
	image_rows_release(&image);
}

static void
credentials_are_checked_first(void **state)
{
	struct transfer_settings settings;
	struct transfer *t = NULL;
	autoerror err = { 0 };

	(void)state;
	transfer_settings_init(&settings);
	settings.creds = "nocolon";
	assert_int_equal(transfer_open(NULL, &settings, &t, &err), -EINVAL);
	assert_int_equal(err.kind, ERROR_REQUEST);
	error_release(&err);
}

static void
options_are_checked(void **state)
{
	static const struct transfer_options bad[] = {
		{ .tls_verify = "maybe" },
		{ .retry = "-1" },
		{ .retry = "1001" },
		{ .retry_delay = "5" },
		{ .retry_delay = "9999999h" },
	};
	struct transfer_options good = { .tls_verify = "false", .retry = "3",
		.retry_delay = "250ms", .quiet = true };
	struct command_context c = { 0 };
	struct transfer_settings t;
	autoerror err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_true(transfer_options_apply(&bad[i], &c, &t, &err) < 0);
		assert_int_equal(err.kind, ERROR_REQUEST);
		error_release(&err);
	}
	assert_ok(transfer_options_apply(&good, &c, &t, &err), &err);
	assert_int_equal(t.tls_verify, 0);
	assert_int_equal(t.retries, 3);
	assert_int_equal(t.retry_delay_ms, 250);
	progress_free(t.progress);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pulls_and_sets_the_tag),
		cmocka_unit_test(pulls_that_fail),
		cmocka_unit_test(resolves_by_head_or_get),
		cmocka_unit_test(push_needs_its_blobs),
		cmocka_unit_test(credentials_are_checked_first),
		cmocka_unit_test(options_are_checked),
	};

	/* `make check` runs in the directory where slipway-net was built. */
	(void)setenv("SLIPWAY_LIBEXEC", ".", 0);
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
