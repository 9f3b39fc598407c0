/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/bag.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "oci/blob.h"
#include "oci/compress.h"
#include "oci/tar.h"
#include "util/fs.h"
#include "util/map.h"
#include "util/mem.h"
#include "util/path.h"

#define TEXTS_MAX MiB(64)
#define LINKS_MAX 8
#define PEEK 8
#define BLOBS "blobs/sha256/"

/* A file of a tar. */
struct member {
	struct digest digest; /* of a blob */
	uint64_t size;
	char *text; /* of a document, else NULL */
	char *link; /* the name it stands for, else NULL */
};

struct bag {
	struct store *store;
	int dir_fd;	     /* -1: it was a tar */
	struct map *members; /* of a tar */
	size_t text_bytes;
};

static void
member_free(void *value)
{
	struct member *m = value;

	free(m->text);
	free(m->link);
	free(m);
}

static struct bag *
bag_new(struct store *s)
{
	struct bag *b = mem_zalloc(sizeof(*b));

	b->store = s;
	b->dir_fd = -1;
	b->members = map_new(member_free);
	return b;
}

struct bag *
bag_free(struct bag *b)
{
	if (!b)
		return NULL;
	map_free(b->members);
	if (b->dir_fd >= 0)
		(void)close(b->dir_fd);
	free(b);
	return NULL;
}

/* The digest that a file of this name has; NULL when the name says nothing. */
static const struct digest *
named_digest(const char *name, struct digest *buffer)
{
	if (strncmp(name, BLOBS, strlen(BLOBS)) != 0 ||
		digest_parse_hex(name + strlen(BLOBS), buffer, NULL) < 0)
		return NULL;
	return buffer;
}

static bool
is_document(const char *name, uint64_t size)
{
	size_t len = strlen(name);

	return size <= BAG_TEXT_MAX &&
		(strcmp(name, "oci-layout") == 0 ||
			(len > 5 && strcmp(name + len - 5, ".json") == 0));
}

/* Reading a tar. */

static int
keep_text(struct bag *b, struct tar_reader *from, const struct tar_entry *e,
	struct member *m, struct error *err)
{
	ssize_t len = 1;

	b->text_bytes += e->size;
	if (b->text_bytes > TEXTS_MAX)
		return error_set(err, EFBIG, "its documents are over 64 MiB");
	m->text = mem_zalloc(e->size + 1);
	while (len > 0 && m->size < e->size) {
		len = tar_reader_data(
			from, m->text + m->size, e->size - m->size, err);
		if (len > 0)
			m->size += (uint64_t)len;
	}
	return len < 0 ? (int)len : 0;
}

static int
keep_blob(struct bag *b, struct tar_reader *from, const struct tar_entry *e,
	struct member *m, struct error *err)
{
	cleanup(blob_free) struct blob *blob = NULL;
	struct digest buffer;
	const void *data;
	ssize_t len;
	int r;

	r = blob_begin(b->store, &blob, err);
	while (r == 0) {
		len = tar_reader_view(from, &data, err);
		if (len <= 0) {
			r = (int)len;
			break;
		}
		r = sink_write(blob_sink(blob), data, (size_t)len, err);
	}
	return r < 0 ? r
		     : blob_commit(blob, named_digest(e->path, &buffer),
			       &m->digest, &m->size, err);
}

/* A symbolic link is relative to where it is, a hard link to the top. */
static char *
link_target(const struct tar_entry *e)
{
	autofree char *dir = path_dir(e->path);
	autofree char *base = path_join("/", dir);
	autofree char *whole =
		path_resolve(e->kind == TAR_SYMLINK ? base : "/", e->link);

	return mem_strdup(whole + 1);
}

static int
keep(struct bag *b, struct tar_reader *from, const struct tar_entry *e,
	struct error *err)
{
	struct member *m = mem_zalloc(sizeof(*m));
	int r = 0;

	if (e->kind == TAR_SYMLINK || e->kind == TAR_HARD_LINK)
		m->link = link_target(e);
	else if (e->kind == TAR_FILE && is_document(e->path, e->size))
		r = keep_text(b, from, e, m, err);
	else if (e->kind == TAR_FILE)
		r = keep_blob(b, from, e, m, err);
	map_set(b->members, e->path, m);
	return r < 0 ? error_wrap(err, "'%s'", e->path) : 0;
}

static int
keep_all(struct bag *b, struct source *tar, struct error *err)
{
	cleanup(tar_reader_free) struct tar_reader *reader =
		tar_reader_new(tar, NULL);
	int r;

	do {
		struct tar_entry e = { 0 };

		r = tar_reader_next(reader, &e, err);
		if (r > 0 && e.kind != TAR_DIR && keep(b, reader, &e, err) < 0)
			r = -err->code;
		tar_entry_release(&e);
	} while (r > 0);
	return r;
}

/* What was looked at, and then the rest. */
struct peeked {
	struct source source;
	struct source *rest;
	char data[PEEK];
	size_t len, at;
};

static ssize_t
peeked_read(struct source *s, void *data, size_t len, struct error *err)
{
	struct peeked *p = (struct peeked *)s;
	size_t left = p->len - p->at;

	if (left == 0)
		return source_read(p->rest, data, len, err);
	if (len > left)
		len = left;
	memcpy(data, p->data + p->at, len);
	p->at += len;
	return (ssize_t)len;
}

static int
peek(struct peeked *p, struct error *err)
{
	ssize_t len = 1;

	while (len > 0 && p->len < PEEK) {
		len = source_read(
			p->rest, p->data + p->len, PEEK - p->len, err);
		if (len > 0)
			p->len += (size_t)len;
	}
	return len < 0 ? (int)len : 0;
}

int
bag_open_tar(struct store *s, struct source *from, struct bag **ret,
	struct error *err)
{
	cleanup(bag_free) struct bag *b = bag_new(s);
	struct peeked peeked = { { peeked_read, NULL }, from, { 0 }, 0, 0 };
	cleanup(source_free) struct source *tar = NULL;
	int r;

	r = peek(&peeked, err);
	if (r == 0)
		r = decompress_source(codec_detect(peeked.data, peeked.len),
			&peeked.source, &tar, err);
	if (r == 0)
		r = keep_all(b, tar, err);
	if (r == 0)
		*ret = take_ptr(&b);
	return r;
}

int
bag_open_dir(
	struct store *s, const char *path, struct bag **ret, struct error *err)
{
	cleanup(bag_free) struct bag *b = bag_new(s);

	b->dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->dir_fd < 0)
		return error_errno(err, "cannot open it");
	*ret = take_ptr(&b);
	return 0;
}

/* Asking. */

static int
find_member(
	struct bag *b, const char *name, struct member **ret, struct error *err)
{
	struct member *m = map_get(b->members, name);

	for (int n = 0; m && m->link && n < LINKS_MAX; n++)
		m = map_get(b->members, m->link);
	if (!m || m->link)
		return error_set(err, ENOENT, "'%s' is not in it", name);
	*ret = m;
	return 0;
}

/* What is no file must not be waited for. */
static int
open_file(struct bag *b, const char *name, int *ret, struct error *err)
{
	autoclose int fd = -1;
	struct stat st;
	int r;

	r = fs_open_in(b->dir_fd, name, FS_BENEATH, O_RDONLY | O_NONBLOCK, 0,
		&fd, err);
	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot look at '%s'", name);
	if (!S_ISREG(st.st_mode))
		return error_set(err, EBADMSG, "'%s' is no file", name);
	*ret = take_fd(&fd);
	return 0;
}

static int
read_blob(struct bag *b, const struct member *m, struct buf *ret,
	struct error *err)
{
	if (m->size > BAG_TEXT_MAX)
		return error_set(err, EFBIG, "it is over 8 MiB");
	return store_read_blob(b->store, &m->digest, ret, err);
}

int
bag_read(struct bag *b, const char *name, struct buf *ret, struct error *err)
{
	autoclose int fd = -1;
	struct member *m;
	int r;

	if (b->dir_fd >= 0) {
		r = open_file(b, name, &fd, err);
		return r < 0 ? r : fs_read_fd(fd, BAG_TEXT_MAX, ret, err);
	}
	r = find_member(b, name, &m, err);
	if (r < 0)
		return r;
	if (!m->text)
		return read_blob(b, m, ret, err);
	buf_release(ret);
	buf_init(ret, BAG_TEXT_MAX);
	buf_add(ret, m->text, m->size);
	return 0;
}

static int
take_file(struct bag *b, const char *name, struct digest *ret,
	uint64_t *ret_size, struct error *err)
{
	cleanup(source_free) struct source *from = NULL;
	cleanup(blob_free) struct blob *blob = NULL;
	const struct digest *named;
	struct digest buffer;
	autoclose int fd = -1;
	uint64_t copied;
	int r;

	named = named_digest(name, &buffer);
	r = open_file(b, name, &fd, err);
	if (r == 0)
		r = blob_begin(b->store, &blob, err);
	if (r < 0)
		return r;
	from = source_from_fd(fd);
	r = stream_copy(from, blob_sink(blob), tar_default_limits.total_bytes,
		&copied, err);
	if (r == 0)
		r = blob_commit(blob, named, ret, ret_size, err);
	return r < 0 ? error_wrap(err, "'%s'", name) : 0;
}

int
bag_take(struct bag *b, const char *name, struct digest *ret,
	uint64_t *ret_size, struct error *err)
{
	struct member *m;
	int r;

	if (b->dir_fd >= 0)
		return take_file(b, name, ret, ret_size, err);
	r = find_member(b, name, &m, err);
	if (r < 0)
		return r;
	*ret_size = m->size;
	if (m->text)
		return store_write_blob(b->store, m->text, m->size, ret, err);
	*ret = m->digest;
	return 0;
}
