/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "oci/blob.h"
#include "oci/transfer-part.h"
#include "oci/validator.h"
#include "util/clock.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/stream.h"

/* "Sun, 06 Nov 1994 08:49:37 GMT", the one form that RFC 9110 lets be sent; 0
 * when it is none. This program never leaves the C locale. */
static int64_t
parse_date(const char *text)
{
	struct tm tm = { 0 };
	const char *end = NULL;
	time_t when;

	if (text)
		end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	if (!end || *end)
		return 0;
	when = timegm(&tm);
	return when > 0 ? (int64_t)when : 0;
}

/* One file to fetch. */
struct visit {
	const char *url, *authorization;
	struct validator known;		/* what is here from last time */
	bool has_known;

	/* What came. */
	bool is_unchanged;
	struct validator got;		/* but for digest and size */
};

static void
visit_release(struct visit *f)
{
	validator_release(&f->known);
	validator_release(&f->got);
}

static void
add_text(struct json *packet, const char *name, const char *text)
{
	if (text)
		json_set_text(packet, name, text);
}

static struct json *
make_packet(const struct transfer *t, const struct visit *f)
{
	struct json *packet = json_new_object();

	json_set_text(packet, "op", "download");
	json_set_text(packet, "url", f->url);
	add_text(packet, "authorization", f->authorization);
	add_text(packet, "etag", f->known.etag);
	add_text(packet, "last_modified", f->known.last_modified);
	json_set_number(packet, "size", TRANSFER_DOWNLOAD_MAX);
	json_set_bool(packet, "verify", t->settings.tls_verify != 0);
	json_set_number(packet, "retries", t->settings.retries);
	json_set_number(
		packet, "retry_delay_ms", t->settings.retry_delay_ms);
	return packet;
}

static int
fetch(struct transfer *t, struct visit *f, int fd, struct error *err)
{
	cleanup_value(courier_errand_release) struct errand e = { 0 };
	cleanup(json_free) struct json *packet = make_packet(t, f);
	int r;

	r = courier_send(t->courier, packet, fd, &e, err);
	if (r >= 0)
		r = courier_wait(t->courier, &e, err);
	courier_forget(t->courier, &e);
	if (r < 0)
		return r;
	f->is_unchanged = f->has_known &&
		json_get_bool(e.answer, "is_unchanged", false);
	f->got.etag = mem_strdup(json_get_text(e.answer, "etag"));
	f->got.last_modified =
		mem_strdup(json_get_text(e.answer, "last_modified"));
	return 0;
}

/* A file that was just changed may change again in the same second, which the
 * time alone would not tell (RFC 9110, section 8.8.2.2). */
static bool
is_old(int64_t mtime)
{
	return clock_wall_seconds(NULL) - mtime >= 60;
}

/* What slipway-net wrote is a blob only when we have seen every byte of it. */
static int
keep(struct store *s, int fd, const struct digest *expected,
	struct downloaded *ret, struct error *err)
{
	cleanup(source_free) struct source *from = source_from_fd(fd);
	cleanup(blob_free) struct blob *blob = NULL;
	int r;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot rewind a temporary file");
	r = blob_begin(s, &blob, err);
	if (r < 0)
		return r;
	r = stream_copy(
		from, blob_sink(blob), TRANSFER_DOWNLOAD_MAX, NULL, err);
	if (r < 0)
		return r;
	return blob_commit(blob, expected, &ret->digest, &ret->size, err);
}

static int
fetch_into_store(struct transfer *t, struct visit *f,
	const struct digest *expected, struct downloaded *ret,
	struct error *err)
{
	int tmp_fd = store_dir_fd(t->store, STORE_TMP, err);
	autofree char *name = NULL;
	autoclose int fd = -1;
	int r;

	if (tmp_fd < 0)
		return tmp_fd;
	r = fs_make_temp_file(tmp_fd, &name, &fd, err);
	if (r < 0)
		return r;
	(void)unlinkat(tmp_fd, name, 0);
	r = fetch(t, f, fd, err);
	if (r < 0 || f->is_unchanged)
		return r;
	r = keep(t->store, fd, expected, ret, err);
	if (r < 0)
		return r;
	ret->mtime = parse_date(f->got.last_modified);
	f->got.digest = ret->digest;
	f->got.size = ret->size;
	if (f->got.etag || (f->got.last_modified && is_old(ret->mtime)))
		validator_save(t->store, f->url, &f->got);
	else
		validator_forget(t->store, f->url);
	return 0;
}

int
transfer_download(struct transfer *t, const char *url,
	const char *authorization, const struct digest *expected,
	struct downloaded *ret, struct error *err)
{
	cleanup_value(visit_release) struct visit f = { .url = url,
		.authorization = authorization };
	struct downloaded got = { 0 };
	int r;

	f.has_known = validator_load(t->store, url, &f.known) > 0;
	if (expected && f.has_known &&
		!digest_equal(expected, &f.known.digest)) {
		validator_release(&f.known);
		f.has_known = false;
	}
	r = transfer_start(t, err);
	if (r == 0)
		r = fetch_into_store(t, &f, expected, &got, err);
	if (r < 0)
		return r;
	if (f.is_unchanged)
		got = (struct downloaded){ f.known.digest, f.known.size,
			parse_date(f.known.last_modified) };
	*ret = got;
	return 0;
}
