/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/import.h"

#include <errno.h>
#include <string.h>

#include "oci/blob.h"
#include "oci/pack.h"
#include "oci/tar.h"
#include "oci/xattr.h"
#include "util/map.h"
#include "util/mem.h"
#include "util/path.h"

#define HEAD_BYTES 512
#define WHITEOUT_PREFIX ".wh."

/* A source whose first bytes were looked at already. */
struct peeked {
	struct source source;
	struct source *from;
	char head[HEAD_BYTES];
	size_t head_len, given;
};

/* A tar on its way through. */
struct rewrite {
	struct tar_reader *reader;
	struct tar_writer *writer;
	struct map *files;		/* names a hard link may have */
};

static ssize_t
peeked_read(struct source *s, void *data, size_t len, struct error *err)
{
	struct peeked *p = (struct peeked *)s;
	size_t left = p->head_len - p->given;

	if (!left)
		return source_read(p->from, data, len, err);
	if (len > left)
		len = left;
	memcpy(data, p->head + p->given, len);
	p->given += len;
	return (ssize_t)len;
}

static void
peeked_free(struct source *s)
{
	free(s);
}

static int
peek(struct source *from, struct source **ret, enum codec *ret_codec,
	struct error *err)
{
	struct peeked *p = mem_zalloc(sizeof(*p));
	cleanup(source_free) struct source *s = &p->source;
	ssize_t n = 1;

	s->read = peeked_read;
	s->free = peeked_free;
	p->from = from;
	while (n > 0 && p->head_len < sizeof(p->head)) {
		n = source_read(from, p->head + p->head_len,
			sizeof(p->head) - p->head_len, err);
		if (n > 0)
			p->head_len += (size_t)n;
	}
	if (n < 0)
		return (int)n;
	*ret_codec = codec_detect(p->head, p->head_len);
	*ret = take_ptr(&s);
	return 0;
}

static bool
has_dots(const char *path)
{
	size_t n;

	for (;; path += n + 1) {
		n = strcspn(path, "/");
		if (n == 2 && path[0] == '.' && path[1] == '.')
			return true;
		if (!path[n])
			return false;
	}
}

static int
check_entry(const struct rewrite *w, const struct tar_entry *e,
	struct error *err)
{
	if (has_dots(e->path))
		return error_set(err, EBADMSG, "'%s' leaves the tree",
			e->path);
	if (strncmp(path_base(e->path), WHITEOUT_PREFIX,
			strlen(WHITEOUT_PREFIX)) == 0)
		return error_set(err, EINVAL,
			"'%s' cannot be in an image: names that begin with '"
			WHITEOUT_PREFIX "' mean deleted files",
			e->path);
	if (e->kind == TAR_HARD_LINK && !map_has(w->files, e->link))
		return error_set(err, EBADMSG,
			"'%s' is a hard link to '%s', which did not come before it",
			e->path, e->link);
	return 0;
}

/* Only what belongs to an image; the array stays the entry's. */
static void
drop_xattrs(struct tar_entry *e)
{
	size_t i, kept = 0;

	for (i = 0; i < e->xattr_count; i++) {
		struct tar_xattr x = e->xattrs[i];

		if (xattr_travels(x.name)) {
			e->xattrs[kept++] = x;
			continue;
		}
		free(x.name);
		free(x.value);
	}
	e->xattr_count = kept;
}

static int
copy_data(struct rewrite *w, struct error *err)
{
	const void *data;
	ssize_t n;
	int r = 0;

	while ((n = tar_reader_view(w->reader, &data, err)) > 0 && r == 0)
		r = tar_writer_data(w->writer, data, (size_t)n, err);
	return n < 0 ? (int)n : r;
}

static int
rewrite_entry(struct rewrite *w, struct tar_entry *e, struct error *err)
{
	int r;

	/* The root itself is no member of a layer. */
	if (!*e->path || strcmp(e->path, ".") == 0)
		return 0;
	r = check_entry(w, e, err);
	if (r < 0)
		return r;
	e->mtime_ns = 0;
	drop_xattrs(e);
	if (e->kind != TAR_DIR)
		map_set(w->files, e->path, w);
	r = tar_writer_add(w->writer, e, err);
	return r < 0 || e->kind != TAR_FILE ? r : copy_data(w, err);
}

static int
rewrite_all(struct rewrite *w, struct error *err)
{
	int more, r = 0;

	do {
		cleanup_value(tar_entry_release) struct tar_entry e = { 0 };

		more = tar_reader_next(w->reader, &e, err);
		if (more > 0)
			r = rewrite_entry(w, &e, err);
	} while (more > 0 && r == 0);
	if (more < 0 || r < 0)
		return more < 0 ? more : r;
	return tar_writer_end(w->writer, err);
}

static int
rewrite_tar(struct source *from, struct sink *to, struct error *err)
{
	cleanup(tar_reader_free) struct tar_reader *reader =
		tar_reader_new(from, NULL);
	cleanup(tar_writer_free) struct tar_writer *writer =
		tar_writer_new(to);
	cleanup(map_free) struct map *files = map_new(NULL);
	struct rewrite w = {
		.reader = reader,
		.writer = writer,
		.files = files,
	};

	return rewrite_all(&w, err);
}

static int
rewrite_compressed(struct source *from, struct sink *to, struct error *err)
{
	cleanup(source_free) struct source *peeked = NULL;
	cleanup(source_free) struct source *plain = NULL;
	enum codec codec = CODEC_NONE;
	int r;

	r = peek(from, &peeked, &codec, err);
	if (r < 0)
		return r;
	if (codec == CODEC_NONE)
		return rewrite_tar(peeked, to, err);
	r = decompress_source(codec, peeked, &plain, err);
	return r < 0 ? r : rewrite_tar(plain, to, err);
}

static int
commit(struct store *s, struct blob *b, struct layer *ret, struct error *err)
{
	struct digest diff_id;
	uint64_t size;
	int r;

	r = blob_commit(b, NULL, &diff_id, &size, err);
	return r < 0 ? r : layer_from_blob(s, &diff_id, size, ret, err);
}

int
import_tar(struct store *s, struct source *from, struct layer *ret,
	struct error *err)
{
	cleanup(blob_free) struct blob *b = NULL;
	int r;

	r = blob_begin(s, &b, err);
	if (r == 0)
		r = rewrite_compressed(from, blob_sink(b), err);
	return r < 0 ? r : commit(s, b, ret, err);
}

int
import_tree(struct store *s, int dir_fd, struct layer *ret, struct error *err)
{
	static const struct pack_options options = { .clamp_mtime = INT64_MAX };
	cleanup(blob_free) struct blob *b = NULL;
	int r;

	r = blob_begin(s, &b, err);
	if (r == 0)
		r = pack_tree(dir_fd, &options, blob_sink(b), err);
	return r < 0 ? r : commit(s, b, ret, err);
}
