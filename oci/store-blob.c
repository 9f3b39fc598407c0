/* SPDX-License-Identifier: Apache-2.0 */
/* Small blobs in one go: manifests, indexes, configs. */
#include "oci/store.h"

#include <errno.h>

#include "util/fs.h"
#include "util/mem.h"

#define SMALL_BLOB_MAX MiB(8)

static int
damaged(const struct store *s, const struct digest *d, struct error *err)
{
	char text[DIGEST_TEXT_SIZE];

	(void)error_set(err, EBADMSG, "blob '%s' in '%s' is damaged",
		digest_format(d, text), store_path(s));
	(void)error_hint(err, "slipway store check says what else is");
	return error_kind(err, ERROR_STORE);
}

static int
not_here(const struct digest *d, struct error *err)
{
	char text[DIGEST_TEXT_SIZE];

	return error_set(err, ENOENT, "no blob '%s' here",
		digest_format(d, text));
}

int
store_read_blob(struct store *s, const struct digest *d, struct buf *ret,
	struct error *err)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	char hex[DIGEST_HEX_SIZE];
	struct digest found;
	int fd, r;

	fd = store_dir_fd(s, STORE_BLOBS, err);
	if (fd < 0)
		return fd;
	r = fs_read_file(fd, digest_format_hex(d, hex), SMALL_BLOB_MAX, &b,
		err);
	if (r == -ENOENT)
		return not_here(d, err);
	if (r < 0)
		return error_wrap(err, "blob in '%s'", store_path(s));
	digest_of(b.data, b.len, &found);
	if (!digest_equal(&found, d))
		return damaged(s, d, err);
	buf_release(ret);
	*ret = b;
	b = (struct buf){ 0 };
	return 0;
}

int
store_has_blob(struct store *s, const struct digest *d, struct error *err)
{
	char hex[DIGEST_HEX_SIZE];
	int fd;

	fd = store_dir_fd(s, STORE_BLOBS, err);
	if (fd < 0)
		return fd;
	return fs_has(fd, digest_format_hex(d, hex), err);
}

int
store_write_blob(struct store *s, const void *data, size_t len,
	struct digest *ret, struct error *err)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest d;
	int blobs_fd, tmp_fd, r;

	digest_of(data, len, &d);
	r = store_has_blob(s, &d, err);
	if (r == 0) {
		blobs_fd = store_dir_fd(s, STORE_BLOBS, err);
		tmp_fd = store_dir_fd(s, STORE_TMP, err);
		r = tmp_fd < 0 ? tmp_fd :
			fs_publish(tmp_fd, blobs_fd,
				digest_format_hex(&d, hex), data, len, 0644,
				err);
	}
	if (r < 0)
		return r;
	*ret = d;
	return 0;
}
