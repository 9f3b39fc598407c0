/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "oci/blob.h"
#include "oci/transfer-part.h"
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

static struct json *
make_packet(const struct transfer *t, const char *url)
{
	struct json *packet = json_new_object();

	json_set_text(packet, "op", "download");
	json_set_text(packet, "url", url);
	json_set_number(packet, "size", TRANSFER_DOWNLOAD_MAX);
	json_set_bool(packet, "verify", t->settings.tls_verify != 0);
	json_set_number(packet, "retries", t->settings.retries);
	json_set_number(
		packet, "retry_delay_ms", t->settings.retry_delay_ms);
	return packet;
}

static int
fetch(struct transfer *t, const char *url, int fd, int64_t *ret_mtime,
	struct error *err)
{
	cleanup_value(courier_errand_release) struct errand e = { 0 };
	cleanup(json_free) struct json *packet = make_packet(t, url);
	int r;

	r = courier_send(t->courier, packet, fd, &e, err);
	if (r >= 0)
		r = courier_wait(t->courier, &e, err);
	courier_forget(t->courier, &e);
	if (r < 0)
		return r;
	*ret_mtime = parse_date(json_get_text(e.answer, "last_modified"));
	return 0;
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

int
transfer_download(struct transfer *t, const char *url,
	const struct digest *expected, struct downloaded *ret,
	struct error *err)
{
	int tmp_fd = store_dir_fd(t->store, STORE_TMP, err);
	struct downloaded got = { 0 };
	autofree char *name = NULL;
	autoclose int fd = -1;
	int r;

	if (tmp_fd < 0)
		return tmp_fd;
	r = transfer_start(t, err);
	if (r < 0)
		return r;
	r = fs_make_temp_file(tmp_fd, &name, &fd, err);
	if (r < 0)
		return r;
	(void)unlinkat(tmp_fd, name, 0);
	r = fetch(t, url, fd, &got.mtime, err);
	if (r < 0)
		return r;
	r = keep(t->store, fd, expected, &got, err);
	if (r < 0)
		return r;
	*ret = got;
	return 0;
}
