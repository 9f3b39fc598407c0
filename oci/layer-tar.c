/* SPDX-License-Identifier: Apache-2.0 */
/* The form of a layer that its diff id is of. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "oci/blob.h"
#include "oci/layer-form.h"
#include "oci/pack.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

/* Compressed bytes, decompressed, hashed; all freed together. */
struct tar_stream {
	struct source source;
	struct source *plain;
	struct source *hashing;
	struct digest want, got;

	/* Of layer_open_tar() only: what is read is its own. */
	struct source *file;
	int fd;
};

static ssize_t
stream_read(struct source *s, void *data, size_t len, struct error *err)
{
	struct tar_stream *t = (struct tar_stream *)s;
	ssize_t n;

	n = source_read(t->hashing, data, len, err);
	return n ? n : layer_check_diff_id(&t->want, &t->got, err);
}

static void
stream_free(struct source *s)
{
	struct tar_stream *t = (struct tar_stream *)s;

	source_free(t->hashing);
	source_free(t->plain);
	source_free(t->file);
	scope_close(&t->fd);
	free(t);
}

int
layer_open_stream(struct source *blob_bytes, enum codec codec,
	const struct digest *diff_id, struct source **ret, struct error *err)
{
	struct source *plain;
	struct tar_stream *t;
	int r;

	r = decompress_source(codec, blob_bytes, &plain, err);
	if (r < 0)
		return r;
	t = mem_zalloc(sizeof(*t));
	t->source = (struct source){ stream_read, stream_free };
	t->plain = plain;
	t->hashing = digest_source(plain, &t->got, NULL);
	t->want = *diff_id;
	t->fd = -1;
	*ret = &t->source;
	return 0;
}

/* The same over an open file, which it takes over. */
static int
open_file_stream(int *fd, enum codec codec, const struct digest *diff_id,
	struct source **ret, struct error *err)
{
	cleanup(source_free) struct source *file = source_from_fd(*fd);
	struct source *stream;
	int r;

	r = layer_open_stream(file, codec, diff_id, &stream, err);
	if (r < 0)
		return r;
	((struct tar_stream *)stream)->file = take_ptr(&file);
	((struct tar_stream *)stream)->fd = take_fd(fd);
	*ret = stream;
	return 0;
}

static int
write_from_tree(struct store *s, const struct layer *l, struct sink *to,
	struct error *err)
{
	static const struct pack_options options = { .clamp_mtime = INT64_MAX };
	cleanup(sink_free) struct sink *tee = NULL;
	cleanup(sink_free) struct sink *hashing = NULL;
	struct digest got = { 0 };
	autoclose int fd = -1;
	char name[128];
	int trees_fd, r;

	trees_fd = store_dir_fd(s, STORE_TREES, err);
	if (trees_fd < 0)
		return trees_fd;
	store_tree_name(s, &l->diff_id, name);
	fd = openat(trees_fd, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open the tree '%s'", name);
	/* Only the hash is finished here, not what the caller gave. */
	hashing = digest_sink(NULL, &got, NULL);
	tee = sink_tee(hashing, to);
	r = pack_tree(fd, &options, tee, err);
	if (r == 0)
		r = sink_finish(hashing, err);
	return r < 0 ? r : layer_check_diff_id(&l->diff_id, &got, err);
}

/* A file without a name, of what is packed from the tree. */
static int
open_tree_tar(struct store *s, const struct layer *l, struct source **ret,
	struct error *err)
{
	cleanup(sink_free) struct sink *file = NULL;
	autofree char *name = NULL;
	autoclose int fd = -1;
	int tmp_fd, r;

	tmp_fd = store_dir_fd(s, STORE_TMP, err);
	if (tmp_fd < 0)
		return tmp_fd;
	r = fs_make_temp_file(tmp_fd, &name, &fd, err);
	if (r < 0)
		return r;
	(void)unlinkat(tmp_fd, name, 0);
	file = sink_to_fd(fd);
	r = write_from_tree(s, l, file, err);
	if (r < 0)
		return r;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot rewind a tar");
	return open_file_stream(&fd, CODEC_NONE, &l->diff_id, ret, err);
}

/* Is it better packed from its tree? A tree that somebody else's tar was
 * unpacked to does not give that tar again: then there is a blob. */
static int
prefers_tree(struct store *s, const struct layer *l, struct error *err)
{
	struct digest blob;
	enum codec codec;

	if (layer_find_blob(s, l, false, &blob, &codec, NULL) == 0)
		return 0;
	return layer_has_tree(s, l, err);
}

int
layer_open_tar(struct store *s, const struct layer *l, struct source **ret,
	struct error *err)
{
	autoclose int fd = -1;
	struct digest blob;
	enum codec codec;
	int r;

	r = prefers_tree(s, l, err);
	if (r < 0)
		return r;
	if (r > 0)
		return open_tree_tar(s, l, ret, err);
	r = layer_find_blob(s, l, true, &blob, &codec, err);
	if (r < 0)
		return r;
	r = blob_open(s, &blob, &fd, NULL, err);
	if (r < 0)
		return r;
	return open_file_stream(&fd, codec, &l->diff_id, ret, err);
}

int
layer_write_tar(struct store *s, const struct layer *l, struct sink *to,
	struct error *err)
{
	cleanup(source_free) struct source *tar = NULL;
	int r;

	r = prefers_tree(s, l, err);
	if (r < 0)
		return r;
	if (r > 0)
		return write_from_tree(s, l, to, err);
	r = layer_open_tar(s, l, &tar, err);
	if (r < 0)
		return r;
	return stream_copy(tar, to, tar_default_limits.total_bytes, NULL, err);
}
