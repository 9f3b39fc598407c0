/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "util/fs.h"
#include "util/mem.h"

struct blob {
	struct store *store;
	int fd;
	char *name;			/* in tmp/; NULL when it moved away */
	struct sink *file;
	struct sink *hashing;		/* in front of `file` */
	struct digest digest;
	uint64_t size;
};

int
blob_begin(struct store *s, struct blob **ret, struct error *err)
{
	cleanup(blob_free) struct blob *b = NULL;
	int fd, r;

	fd = store_dir_fd(s, STORE_TMP, err);
	if (fd < 0)
		return fd;
	b = mem_zalloc(sizeof(*b));
	b->store = s;
	b->fd = -1;
	r = fs_make_temp_file(fd, &b->name, &b->fd, err);
	if (r < 0)
		return error_wrap(err, "store '%s'", store_path(s));
	b->file = sink_to_fd(b->fd);
	b->hashing = digest_sink(b->file, &b->digest, &b->size);
	*ret = take_ptr(&b);
	return 0;
}

struct blob *
blob_free(struct blob *b)
{
	int fd;

	if (!b)
		return NULL;
	fd = b->name ? store_dir_fd(b->store, STORE_TMP, NULL) : -1;
	/* What cannot be removed now is swept later. */
	if (fd >= 0)
		(void)unlinkat(fd, b->name, 0);
	sink_free(b->hashing);
	sink_free(b->file);
	scope_close(&b->fd);
	free(b->name);
	free(b);
	return NULL;
}

struct sink *
blob_sink(struct blob *b)
{
	return b->hashing;
}

static int
wrong_digest(const struct digest *expected, const struct digest *got,
	struct error *err)
{
	char e[DIGEST_TEXT_SIZE], g[DIGEST_TEXT_SIZE];

	return error_set(err, EBADMSG, "expected '%s' but got '%s'",
		digest_format(expected, e), digest_format(got, g));
}

/* A blob of that name and length is the same one. */
static bool
is_there(int blobs_fd, const char *hex, uint64_t size)
{
	struct stat st;

	return fstatat(blobs_fd, hex, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		S_ISREG(st.st_mode) && (uint64_t)st.st_size == size;
}

static int
publish(struct blob *b, struct error *err)
{
	char hex[DIGEST_HEX_SIZE];
	int blobs_fd, tmp_fd;

	blobs_fd = store_dir_fd(b->store, STORE_BLOBS, err);
	tmp_fd = store_dir_fd(b->store, STORE_TMP, err);
	if (blobs_fd < 0 || tmp_fd < 0)
		return blobs_fd < 0 ? blobs_fd : tmp_fd;
	(void)digest_format_hex(&b->digest, hex);
	if (is_there(blobs_fd, hex, b->size))
		return 0;
	if (fchmod(b->fd, 0644) < 0 ||
		renameat(tmp_fd, b->name, blobs_fd, hex) < 0)
		return error_errno(err, "cannot make blob '%s'", hex);
	free(take_ptr(&b->name));
	return 0;
}

int
blob_commit(struct blob *b, const struct digest *expected, struct digest *ret,
	uint64_t *ret_size, struct error *err)
{
	int r;

	r = sink_finish(b->hashing, err);
	if (r < 0)
		return r;
	if (expected && !digest_equal(expected, &b->digest))
		return wrong_digest(expected, &b->digest, err);
	r = publish(b, err);
	if (r < 0)
		return r;
	if (ret)
		*ret = b->digest;
	if (ret_size)
		*ret_size = b->size;
	return 0;
}

int
blob_open(struct store *s, const struct digest *d, int *ret_fd,
	uint64_t *ret_size, struct error *err)
{
	autoclose int fd = -1;
	char hex[DIGEST_HEX_SIZE];
	struct stat st;
	int dir_fd;

	dir_fd = store_dir_fd(s, STORE_BLOBS, err);
	if (dir_fd < 0)
		return dir_fd;
	fd = openat(dir_fd, digest_format_hex(d, hex),
		O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return error_set(err, ENOENT, "no blob 'sha256:%s' here", hex);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "cannot open blob 'sha256:%s'", hex);
	if (ret_size)
		*ret_size = (uint64_t)st.st_size;
	*ret_fd = take_fd(&fd);
	return 0;
}
